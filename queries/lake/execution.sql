-- One Step Functions execution that did not succeed, as its API lists it.
-- needs: evidence.execution_event
-- scope: case
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- execution_arn: the execution
-- node: state machine
-- kind: X-Ray's type of the node
-- execution: name of the execution
-- status: FAILED, TIMED_OUT, ABORTED or PENDING_REDRIVE, as it was listed last
-- started_at: UTC
-- ended_at: UTC
-- map_run_arn: distributed map run that it is a child of
-- redrive_count: how often it had been redriven
-- error: error name of the event that ended it
-- cause: its cause
with execution as (
    select
        account, region, execution_arn, occurred_at, json_extract_string(document, [
            '$.status', '$.startDate', '$.stopDate', '$.mapRunArn', '$.redriveCount'
        ]) as j
    from evidence.execution_event
    where type = 'Execution' and json_valid(document)
    qualify row_number() over (
        partition by account, region, execution_arn order by json_extract_string(document, '$.redriveCount')::bigint
            desc nulls last, json_extract_string(document, '$.stopDate') desc nulls last, document_key
    ) = 1
),
ending as (
    select
        execution_arn, json_extract_string(document, '$.' || details || '.error') as error,
        json_extract_string(document, '$.' || details || '.cause') as cause
    from (
        select
            execution_arn, number, document, document_key, lower(type[1]) || type[2:] || 'EventDetails' as details
        from evidence.execution_event
        where type in ('ExecutionFailed', 'ExecutionTimedOut', 'ExecutionAborted')
    )
    qualify row_number() over (partition by execution_arn order by number desc, document_key) = 1
)
select
    account, region, execution_arn, split_part(execution_arn, ':', 7) as node,
    'AWS::StepFunctions::StateMachine' as kind, split_part(execution_arn, ':', 8) as execution, j[1] as status,
    occurred_at as started_at,
    coalesce(try_cast(j[3] as timestamp), try(make_timestamp((try_cast(j[3] as double) * 1000)::bigint * 1000)))
        as ended_at,
    j[4] as map_run_arn, try_cast(j[5] as bigint) as redrive_count, error, cause
from execution
left join ending using (execution_arn)
