-- Which nodes may feed which: one is seen to write to a queue, topic, bus, stream, table or bucket from which,
-- perhaps over others, the other takes its messages. It says that it can be, not that it was.
-- needs: links.source links.route lake.call lake.invocation lake.carried_message
-- scope: case
-- materialize
-- caller_node: node that writes
-- callee_node: node that takes
-- source: what the latter takes from
-- is_guess: whether it is only that nothing is configured to read a queue, and nothing says what the other reads
with recursive outlet as (
    select distinct a.node as caller_node, b.node as carrier, case
        when b.kind in ('AWS::Events', 'AWS::Events::EventBus') then 'events'
        when starts_with(b.kind, 'AWS::Kinesis') then 'kinesis'
        when starts_with(b.kind, 'AWS::SQS') then 'sqs' when starts_with(b.kind, 'AWS::SNS') then 'sns'
        when b.kind = 'AWS::DynamoDB::Table' then 'dynamodb' else 's3' end as service
    from lake.call as b
    join lake.invocation as a on a.invocation = b.caller
    where b.kind in ('AWS::Events', 'AWS::Events::EventBus', 'AWS::Kinesis', 'AWS::Kinesis::Stream', 'AWS::SQS::Queue',
            'AWS::SQS', 'AWS::SNS', 'AWS::SNS::Topic')
        or b.kind = 'AWS::DynamoDB::Table'
            and b.operation in ('PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems')
        or b.kind = 'AWS::S3::Bucket'
            and b.operation in ('PutObject', 'CopyObject', 'CompleteMultipartUpload', 'DeleteObject', 'DeleteObjects')
),
upstream as (
    select node, source as last_source, source, service, 1 as depth from links.source
    union all
    select u.node, u.last_source, s.source, s.service, u.depth + 1
    from upstream as u
    join links.source as s on s.node = u.source
    where u.depth < 5 and s.source <> u.node
),
-- a call to a bus or a stream may leave its name out: then the log of the bus, if it has one, tells whose calls
-- come with its events
sending as (
    select a.node as caller_node, c.trace_key, c.span_key, c.request_id, c.started_at, c.ended_at,
        unnest(generate_series(epoch_us(c.started_at) // 1000000, least(
            epoch_us(c.ended_at) // 1000000 + 1, epoch_us(c.started_at) // 1000000 + 5))) as second
    from lake.call as c
    join lake.invocation as a on a.invocation = c.caller
    where c.kind in ('AWS::Events', 'AWS::Events::EventBus')
),
came as (
    select s.caller_node, m.node as carrier, count(distinct (s.trace_key, s.span_key)) as calls
    from sending as s
    join lake.carried_message as m on epoch_us(m.started_at) // 1000000 = s.second and m.kind = 'AWS::Events::EventBus'
        and (m.request_id = s.request_id or m.started_at between s.started_at - interval 5 millisecond
            and s.ended_at + interval 50 millisecond)
    group by s.caller_node, m.node
),
logged as (
    select caller_node, carrier
    from came
    join (select caller_node, count(distinct (trace_key, span_key)) as all_ from sending group by caller_node)
        using (caller_node)
    where calls * 2 > all_
),
named as (
    select caller_node, carrier from outlet
    union
    select caller_node, carrier from logged
    union
    select o.caller_node, s.source
    from outlet as o
    join (select distinct source, service from links.source) as s on s.service = o.service
    anti join logged as l on l.carrier = s.source
    where o.carrier in ('Events', 'Kinesis', 'SNS', 'SQS')
),
fed as (
    select o.caller_node, u.node as callee_node, u.last_source as source
    from upstream as u
    join named as o on o.carrier = u.source
    where o.caller_node <> u.node
),
-- queues that nothing is configured to read, and programs of which nothing says how they get their work
unread as (
    select caller_node, carrier from outlet
    anti join (select source as carrier from links.source) using (carrier)
    where service = 'sqs'
),
idle as (
    select distinct node from lake.invocation
    anti join (select node from links.source) using (node)
    anti join (select callee_node as node from links.route) using (node)
    where not is_virtual and kind in ('AWS::ECS::Container', 'AWS::EKS::Container')
)
select caller_node, callee_node, min(source) as source, bool_and(is_guess) as is_guess
from (
    select caller_node, callee_node, source, false as is_guess from fed
    union all
    select u.caller_node, i.node, u.carrier, true from unread as u, idle as i where u.caller_node <> i.node
)
group by caller_node, callee_node
