-- What was asked of an invocation: what two of one node have in common that do the same work.
-- needs: lake.invocation lake.request
-- scope: chain
-- invocation: see lake.invocation; only those of which it is known
-- operation: method and path with what varies masked as `*`, else the API operation
select i.invocation, coalesce(nullif(r.operation, ''), i.operation) as operation
from lake.invocation as i
left join lake.request as r on r.trace_key = i.trace_key and r.segment_key = i.segment_key and not i.is_virtual
where r.trace_key is not null or i.operation is not null
