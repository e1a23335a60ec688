-- Edges that the id of a message or event proves: the sender's record, or that of the topic or bus, names
-- it, and a later invocation's lines do too.
-- needs: lake.invocation links.mention links.known_id lake.delivery_log lake.carried_message lake.call
-- scope: case
-- materialize
-- caller: the invocation that sent it, or that carried it
-- callee: the invocation that received it, or that carried it
-- kind: link, or call of who sent it
-- evidence: message_id, event_id, or request_id where the id of the request is named
with known as (
    select k.value, k.what, k.invocation, i.started_at, i.is_virtual
    from links.known_id as k
    join lake.invocation as i on i.invocation = k.invocation
    where k.what in ('message_id', 'event_id', 'sent')
),
named as (
    select m.value, m.invocation, i.node, i.started_at, i.ended_at, m.first_at, m.is_message
    from links.mention as m
    join lake.invocation as i on i.invocation = m.invocation
),
received as (
    select k.invocation as caller, n.invocation as callee, 'link' as kind, k.what as evidence
    from known as k
    join named as n on n.value = k.value
    where k.what <> 'sent' and n.invocation <> k.invocation and n.started_at >= k.started_at
),
sent as (
    -- who printed the id of what it sent: it was there before the carrier had it
    select n.invocation as caller, k.invocation as callee, 'call' as kind,
        case k.what when 'sent' then 'request_id' else k.what end as evidence
    from known as k
    join named as n on n.value = k.value
    where k.is_virtual and n.started_at < k.started_at
),
-- nobody but lines of two nodes tells: who printed it first sent it
first as (
    select value, min({'first_at': first_at, 'invocation': invocation}).invocation as invocation
    from named
    anti join known using (value)
    group by value
    having bool_or(is_message) and count(distinct node) > 1
),
between_lines as (
    select f.invocation as caller, n.invocation as callee, 'link' as kind, 'message_id' as evidence
    from first as f
    join named as sender on sender.value = f.value and sender.invocation = f.invocation
    join named as n on n.value = f.value
    where n.node <> sender.node and n.started_at >= sender.first_at - interval 1 second
),
called as (
    -- a call in a trace whose request id the bus logs
    select c.caller, m.invocation as callee, 'call' as kind, 'request_id' as evidence
    from lake.carried_message as m
    join lake.call as c on c.request_id = m.request_id
    where not m.is_traced
),
delivered as (
    -- the topic's or the pipe's record names the request that it started
    select m.invocation as caller, i.invocation as callee, 'link' as kind, 'request_id' as evidence
    from lake.delivery_log as d
    join lake.carried_message as m
        on m.message = case d.carrier when 'pipe' then d.delivery_id else d.message_id end
    join lake.invocation as i on i.request_id = d.target_request_id and not i.is_virtual
    where d.target_request_id is not null
)
select distinct caller, callee, kind, evidence
from (
    select * from received union all select * from sent union all select * from between_lines
    union all select * from delivered union all select * from called
)
where caller <> callee
