-- A time that an element took, where it tells how fast the element is: what failed, and what dealt with a call that
-- had, took its time for another reason and is left out, and so is the own time of whoever waited for somebody without
-- recording it, or works on batches of any size, or took no time at all: one line tells none. A cold start is an
-- element of its own. chains.pace counts them.
-- needs: chains.own_time lake.call lake.invocation links.edge links.wiring
-- scope: case
-- element: own (time without its calls), way (what a caller waited beyond the callee's duration; all of it where the
--   callee has no records of its own) or start (initialisation of a new environment)
-- node: node that ran or was called
-- kind: X-Ray's type of it
-- operation: as in chains.own_time; empty of a start
-- caller_node: who waited, of a way; else empty
-- invocation: see lake.invocation
-- caller: the invocation that waited for it, null where none is known
-- started_at: UTC
-- us: microseconds
with troubled as (
    select distinct caller as invocation from lake.call where is_failed
),
waited as (
    select distinct caller as invocation from links.edge where kind = 'call' and call_key is null
),
batched as (
    select distinct target as node from links.wiring where batch_size > 1
),
started as (
    select invocation, (init_ms * 1000)::bigint as init_us from lake.invocation
    where is_cold_start and init_ms is not null
),
spent as (
    select
        unnest(['own', 'way', 'start']) as element, o.node, o.kind, o.operation, coalesce(o.caller_node, '') as caller_node,
        o.invocation, o.caller, o.started_at, s.init_us is not null as is_cold,
        unnest([
            case when w.invocation is null and b.node is null and o.duration_us is distinct from 0 then o.own_us end,
            o.gap_us, s.init_us
        ]) as us
    from chains.own_time as o
    anti join troubled as t on t.invocation = o.invocation
    left join waited as w on w.invocation = o.invocation
    left join started as s on s.invocation = o.invocation
    left join batched as b on b.node = o.node
    where not o.is_failed
)
select
    element, node, kind, case when element = 'start' then '' else operation end as operation,
    case when element = 'way' then caller_node else '' end as caller_node, invocation, caller, started_at, us
from spent
where us is not null and (element <> 'way' or caller_node <> '') and (element = 'start' or not is_cold)
