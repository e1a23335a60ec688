-- One message of a container that its way into the log had cut into several events, put together again:
-- pieces of a long line (FireLens' partial messages, the container runtime's P and F flags) and the lines of
-- a stack trace, each of which awslogs makes an event of its own. lake.log_record holds it as one record,
-- under the id of the first event. Lines follow each other by time, then by their place in the file that was
-- read, then by id.
-- needs: lake.log_cut
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- log_stream: name of the log stream
-- event_id: id of the first event
-- timestamp: time of the first event, UTC
-- ended_at: time of the last event, UTC
-- joined_by: partial_id, partial_flag or stack
-- text: the whole message
-- lines: number of events
-- event_ids: ids of the events, in their order
-- is_complete: false where the last piece of a long line is missing
-- exception_type: type of the exception, of a stack trace
-- exception_message: its message
select
    account, region, log_group, log_stream, event_ids[1] as event_id, timestamp, ended_at, joined_by, text, lines,
    event_ids, is_complete,
    nullif(regexp_extract(text, kind, 1), '') as exception_type,
    nullif(trim(regexp_extract(text, kind, 2)), '') as exception_message
from (
    select
        *, case
            when joined_by <> 'stack' then null
            when contains(text, 'Traceback (most recent') then '(?s).*\n([A-Za-z_][\w.]*)(?:: ([^\n]*))?\s*$'
            when contains(text, 'goroutine ') then '(?m)^(panic|fatal error): ([^\n]*)'
            else '((?:[A-Za-z_][\w$]*\.)*[A-Z][\w$]*(?:Exception|Error))\b(?:: ([^\n\r]*))?'
        end as kind
    from lake.log_cut
    where is_own
)
