-- Edges that nothing but a common id proves: the callee has the id, and of those that had it before, this one
-- called it by what is known of the two nodes and their times: records prove it of other invocations of both, or
-- the one writes where the other reads. Where neither is known it is the one that the callee's node follows in
-- the most even time.
-- needs: links.common links.reach links.route links.feeder links.source
-- scope: case
-- materialize
-- caller: the invocation that called or sent
-- callee: the invocation that was called or received
-- kind: call or link
-- evidence: trace_header or correlation
-- candidates: how many invocations could have been it
-- basis: proven (of other invocations of the two nodes), configured (the one writes where the other reads) or
--   habit (the callee's node follows the caller's more evenly than others)
-- ahead: of a habit, how much more evenly the callee's node follows the caller's than the next
--   likely one, in percent; 10000 where there is no other
with explained as (
    -- the record that proves a caller names its id as well, or it had only one caller
    select distinct c.value, c.invocation
    from links.common as c
    join links.reach as r on r.callee = c.invocation
    left join links.common as a on a.invocation = r.caller and a.value = c.value
    where r.kind = 'call' or a.invocation is not null
),
-- Several values of one callee are several pieces of work, as of a batch; a trace beside them says nothing of
-- its own. One value and one trace are two names of one piece, for which one caller is named.
left_ as (
    select * from links.common anti join explained using (value, invocation)
),
piece as (
    select invocation, count(*) filter (where evidence = 'correlation') as pieces from left_ group by invocation
),
open_ as (
    select l.*, case when p.pieces > 1 then l.value else '' end as piece
    from left_ as l
    join piece as p using (invocation)
    where p.pieces <= 1 or l.evidence = 'correlation'
),
-- all that had the id before
earlier as (
    select
        b.value, b.piece, b.evidence, b.invocation as callee, b.node as callee_node, b.started_at as callee_at,
        a.invocation as caller, a.node as caller_node, a.started_at as caller_at, a.ended_at as caller_until,
        b.started_at <= coalesce(a.ended_at, b.started_at) + interval 2 millisecond as is_within,
        b.started_at <= a.ended_at and b.ended_at <= a.ended_at as is_inside,
        a.is_partial and a.started_at > b.started_at as is_late
    from open_ as b
    join links.common as a on a.value = b.value and a.invocation <> b.invocation
        -- whose first line came later may have begun before all the same
        and (a.started_at <= b.started_at or a.is_partial and a.started_at <= b.ended_at + interval 10 second)
),
-- a way that hardly any of a node's callers took is none that others took; and two of one node, which do the same
-- for others, have more in common than that one called the other
route as (
    select caller_node, callee_node, kind
    from (select *, max(pairs) over (partition by callee_node) as most from links.route)
    where coalesce(pairs * case when caller_node = callee_node then 2 else 10 end >= most, true)
),
known as (
    select e.*, coalesce(r.kind, 'link') as kind, r.kind is null as is_fed
    from earlier as e
    left join route as r on r.caller_node = e.caller_node and r.callee_node = e.callee_node
    left join links.feeder as f on f.caller_node = e.caller_node and f.callee_node = e.callee_node
        and not f.is_guess
    where r.kind is null and f.caller_node is not null and not e.is_late
        or r.kind = 'link' and not e.is_late or r.kind = 'call' and (e.is_within or e.is_late)
),
by_route as (
    select
        *, count(*) over (partition by piece, callee) as candidates,
        row_number() over (
            partition by caller, callee_node, value order by callee_at, callee
        ) as turn,
        row_number() over (
            partition by piece, callee order by is_fed, kind, is_late, case when is_late then caller_at end,
                caller_at desc, caller
        ) as place
    from known
),
-- of whom records prove calls alone, and whom nothing hands messages to, had its work from one who waited for it,
-- if any did
called as (
    select callee_node from links.route
    anti join (select node from links.source) as s on s.node = callee_node
    group by callee_node having bool_and(kind = 'call')
),
unknown as (
    select e.* from earlier as e
    anti join known using (piece, callee)
    left join called as c on c.callee_node = e.callee_node
    -- whom it called itself did not call it, though it may have begun before the caller's first line
    anti join by_route as r on r.caller = e.callee and r.callee = e.caller and r.place = 1
    where not is_late
    qualify c.callee_node is null or e.is_within or not bool_or(e.is_within) over (partition by e.piece, e.callee)
),
reached as (
    select callee_node, count(*) as pieces
    from (select distinct callee_node, piece, callee from unknown)
    group by callee_node
),
nearest as (
    -- of one node the invocation that began last
    select * exclude (place)
    from (
        select *, row_number() over (
            partition by piece, callee, caller_node order by is_inside desc, is_within desc, caller_at desc, caller
        ) as place
        from unknown where caller_node <> callee_node
    )
    where place = 1
),
-- how evenly the callee's node follows each of the others, after its start or its end
habit as (
    select
        n.callee_node, n.caller_node, count(*) / max(r.pieces) as share,
        count(*) filter (where n.is_inside) / count(*) as inside,
        quantile_disc(epoch_us(n.callee_at) - epoch_us(n.caller_at), 0.75)
            - quantile_disc(epoch_us(n.callee_at) - epoch_us(n.caller_at), 0.25) as after_start_us,
        quantile_disc(epoch_us(n.callee_at) - epoch_us(n.caller_until), 0.75)
            - quantile_disc(epoch_us(n.callee_at) - epoch_us(n.caller_until), 0.25) as after_end_us
    from nearest as n
    join reached as r using (callee_node)
    group by n.callee_node, n.caller_node
),
scored as (
    select
        h.callee_node, h.caller_node, h.inside >= 0.9 as is_inside,
        (1000 + coalesce(least(after_start_us, after_end_us), 600000000)) / (h.share * h.share)
            -- whose every run lies within one of it
            * case when h.inside >= 0.97 and h.share >= 0.9 then 0.6 else 1 end
            -- who never runs inside of others, and reads what nobody is configured to read
            * case when f.caller_node is not null
                and max(h.inside * h.share) over (partition by h.callee_node) < 0.9 then 0.5 else 1 end as score
    from habit as h
    left join links.feeder as f on f.caller_node = h.caller_node and f.callee_node = h.callee_node and f.is_guess
),
guess as (
    select
        n.*, s.score, case when s.is_inside and n.is_inside then 'call' else 'link' end as kind,
        row_number() over (partition by n.piece, n.callee order by s.score, n.caller_at desc, n.caller) as place,
        lead(s.score) over (partition by n.piece, n.callee order by s.score, n.caller_at desc, n.caller) as next_score,
        count(*) over (partition by n.piece, n.callee) as candidates
    from nearest as n
    join scored as s using (callee_node, caller_node)
),
chosen as (
    select caller, callee, kind, evidence, candidates, case when is_fed then 'configured' else 'proven' end as basis, 0::bigint as ahead
    from by_route
    -- one write makes one message: the next one that takes it has another writer
    where place = 1 and (not is_fed or turn = 1)
    union all
    select
        caller, callee, kind, evidence, candidates, 'habit',
        least(coalesce(floor(next_score * 100 / score), 10000), 10000)::bigint
    from guess where place = 1
)
select
    caller, callee, min(kind) as kind, max(evidence) as evidence, min(candidates) as candidates,
    max(basis) as basis, max(ahead) as ahead
from chosen
group by caller, callee
