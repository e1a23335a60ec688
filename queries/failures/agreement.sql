-- Whether X-Ray's own root cause of a traced failure is the verdict's: where X-Ray names several ends, one that is
-- the origin is agreement. X-Ray knows what its segments say: it names whoever returned the error, also where the
-- request was wrong. Failures that no trace tells of, and verdicts of `unknown`, have no row.
-- needs: rootcause.verdict lake.xray_cause
-- scope: case
-- failure: id of the failure
-- failed_at: when it showed, UTC
-- origin_node: where it began, by the verdict
-- xray_node: the first by name of what X-Ray names, the origin before others; null where it names nothing
-- agreement: same, other, or none where X-Ray has no root cause of the trace, or its summary was not pulled
with theirs as (
    select distinct trace_id, service from lake.xray_cause
    where is_last and kind in ('fault', 'error') and service is not null
),
told as (
    select
        v.failure, v.failed_at, v.origin_node,
        coalesce(
            min(t.service) filter (where lower(t.service) = lower(v.origin_node)), min(t.service)
        ) as xray_node
    from rootcause.verdict as v
    left join theirs as t on t.trace_id = v.trace_id
    where v.trace_id is not null and v.category <> 'unknown'
    group by v.failure, v.failed_at, v.origin_node
)
select
    failure, failed_at, origin_node, xray_node,
    case when xray_node is null then 'none' when lower(xray_node) = lower(origin_node) then 'same' else 'other' end
        as agreement
from told
