-- What a CloudWatch alarm did: it changed its state, acted, or was configured. An alarm is late by the
-- minutes that it evaluates; the node is that of its metric, where the case holds the alarm's configuration.
-- needs: evidence.change evidence.resource lake.measured_node
-- scope: case
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- event_id: id that was made of the record, or the alarm's ARN
-- occurred_at: UTC
-- alarm: name of the alarm
-- source: alarm_history, or alarm for how it is configured now
-- item: StateUpdate, ConfigurationUpdate, Action, …
-- node: what the alarm watches, null where its configuration is not known, or it watches several
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- namespace: of its metric
-- metric: name of its metric
-- old_state: OK, ALARM or INSUFFICIENT_DATA
-- new_state: the same, after it
-- summary: in CloudWatch's words
-- data: CloudWatch's data about it, JSON; null where there is none, or it was cut off
with said as (
    select account, region, source, event_id, occurred_at, document
    from evidence.change
    where source in ('alarm_history', 'alarm')
    union all
    select
        account, region, 'alarm', arn, try_cast(configuration ->> 'AlarmConfigurationUpdatedTimestamp' as timestamp),
        configuration
    from evidence.resource
    where kind in ('AWS::CloudWatch::Alarm', 'AWS::CloudWatch::CompositeAlarm') and json_valid(configuration)
),
-- seen in several hours it is still one
once as (
    select account, region, source, event_id, occurred_at, max(document) as document
    from said
    where occurred_at is not null
    group by account, region, source, event_id, occurred_at
),
told as (
    select
        account, region, event_id, occurred_at, source, document,
        json_extract_string(document, ['$.AlarmName', '$.HistoryItemType', '$.HistorySummary', '$.HistoryData',
            '$.Namespace', '$.MetricName', '$.StateValue']) as j,
        -- a JSON text inside, which CloudWatch cuts off at 4,095 characters
        case when json_valid(j[4]) then j[4] end as data,
        -- as lake.metric writes them
        '{' || array_to_string(list_sort([
            to_json(one ->> 'Name') || ':' || to_json(one ->> 'Value') for one in json_extract(document, '$.Dimensions[*]')
        ]), ',') || '}' as dimensions
    from once
),
-- an alarm as it was configured last
watched as (
    select
        account, region, j[1] as alarm, max({
            'at': occurred_at, 'namespace': j[5], 'metric': j[6], 'dimensions': dimensions}) as w
    from told
    where source = 'alarm'
    group by account, region, j[1]
)
select
    t.account, t.region, t.event_id, t.occurred_at, t.j[1] as alarm, t.source,
    coalesce(t.j[2], 'Configured') as item, n.node, n.kind,
    w.w.namespace as namespace, w.w.metric as metric,
    json_extract_string(t.data, '$.oldState.stateValue') as old_state,
    coalesce(json_extract_string(t.data, '$.newState.stateValue'), t.j[7]) as new_state,
    t.j[3] as summary, t.data
from told as t
left join watched as w
    on w.alarm = t.j[1] and w.account is not distinct from t.account and w.region is not distinct from t.region
left join lake.measured_node as n on n.namespace = w.w.namespace and n.dimensions = w.w.dimensions
