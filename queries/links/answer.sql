-- A call to a host name and the invocation that answered it: of all that follow the caller by a common id or name its
-- trace, the one that ran within that very call and within no other. Only of hosts that always the same node answers, and of nodes
-- that take no messages: what hangs on a message may run while its sender waits for somebody else.
-- needs: links.correlated links.trace_header links.source links.skew lake.invocation lake.virtual_invocation lake.call lake.span
-- scope: case
-- materialize
-- call: the virtual invocation that stands for the call
-- caller: the invocation that called
-- callee: the invocation that answered
-- host: host name as the caller wrote it, small letters, with its port where the caller wrote one
-- name: the node's name as the caller knows it
-- node: node that answers to the host
-- kind: X-Ray's type of that node
-- is_observed: whether the caller had its answer, so that the times prove it; else it fits what others prove
-- a guess is no observation
with follows as (
    select caller, callee from links.correlated where basis <> 'habit' or ahead >= 120
    union
    select c.caller, t.callee
    from links.trace_header as t
    join lake.virtual_invocation as v on v.invocation = t.caller
    join lake.call as c on c.trace_key = v.trace_key and c.span_key = v.call_key
),
asked as (
    select
        v.invocation as call, c.caller, v.node as name, c.started_at, c.ended_at,
        -- who gave up does not know when the callee was done
        c.is_failed and c.http_status is null as is_given_up,
        lower(coalesce(nullif(regexp_extract(s.url, '^[a-z]+://(?:[^/@?#]*@)?([^/?#]+)', 1), ''), v.node)) as host
    from (
        select caller, trace_key, span_key, started_at, ended_at, is_failed, http_status
        from lake.call where kind = 'remote' and answered is null and ended_at is not null
    ) as c
    join lake.virtual_invocation as v on v.trace_key = c.trace_key and v.call_key = c.span_key and v.kind = 'remote'
    join lake.span as s on s.trace_key = c.trace_key and s.span_key = c.span_key
    where exists (select 1 from follows)
),
called as (
    -- by the caller's clock
    select
        c.caller, c.callee, a.node as caller_node, b.node, b.kind, b.started_at + to_microseconds(
            ((coalesce(ours.offset_ms, 0) - coalesce(theirs.offset_ms, 0)) * 1000)::bigint) as started_at,
        b.ended_at + to_microseconds(
            ((coalesce(ours.offset_ms, 0) - coalesce(theirs.offset_ms, 0)) * 1000)::bigint) as ended_at
    from follows as c
    join lake.invocation as a on a.invocation = c.caller
    join lake.invocation as b on b.invocation = c.callee
    left join links.skew as ours on ours.node = a.node
    left join links.skew as theirs on theirs.node = b.node
    anti join links.source as f on f.node = b.node
    semi join asked on asked.caller = c.caller
    where a.node <> b.node
),
-- lines tell milliseconds
within_ as (
    select
        d.caller, d.callee, d.caller_node, d.node, d.kind, d.started_at, s.call, s.name, s.host,
        not s.is_given_up as is_observed, count(s.call) over (partition by d.caller, d.callee) as calls
    from called as d
    left join asked as s on s.caller = d.caller and d.started_at >= s.started_at - interval 1 millisecond
        and (s.is_given_up or d.ended_at <= s.ended_at + interval 1 millisecond)
),
-- what one node is seen to do for another outside of any such call is not done by calling the host
outside as (
    select caller_node, node
    from within_
    group by caller_node, node
    having count(distinct callee) filter (where calls = 0) * 20 > count(distinct callee)
),
seen as (
    select
        w.*, row_number() over (partition by w.call order by w.started_at, w.callee) as place,
        min(w.node) over (partition by w.host) as least, max(w.node) over (partition by w.host) as most
    from within_ as w
    anti join outside as o on o.caller_node = w.caller_node and o.node = w.node
    where w.calls = 1
),
-- a coincidence or two make no rule, nor does an answer that is seen now and then
often as (
    select host
    from (
        select host, count(distinct call) as observations from seen where least = most and is_observed group by host
    )
    join (select host, count(*) as calls from asked where not is_given_up group by host) using (host)
    where observations >= 5 and observations * 2 >= calls
)
select call, caller, callee, host, name, node, kind, is_observed
from seen
semi join often on often.host = seen.host
where place = 1
