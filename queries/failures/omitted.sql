-- A step that was left out and should not have been, since by chance all that did without would hardly lie behind so
-- many that did not; with who should have handed a message on, and what was changed before.
-- needs: failures.left_out links.source links.route lake.change
-- scope: case
-- materialize
-- invocation: the invocation that did without
-- node: its node
-- step: node and operation that were not called, or the consumer that was not reached
-- callee_node: node that was not called or reached
-- callee_kind: X-Ray's type of that node
-- is_sent: whether a message was lost on its way, and not a call left out
-- failed_at: when the invocation ended, UTC
-- before: how many in a row had taken the step before the first that did not
-- missing: how many did not
-- of_asked: out of how many, from the first to the last that did not
-- first_at: start of the first that did not, UTC
-- last_at: start of the last that did not, UTC
-- carrier: bus, topic, queue or stream that should have handed the message on, null where nothing tells which
-- carrier_kind: X-Ray's type of it
-- change: id of the last change of the node, the consumer or a carrier in the quarter of an hour before, null if none
with recursive habit as (
    select distinct node, asked_by, step, callee_node, callee_kind, is_sent, asked, before, missing, of_asked, first_at,
        last_at, is_replaced
    from failures.left_out
),
-- whatever stands before the consumer, as far as anything tells
upstream as (
    select distinct h.callee_node, r.source, r.service, 1 as depth
    from habit as h join links.source as r on r.node = h.callee_node
    where h.is_sent
    union
    select u.callee_node, r.source, r.service, u.depth + 1
    from upstream as u join links.source as r on r.node = u.source
    where u.depth < 5
),
carrier as (
    select callee_node, source as carrier, max(case service
        when 'events' then 'AWS::Events::EventBus' when 'sns' then 'AWS::SNS::Topic' when 'sqs' then 'AWS::SQS::Queue'
        when 'kinesis' then 'AWS::Kinesis::Stream' when 's3' then 'AWS::S3::Bucket' when 'dynamodb' then 'AWS::DynamoDB::Table'
        end) as carrier_kind, min(depth) as depth
    from upstream group by callee_node, source
    union all
    -- nothing is known to stand before it: then whatever hands on, and was changed
    select h.callee_node, c.node, min(c.kind), 9
    from (select distinct callee_node from habit where is_sent) as h
    anti join upstream as u on u.callee_node = h.callee_node
    join lake.change as c on c.kind in ('AWS::Events::EventBus', 'AWS::SNS::Topic', 'AWS::SNS', 'AWS::Pipes::Pipe')
    where c.source = 'cloudtrail' and c.error_code is null
    group by h.callee_node, c.node
),
place as (
    select h.node, h.asked_by, h.step, h.is_sent, h.first_at, h.node as changed, null::varchar as carrier, null::varchar as carrier_kind, 0 as depth
    from habit as h
    union all
    select h.node, h.asked_by, h.step, h.is_sent, h.first_at, h.callee_node, null, null, 1 from habit as h where h.is_sent
    union all
    select h.node, h.asked_by, h.step, h.is_sent, h.first_at, c.carrier, c.carrier, c.carrier_kind, c.depth + 1
    from habit as h join carrier as c on c.callee_node = h.callee_node
    where h.is_sent
),
woken as (
    select p.node, p.asked_by, p.step, p.is_sent, max({
        'occurred_at': c.occurred_at, 'depth': -p.depth, 'change': c.change, 'carrier': p.carrier,
        'carrier_kind': p.carrier_kind}) as by_
    from place as p
    join lake.change as c
        on c.node = p.changed and c.occurred_at between p.first_at - interval 15 minute and p.first_at
    where c.error_code is null and c.source not in ('alarm', 'alarm_history') and not starts_with(c.action, 'Tag')
    group by p.node, p.asked_by, p.step, p.is_sent
),
-- rules and filters drop what they do not match, queues and streams keep it
nearest as (
    select callee_node, min({'keeps': not coalesce(carrier_kind, '') in ('AWS::Events::EventBus', 'AWS::SNS::Topic'),
        'depth': depth, 'carrier': carrier, 'carrier_kind': carrier_kind}) as by_
    from carrier where depth < 9 group by callee_node
),
proven as (
    select h.*, w.by_.change as change,
        case when h.is_sent then coalesce(w.by_.carrier, n.by_.carrier) end as carrier,
        case when w.by_.carrier is not null then w.by_.carrier_kind when h.is_sent then n.by_.carrier_kind end as carrier_kind
    from habit as h
    left join woken as w using (node, asked_by, step, is_sent)
    left join nearest as n on n.callee_node = h.callee_node
    where pow(1 - h.before / h.asked, h.missing) < case when w.by_ is null then 0.0001 else 0.05 end
        -- all do without since: that may be meant, unless it was to change something and nothing took its place
        and (h.is_sent or h.missing < h.of_asked or not h.is_replaced and not regexp_matches(
            h.step, '(?:^| )(?:Get|BatchGet|Query|Scan|List|Describe|Head|Select|Decrypt|Receive|GET|HEAD)[A-Za-z]*$'))
),
omitted as (
    select n.invocation, n.failed_at, p.*
    from failures.left_out as n join proven as p using (node, asked_by, step, is_sent)
)
select
    o.invocation, o.node, o.step, o.callee_node, o.callee_kind, o.is_sent, o.failed_at, o.before, o.missing, o.of_asked,
    o.first_at, o.last_at, o.carrier, o.carrier_kind, o.change
from omitted as o
-- what was not called sent nothing on, and who was not reached reached nobody else
anti join omitted as l on o.is_sent and not l.is_sent and l.invocation = o.invocation
anti join (
    select x.invocation, r.callee_node from omitted as x join links.route as r on r.caller_node = x.callee_node
) as above on o.is_sent and above.invocation = o.invocation and above.callee_node = o.callee_node
