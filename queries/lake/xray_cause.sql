-- X-Ray's own root causes, as a trace's summary gives them: one row per service on the way from the entry to what
-- failed. X-Ray does not publish how it decides; the last service of a way is where it sees the cause. Traces whose
-- summary was not pulled have none, nor have files of traces alone.
-- needs: evidence.trace_summary
-- scope: case
-- trace_id: 32 hex digits
-- kind: fault, error or response_time
-- number: how-manieth way of its kind in the trace, from 1
-- step: place on the way, from 1
-- service: X-Ray's name of the service
-- service_type: its type, as X-Ray gives it
-- is_last: whether the way ends here: the cause, as X-Ray sees it
-- is_inferred: X-Ray knows the service from its caller alone
-- is_client_impacting: X-Ray: whether the caller of the whole felt it
-- entity: the innermost segment or subsegment that it names within the service
-- exception_type: type of the first exception there, null where it names none
-- exception_message: its message
with told as (
    -- a trace that grew has a summary for each of its revisions; the newest counts
    select
        trace_id,
        max({
            'revision': coalesce(try_cast(json_extract_string(document, '$.Revision') as bigint), 0),
            'is_whole': coalesce(json_extract_string(document, '$.IsPartial'), 'false') <> 'true',
            'document': document
        }).document as document
    from evidence.trace_summary
    where json_valid(document)
    group by trace_id
), cause as (
    select trace_id, 'fault' as kind, json_extract(document, '$.FaultRootCauses[*]') as ways from told
    union all
    select trace_id, 'error', json_extract(document, '$.ErrorRootCauses[*]') from told
    union all
    select trace_id, 'response_time', json_extract(document, '$.ResponseTimeRootCauses[*]') from told
), way as (
    select trace_id, kind, unnest(range(1, len(ways) + 1)) as number, unnest(ways) as way from cause
), service as (
    select
        trace_id, kind, number, json_extract_string(way, '$.ClientImpacting') = 'true' as is_client_impacting,
        json_extract(way, '$.Services[*]') as services
    from way
), step as (
    select
        trace_id, kind, number, is_client_impacting, len(services) as steps,
        unnest(range(1, len(services) + 1)) as step, unnest(services) as service
    from service
), entity as (
    select *, json_extract(service, '$.EntityPath[*]') as entities from step
)
select
    replace(regexp_replace(trace_id, '^1-', ''), '-', '') as trace_id, kind, number, step,
    json_extract_string(service, '$.Name') as service, json_extract_string(service, '$.Type') as service_type,
    step = steps as is_last, coalesce(json_extract_string(service, '$.Inferred') = 'true', false) as is_inferred,
    is_client_impacting, json_extract_string(entities[-1], '$.Name') as entity,
    json_extract_string(entities[-1], '$.Exceptions[0].Name') as exception_type,
    json_extract_string(entities[-1], '$.Exceptions[0].Message') as exception_message
from entity
