-- How long things took, slice by slice of the case: how many of an element's times (chains.spent) fell into which
-- eighth of an octave. Enough to tell when a node became slower and by how much, at a fraction of the rows.
-- needs: chains.spent lake.invocation
-- scope: case
-- materialize
-- element: own, way or start, as in chains.spent
-- node: node that ran or was called
-- kind: X-Ray's type of it
-- operation: as in chains.spent
-- caller_node: who waited, of a way; else empty
-- starts_at: start of the slice, UTC: whole minutes, as many as make no more than 60 slices
-- ends_at: its end, UTC
-- octave: floor(8 × log2(microseconds))
-- times: how many
with width as (
    select to_minutes(greatest(1, ceil((epoch(max(started_at)) - epoch(min(started_at))) / 3600)::bigint)) as width
    from lake.invocation
)
select
    element, node, kind, operation, caller_node, time_bucket(width, started_at) as starts_at,
    starts_at + width as ends_at, floor(8 * log2(greatest(us, 1)))::integer as octave, count(*) as times
from chains.spent cross join width
group by all
