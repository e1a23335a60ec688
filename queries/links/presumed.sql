-- Who took a message that no record ties to its taker, where the taker failed and its lines tell nothing: the first
-- failed run of a node in the time that messages of this sender take to it. Only for nodes whose good runs tell
-- whose messages they took, so that a message of which none tells was in none of them; what went well later had
-- failed before if the queue's visibility time-out lies between (SQS developer guide, "Visibility timeout").
-- needs: links.reach links.correlated links.source lake.call lake.invocation
-- scope: case
-- materialize
-- caller: the invocation that sent
-- callee: the invocation that took it first, and failed
-- candidates: how many failed ones could have been it
with taking as (
    select node, max(coalesce(returns_after_s, 0)) as returns_after_s from links.source group by node
),
-- runs that failed, and of which nothing tells what they took
failed as (
    select i.node, i.started_at, min(i.invocation) as invocation
    from lake.invocation as i
    semi join taking using (node)
    anti join links.reach as r on r.callee = i.invocation
    anti join links.correlated as c on c.callee = i.invocation
    where i.status = 'failed' and not i.is_virtual and i.started_at is not null
    group by i.node, i.started_at
),
silent as (
    select *, row_number() over (partition by node order by started_at, invocation) as number from failed
),
known as (
    select p.caller, p.callee, a.node as caller_node, b.node as callee_node, a.started_at as sent_at,
        b.started_at as taken_at
    from (
        select caller, callee from links.reach where kind = 'link'
        union
        select caller, callee from links.correlated where kind = 'link' and basis <> 'habit'
    ) as p
    join lake.invocation as b on b.invocation = p.callee and b.status = 'ok'
    semi join (select distinct node from silent) as s on s.node = b.node
    join lake.invocation as a on a.invocation = p.caller and not a.is_virtual
),
telling as (
    select i.node
    from lake.invocation as i
    semi join (select distinct node from silent) as s on s.node = i.node
    left join (select distinct callee from known) as k on k.callee = i.invocation
    where i.status = 'ok' and not i.is_virtual
    group by i.node
    having count(k.callee) >= 0.9 * count(*)
),
arrived as (
    select caller, caller_node, callee_node, min(sent_at) as sent_at, min(taken_at) as taken_at
    from known semi join telling on telling.node = known.callee_node
    group by caller, caller_node, callee_node
),
pair as (
    select caller_node, callee_node, count(*) as senders, min(taken_at - sent_at) as shortest,
        max(taken_at - sent_at) as longest
    from arrived group by caller_node, callee_node
),
called as (
    select distinct c.caller, i.node as caller_node, c.node as called, i.started_at as sent_at
    from lake.call as c
    join lake.invocation as i on i.invocation = c.caller
    semi join pair on pair.caller_node = i.node
    where not c.is_failed
),
-- who sends is known by what all of those called that are known to have sent, as far as their calls are recorded
traced as (
    select a.caller_node, a.callee_node, count(*) as senders
    from arrived as a semi join called on called.caller = a.caller
    group by a.caller_node, a.callee_node
),
habit as (
    select t.caller_node, t.callee_node, c.called, count(*) over (partition by t.caller_node, t.callee_node) as calls
    from traced as t
    join arrived as a on a.caller_node = t.caller_node and a.callee_node = t.callee_node
    join called as c on c.caller = a.caller
    group by t.caller_node, t.callee_node, c.called, t.senders
    having count(*) = t.senders
),
sent as (
    select c.caller, h.caller_node, h.callee_node, min(c.sent_at) as sent_at, true as is_recorded
    from habit as h
    join called as c on c.caller_node = h.caller_node and c.called = h.called
    group by c.caller, h.caller_node, h.callee_node, h.calls
    having count(*) = h.calls
    union all
    -- and whose calls are not, by having ended well
    select i.invocation, p.caller_node, p.callee_node, i.started_at, false
    from pair as p
    join lake.invocation as i on i.node = p.caller_node
    anti join (select distinct caller from lake.call) as c on c.caller = i.invocation
    where i.status = 'ok' and not i.is_virtual and i.started_at is not null
),
span as (
    select s.caller, s.callee_node, s.is_recorded, a.taken_at, s.sent_at + p.shortest as earliest,
        -- what went well came back before
        least(s.sent_at + p.longest, a.taken_at - to_seconds(t.returns_after_s)) as latest
    from sent as s
    left join arrived as a on a.caller = s.caller and a.callee_node = s.callee_node
    join pair as p on p.caller_node = s.caller_node and p.callee_node = s.callee_node
    join taking as t on t.node = s.callee_node
),
met as (
    select
        s.caller, s.callee_node, s.is_recorded, s.taken_at, first_.invocation as callee,
        last_.number - first_.number + 1 as candidates
    from span as s
    asof left join silent as first_ on first_.node = s.callee_node and s.earliest <= first_.started_at
    asof left join silent as last_ on last_.node = s.callee_node and s.latest >= last_.started_at
),
-- whoever filters messages away, or sends now and then, leaves as many untold where nothing failed
complete as (
    select callee_node, is_recorded
    from met where candidates is null or candidates < 1
    group by callee_node, is_recorded
    having count(taken_at) >= 0.9 * count(*)
)
select caller, callee, candidates
from met semi join complete using (callee_node, is_recorded)
where candidates >= 1
