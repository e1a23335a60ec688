-- One message: a log event, or the several events that had been one before they were cut up, under the id
-- of the first and in its envelope. A step of lake.log_record, which is the one to read.
-- needs: evidence.log_event lake.log_cut
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- log_stream: name of the log stream
-- timestamp: the producer's time, UTC
-- event_id: id of the event in lake.log_event
-- ordinal: as in lake.log_event
-- message: what was logged, whole
with piece as (
    select
        account, region, log_group, unnest(event_ids) as event_id,
        generate_subscripts(event_ids, 1) = 1 as is_first, text as whole
    from lake.log_cut
)
select
    event.account, event.region, event.log_group, event.log_stream, event.timestamp, event.event_id, event.ordinal,
    case
        when piece.event_id is null then event.message
        when event.message[1] = '{' and json_valid(event.message)
            then json_merge_patch(event.message, json_object('log', piece.whole))::varchar
        else piece.whole
    end as message
from evidence.log_event as event
left join piece
    on event.event_id = piece.event_id and event.log_group is not distinct from piece.log_group
    and event.account is not distinct from piece.account and event.region is not distinct from piece.region
where piece.event_id is null or piece.is_first
