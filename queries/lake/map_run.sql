-- One distributed map run of an execution that did not succeed, with the counts of its items: it may have
-- succeeded with failed items that were tolerated.
-- needs: evidence.execution_event
-- scope: case
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- map_run_arn: the map run
-- execution_arn: the execution that started it
-- node: state machine
-- status: RUNNING, SUCCEEDED, FAILED or ABORTED
-- started_at: UTC
-- tolerated_percent: share of items that may fail, percent
-- tolerated_items: number of items that may fail
-- items: number of items
-- failed_items: items that failed
-- timed_out_items: items that timed out
-- aborted_items: items that were aborted
-- pending_items: items that were never begun
select
    account, region, j[1] as map_run_arn, execution_arn, split_part(execution_arn, ':', 7) as node, j[2] as status,
    occurred_at as started_at, try_cast(j[3] as decimal(5, 2)) as tolerated_percent,
    try_cast(j[4] as bigint) as tolerated_items, try_cast(j[5] as bigint) as items,
    try_cast(j[6] as bigint) as failed_items, try_cast(j[7] as bigint) as timed_out_items,
    try_cast(j[8] as bigint) as aborted_items, try_cast(j[9] as bigint) as pending_items
from (
    select account, region, execution_arn, occurred_at, json_extract_string(document, [
        '$.mapRunArn', '$.status', '$.toleratedFailurePercentage', '$.toleratedFailureCount', '$.itemCounts.total',
        '$.itemCounts.failed', '$.itemCounts.timedOut', '$.itemCounts.aborted', '$.itemCounts.pending'
    ]) as j
    from evidence.execution_event
    where type = 'MapRun' and json_valid(document)
)
