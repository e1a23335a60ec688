-- A chain in which a function set itself off over and over: what it wrote or sent came back to it 16 times in a row.
-- Lambda ends such a chain after about 16 turns and drops what would have been the next (Lambda developer guide,
-- "Use Lambda recursive loop detection to prevent infinite loops"); nothing else tells, since every turn may end
-- well. Shown by the last turn.
-- needs: links.reach chains.member
-- scope: case
-- materialize
-- chain: the chain
-- invocation: the last turn
-- turns: how often the function ran in a row
with recursive pair as (
    select distinct caller, callee from links.reach
    where caller_node = callee_node and kind = 'link' and caller <> callee
),
turn as (
    select caller as first, callee as last, 2 as turns
    from pair
    anti join (select callee as caller from pair) as before using (caller)
    union
    select t.first, p.callee, t.turns + 1
    from turn as t
    join pair as p on p.caller = t.last
    where t.turns < 1000
),
longest as (
    select first, max({'turns': turns, 'last': last}) as end_
    from turn
    group by first
    having max(turns) >= 16
)
select m.chain, l.end_.last as invocation, l.end_.turns as turns
from longest as l
join chains.member as m on m.invocation = l.end_.last
