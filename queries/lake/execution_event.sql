-- One event of the history of a Step Functions execution that did not succeed, as its API tells it: also of
-- executions that log nothing. lake.workflow_event has these and the logged ones in one form.
-- needs: evidence.execution_event
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- execution_arn: the execution
-- node: state machine
-- number: number of the event within the execution
-- occurred_at: UTC
-- type: what happened, such as TaskFailed
-- document: JSON text as the API gave it
-- line: the same in the form in which the service logs it
select
    account, region, execution_arn, split_part(execution_arn, ':', 7) as node, number, occurred_at, type, document,
    json_object(
        'id', number::varchar, 'type', type, 'details', json_extract(document, '$.' || details),
        'previous_event_id', json_extract_string(document, '$.previousEventId'),
        'event_timestamp', epoch_ms(occurred_at)::varchar, 'execution_arn', execution_arn
    )::varchar as line
from (
    select
        account, region, execution_arn, number, occurred_at, type, document,
        list_filter(json_keys(document), lambda k: ends_with(k, 'EventDetails'))[1] as details
    from evidence.execution_event
    where number is not null and json_valid(document)
)
