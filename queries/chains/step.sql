-- What an invocation did, step by step: the lines that it logged, the calls that it made, the parts of its work
-- that it recorded. The habits of a node are told from these: what usually follows, and what is missing.
-- needs: chains.spoken lake.log_template lake.span lake.segment_invocation lake.call links.edge
-- scope: case
-- invocation: see lake.invocation
-- sort: line, call or part (a subsegment that calls nothing)
-- step: template of the line with its level, node that was called, or name of the part
-- callee: the invocation that was called, null of others and where it is not known
-- occurred_at: UTC
-- locator: event id of the line, span id of the others
select
    s.invocation, 'line' as sort, concat_ws(' ', t.level, t.template) as step, null as callee,
    t.timestamp as occurred_at, t.event_id as locator
from chains.spoken as s
join lake.log_template as t on t.event_id = s.event_id and t.log_group is not distinct from s.log_group
union all
select c.caller, 'call', concat_ws(' ', c.node, c.operation), e.callee, c.started_at, printf('%016x', c.span_key)
from lake.call as c
left join (
    select trace_key, call_key, min(callee) as callee from links.edge where kind = 'call' group by trace_key, call_key
) as e on e.trace_key = c.trace_key and e.call_key = c.span_key
union all
select s.invocation, 'part', p.name, null, p.started_at, p.span_id
from lake.span as p
join lake.segment_invocation as s
    on s.trace_key = p.trace_key and s.segment_key = p.segment_key and s.part <> 'service'
where p.ordinal > 0 and p.call_key is null and not p.inferred
