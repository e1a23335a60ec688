-- A node that ran, or was called, in the window, and of which the case holds no metric: its throttles, ages and
-- errors that left no log cannot be seen, and that nothing is there is not zero. See lake.gap for what was not
-- permitted; a node that AWS measures and that sent nothing was idle, or is measured under another name.
-- needs: lake.invocation lake.metric
-- scope: case
-- node: name of the node
-- kind: X-Ray's type of the node
-- invocations: how many the case knows of
-- first_at: start of the first, UTC
-- last_at: start of the last, UTC
-- reason: not_collected (no metric of anything), not_sent (AWS measures this kind, nothing came), or
--   not_measured (AWS has no metrics of this kind of node)
select
    node, kind, count(*) as invocations, min(started_at) as first_at, max(started_at) as last_at,
    case
        when not exists (select 1 from lake.metric) then 'not_collected'
        when kind in (
            'AWS::Lambda::Function', 'AWS::ApiGateway::Stage', 'AWS::SQS::Queue', 'AWS::SNS', 'AWS::DynamoDB::Table',
            'AWS::Kinesis::Stream', 'AWS::StepFunctions::StateMachine', 'AWS::ECS::Container', 'AWS::EKS::Container',
            'AWS::Events::EventBus', 'AWS::Pipes::Pipe', 'AWS::RDS::DBInstance'
        ) then 'not_sent'
        else 'not_measured'
    end as reason
from lake.invocation as i
where node is not null and not exists (select 1 from lake.metric as m where m.node = i.node)
group by node, kind
