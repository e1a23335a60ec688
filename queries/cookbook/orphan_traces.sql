-- Which traces are cut? Segments whose parent the case does not hold, so that their chain begins too late.
-- topic: coverage
-- node: node whose segments hang on nothing
-- kind: X-Ray's type of it
-- segments: how many
-- traces: in how many traces
-- trace_id: one of them
select
    s.node, s.kind, count(*) as segments, count(distinct s.trace_id) as traces, min(s.trace_id) as trace_id
from lake.span as s
anti join lake.span as p on p.trace_key = s.trace_key and p.span_key = s.parent_key
where s.span_type = 'segment' and s.parent_key is not null and not s.inferred
group by s.node, s.kind
order by segments desc, s.node, s.kind
