-- One event of a Step Functions execution, as the service logs it: what entered, ran, failed or ended, and
-- which event it follows. Map iterations and parallel branches are told apart by `previous_number`.
-- Executions that did not succeed are there though they log nothing: from their API's history. The cause of a job that
-- was run and waited for is what its service says of it, in JSON: DescribeTasks of ECS (stopCode, stoppedReason, and
-- each container's exitCode and reason), DescribeJobs of Batch (statusReason), GetJobRun of Glue (ErrorMessage).
-- needs: lake.service_line lake.execution_event
-- scope: case
-- materialize
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event, null where it is from a history
-- log_group: name of the log group
-- log_stream: name of the log stream
-- occurred_at: UTC
-- execution_arn: the execution
-- node: state machine
-- kind: X-Ray's type of the node
-- execution: name of the execution
-- is_express: whether it is one of an express workflow
-- number: number of the event within the execution
-- previous_number: the event that it follows, 0 at the beginning
-- type: what happened, such as TaskFailed
-- state_name: state that was entered or exited
-- is_failure: whether it says that something failed, timed out or was aborted
-- error: error name
-- cause: cause as logged
-- cause_type: error type within the cause, where it is JSON; of a task of ECS its stopCode
-- cause_message: message of the cause, the cause itself where it is not JSON
-- resource_type: service that a task calls
-- resource: its operation, or the ARN of what is called
-- target: what a task was scheduled on: function, queue, topic, table, state machine, bus, family of a task definition,
--   job definition or job
-- target_request_id: request id of the call, found in its output; of a Lambda function where that is the target
-- message_id: message id in the output of a call to SQS or SNS
-- child_execution_arn: execution that the task started
-- task_id: id of the ECS task that was run, by which the streams of its logs are named
-- map_run_arn: distributed map run that it belongs to or started
-- iteration: number of a map's iteration
-- timeout_seconds: time-out of a scheduled task, seconds
-- redrive_count: how often the execution had been redriven
-- is_truncated: whether input or output were left out
with field as (
    select
        *,
        -- Express executions log names in snake case; a history that was exported has them in camel case
        json_extract_string(text, [
            '$.execution_arn', '$.id', '$.previous_event_id', '$.type', '$.event_timestamp', '$.details.name',
            '$.details.error', '$.details.cause', '$.details.resourceType', '$.details.resource',
            '$.details.parameters', '$.details.output', '$.details.mapRunArn', '$.details.index',
            '$.details.timeoutInSeconds', '$.redrive_count', '$.details.outputDetails.truncated',
            '$.details.inputDetails.truncated'
        ]) as j
    from (
        select account, region, event_id, log_group, log_stream, timestamp, text
        from lake.service_line
        where format = 'states'
        union all by name
        select account, region, occurred_at as timestamp, line as text
        from lake.execution_event as e
        -- event by event: at level ERROR a log holds but what failed, of executions that went on to do well
        anti join (
            select json_extract_string(text, ['$.execution_arn', '$.id']) as id
            from lake.service_line
            where format = 'states'
        ) as logged on logged.id = [e.execution_arn, e.number::varchar]
    )
),
nested as (
    select
        *,
        case when j[8][1] = '{' and json_valid(j[8]) then json_extract_string(j[8], [
            '$.errorType', '$.errorMessage', '$.Error', '$.Cause', '$.error', '$.message', '$.Message',
            '$.StopCode', '$.StoppedReason', '$.StatusReason', '$.ErrorMessage'
        ]) end as cause,
        -- what became of each container; the reason of one is that of a job of Batch
        case when j[8][1] = '{' and (contains(j[8], '"StoppedReason"') or contains(j[8], '"StatusReason"'))
            and json_valid(j[8]) then array_to_string(list_filter(list_transform(
                list_concat(json_extract(j[8], '$.Containers[*]'), [json_extract(j[8], '$.Container')]),
                lambda c: concat_ws(', ', nullif(concat_ws(' ', c ->> '$.Name', 'exited with ' || nullif(c ->> '$.ExitCode', '0')),
                    c ->> '$.Name'), c ->> '$.Reason')
            ), lambda said: said <> ''), '; ') end as containers,
        case when j[12][1] = '{' and (contains(j[12], 'equestId') or contains(j[12], 'MessageId')
            or contains(j[12], 'xecutionArn')) and json_valid(j[12]) then json_extract_string(j[12], [
            '$.SdkResponseMetadata.RequestId', '$.SdkHttpMetadata.HttpHeaders."x-amzn-RequestId"', '$.MessageId',
            '$.ExecutionArn', '$.executionArn'
        ]) end as answer,
        case when j[11][1] = '{' and json_valid(j[11]) then json_extract_string(j[11], [
            '$.FunctionName', '$.QueueUrl', '$.TopicArn', '$.TableName', '$.StateMachineArn', '$.Entries[0].EventBusName',
            '$.Bucket', '$.TaskDefinition', '$.ApiEndpoint', '$.JobDefinition', '$.JobName'
        ]) end as asked
    from field
)
select
    account, region, event_id, log_group, log_stream,
    coalesce(try(make_timestamp(try_cast(j[5] as bigint) * 1000)), timestamp) as occurred_at,
    j[1] as execution_arn, split_part(j[1], ':', 7) as node, 'AWS::StepFunctions::StateMachine' as kind,
    split_part(j[1], ':', 8) as execution, split_part(j[1], ':', 6) = 'express' as is_express,
    try_cast(j[2] as bigint) as number, try_cast(j[3] as bigint) as previous_number, j[4] as type, j[6] as state_name,
    -- FailStateEntered too; a submission that failed never ran
    coalesce(ends_with(j[4], 'Failed') or ends_with(j[4], 'TimedOut') or ends_with(j[4], 'Aborted')
        or j[4] = 'FailStateEntered', false) as is_failure,
    j[7] as error, j[8] as cause, coalesce(cause[1], cause[3], cause[5], cause[8]) as cause_type,
    case when cause is not null then coalesce(cause[2], cause[4], cause[6], cause[7],
        nullif(concat_ws(': ', coalesce(cause[9], cause[10], cause[11]), nullif(containers, '')), '')) else j[8] end
        as cause_message,
    j[9] as resource_type, j[10] as resource,
    case
        when asked is not null then coalesce(
            case when contains(asked[1], ':function:') then split_part(split_part(asked[1], ':function:', 2), ':', 1)
                else split_part(asked[1], ':', 1) end,
            string_split(asked[2], '/')[-1], string_split(asked[3], ':')[-1], asked[4], string_split(asked[5], ':')[-1],
            asked[6], asked[7], split_part(string_split(asked[8], '/')[-1], ':', 1), asked[9],
            split_part(string_split(asked[10], '/')[-1], ':', 1), asked[11])
        when contains(j[10], ':function:') then split_part(split_part(j[10], ':function:', 2), ':', 1)
    end as target,
    coalesce(answer[1], answer[2]) as target_request_id, answer[3] as message_id,
    coalesce(answer[4], answer[5]) as child_execution_arn,
    case when j[9] = 'ecs' then nullif(regexp_extract(concat_ws(' ', j[12], j[8]), ':task/(?:[^/"]+/)?([0-9a-f]{32})"', 1), '')
        end as task_id, j[13] as map_run_arn, try_cast(j[14] as bigint) as iteration,
    try_cast(j[15] as bigint) as timeout_seconds, try_cast(j[16] as bigint) as redrive_count,
    coalesce(j[17] = 'true' or j[18] = 'true', false) as is_truncated
from nested
