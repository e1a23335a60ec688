-- One statistic of one metric in one period, as CloudWatch gave it. What has no row has no datapoint, and
-- that is not zero: most error metrics are sent only when there was one, idle nodes send nothing, and
-- lake.gap says what could not be read. A row is stamped with the start of its period; a burst of seconds
-- hides in a minute. Dimensions are never rolled up: a function's own series, that of its alias and that of
-- one version stand side by side, so add up only rows with is_whole. Use Sum for counts, Maximum for gauges,
-- percentiles for latency; averages of sparse counters lie.
-- Traps, from the services' pages on their metrics (Lambda, DynamoDB, SQS, EventBridge, ECS guides):
-- Lambda: Invocations counts neither throttled nor rejected requests, but failed and replayed ones; Errors is
-- stamped at the start of the invocation, and counts neither throttles nor errors that are returned as data;
-- Throttles is in neither, and queues and async retry them in silence; Duration leaves the cold start out;
-- IteratorAge is that of the last record of a batch; AsyncEventsDropped counts what then goes to a dead-letter
-- queue too. SQS: moves to a dead-letter queue are not in its NumberOfMessagesSent; messages received more
-- than three times may be left out of the oldest one's age. DynamoDB: throttle events are per item, those of an
-- index only under TableName and GlobalSecondaryIndexName; SystemErrors needs Operation. EventBridge:
-- FailedInvocations is for good only, and a function that took the event is a success. API Gateway: 4XX holds
-- 429 and refusals. ECS: only while tasks run. Kinesis: records of a batch that failed are no failed call.
-- needs: lake.datapoint lake.measured_node
-- scope: case
-- materialize
-- account: AWS account id, null where an imported file names none
-- region: AWS region, null where an imported file names none
-- node: what is measured, by the name that lake.invocation and lake.span use: function, queue, table, API/stage,
--   state machine, service, workload, …; null where the metric is of the whole account, or names nothing known
-- kind: X-Ray's type of the node, or AWS's type of the resource
-- namespace: as in CloudWatch: AWS/Lambda, …
-- metric: name of the metric
-- dimensions: all of them, as JSON with sorted names
-- is_whole: whether it is of the whole node, and not of a version, operation, index, rule, target group, …
-- stat: Sum, Average, Minimum, Maximum, SampleCount, or a percentile such as p99; null where the file tells none
-- starts_at: start of the period, UTC
-- period_s: length of the period, seconds; null where the file tells none
-- value: in the metric's own unit
-- unit: as CloudWatch names it, null where it was not told (GetMetricData does not)
select
    t.account, t.region, n.node, n.kind, t.namespace, t.metric, t.dimensions, coalesce(n.is_whole, false) as is_whole,
    t.stat, t.starts_at, t.period_s, t.value, t.unit
from lake.datapoint as t
left join lake.measured_node as n on n.namespace is not distinct from t.namespace and n.dimensions = t.dimensions
