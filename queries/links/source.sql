-- What hands messages to a node: as configured, and as records show it.
-- needs: links.wiring links.proof lake.invocation lake.delivery_log lake.resource
-- scope: case
-- materialize
-- node: node that takes messages
-- source: queue, topic, bus, stream, table or bucket that hands them over
-- service: service of the source, as ARNs name it
-- is_configured: whether the configuration says so
-- is_seen: whether a record does
-- max_attempts: how often a message is handed over before it is given up, null where nothing says
-- dead_letter: where it goes then, null where nothing says
-- returns_after_s: seconds after which what a queue handed over is handed over again, null where nothing says
with found as (
    select target as node, source, service, true as is_configured, false as is_seen, max_attempts
    from links.wiring where how in ('mapping', 'subscription', 'rule', 'pipe', 'notification', 'permission')
    union all
    select b.node, a.node, null, false, true, null
    from links.proof as p
    join lake.invocation as a on a.invocation = p.caller and a.is_virtual
    join lake.invocation as b on b.invocation = p.callee and not b.is_virtual
    where p.kind = 'link'
    union all
    select target_node, node, case carrier when 'sns' then 'sns' else 'events' end, false, true, null
    from lake.delivery_log
    where carrier in ('sns', 'event_bus') and target_node is not null and node is not null
),
each_ as (
    select
        node, source, max(service) as service, bool_or(is_configured) as is_configured, bool_or(is_seen) as is_seen,
        max(max_attempts) as max_attempts
    from found
    -- what an API is called by and what a call names instead of its bus or stream is no carrier
    where source not in ('Events', 'Kinesis', 'SNS', 'SQS') and source <> node
    group by node, source
),
hidden as (
    select node as source, max(try_cast(json_extract_string(configuration, '$.Attributes.VisibilityTimeout') as bigint)) as seconds
    from lake.resource where kind = 'AWS::SQS::Queue' group by node
),
given_up as (
    select source, min(target) as target, min(max_attempts) as max_attempts
    from links.wiring where how in ('dead_letter', 'destination') group by source
)
select
    e.node, e.source, e.service, e.is_configured, e.is_seen, coalesce(q.max_attempts, nullif(e.max_attempts, 0)) as max_attempts,
    coalesce(q.target, f.target) as dead_letter, h.seconds as returns_after_s
from each_ as e
left join given_up as q on q.source = e.source
left join given_up as f on f.source = e.node
left join hidden as h on h.source = e.source
