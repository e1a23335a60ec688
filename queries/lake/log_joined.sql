-- One message of a container that its way into the log had cut into several events, put together again:
-- pieces of a long line (FireLens' partial messages, the container runtime's P and F flags) and the lines of
-- a stack trace, each of which awslogs makes an event of its own. lake.log_record holds it as one record,
-- under the id of the first event. Lines follow each other by time, then by their place in the file that was
-- read, then by id.
-- needs: lake.log_cut lake.log_record
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
    cut.account, cut.region, cut.log_group, cut.log_stream, cut.event_ids[1] as event_id, cut.timestamp, cut.ended_at,
    cut.joined_by, cut.text, cut.lines, cut.event_ids, cut.is_complete,
    case when cut.joined_by = 'stack' then record.exception_type end as exception_type,
    case when cut.joined_by = 'stack' then record.exception_message end as exception_message
from lake.log_cut as cut
left join lake.log_record as record
    on record.event_id = cut.event_ids[1] and record.log_group is not distinct from cut.log_group
    and record.account is not distinct from cut.account and record.region is not distinct from cut.region
where cut.is_own
