-- One message of a container that its way into the log had cut into several events, put together again:
-- pieces of a long line (FireLens' partial messages, the container runtime's P and F flags) and the lines of
-- a stack trace, each of which awslogs makes an event of its own. Lines follow each other by time, then id:
-- of lines of one millisecond whose ids an import derived, the order is not known.
-- needs: evidence.log_event
-- scope: case
-- materialize
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
with line as not materialized (
    select
        account, region, log_group, log_stream, event_id, timestamp, message,
        case when message[1] = '{' then strpos(message, '"log":"') end as log_at
    from evidence.log_event
    where message is not null and not (coalesce(
        log_group >= '/aws/lambda/' and log_group < '/aws/lambda0'
        or log_stream[5] = '/' and log_stream[8] = '/' and log_stream[11] = '/' and contains(log_stream, '['), false))
),
-- only streams in which something is cut are read as a whole
cut_ as (
    select distinct log_group, log_stream
    from line
    where case
        when log_at > 0 then message[log_at + 7] = ' ' or message[log_at + 7:log_at + 8] = '\t'
            or message[log_at + 7:log_at + 17] in ('Caused by: ', 'goroutine 1')
            or contains(message[log_at + 26:log_at + 60], ' P ') or contains(message, '"_p":"P"')
            or contains(message, '"partial_message":')
        when message[1] = '{' then false
        else message[1] in (' ', chr(9)) or starts_with(message, 'Caused by: ') or starts_with(message, 'goroutine ')
            or message[11] = 'T' and contains(message[20:60], ' P ')
    end
),
opened as (
    select
        line.* exclude (message, log_at),
        case when log_at > 0 and json_valid(message) then json_extract_string(message, [
            '$.log', '$._p', '$.stream', '$.partial_id', '$.partial_ordinal', '$.partial_last', '$.source', '$.container_id'
        ]) end as j,
        coalesce(j[1], message) as enclosed,
        regexp_extract(left(enclosed, 60), '^[0-9][0-9T:.Z+-]+ (stdout|stderr) ([FP]) ', ['stream', 'flag']) as prefix
    from line
    semi join cut_ on line.log_group is not distinct from cut_.log_group
        and line.log_stream is not distinct from cut_.log_stream
),
told as (
    select
        * exclude (enclosed, prefix, j),
        coalesce(j[4], case when j[5] is not null then j[8] end) as partial_id, try_cast(j[5] as bigint) as part,
        j[6] = 'true' as is_last,
        coalesce(nullif(prefix.stream, ''), j[3], j[7], '') as way,
        coalesce(nullif(prefix.flag, ''), j[2], '') = 'P' as is_open,
        case when prefix.flag <> '' then substr(enclosed, strpos(enclosed, ' std') + 10) else enclosed end as text
    from opened
),
ordered as (
    select
        *,
        lag(timestamp) over stream_ as before_at, coalesce(lag(is_open) over stream_, false) as was_open,
        coalesce(lag(left(text, 120)) over stream_, '') as before_
    from told
    where partial_id is null
    window stream_ as (partition by log_group, log_stream, way order by timestamp, event_id)
),
flagged as (
    select
        *,
        was_open or coalesce(timestamp <= before_at + interval 2 second, false) and text[1] <> '{' and (
            text[1] in (' ', chr(9)) or text in ('', '}', '})') or starts_with(text, 'Caused by: ')
            or starts_with(text, 'Suppressed: ') or starts_with(text, '... ') or starts_with(text, 'goroutine ')
            or starts_with(text, '[signal ') or starts_with(text, 'created by ')
            or starts_with(text, 'During handling of the above exception')
            or starts_with(text, 'The above exception was the direct cause')
            or starts_with(text, 'Traceback (most recent') and trim(before_) = ''
            -- Python ends with the exception, Go's frames alternate with their places
            or before_[1] = ' ' and not starts_with(ltrim(before_), 'at ')
                and regexp_full_match(rtrim(left(text, 200)), '[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(: .*)?')
            or (before_[1] = chr(9) or starts_with(before_, 'goroutine '))
                and not starts_with(ltrim(before_), 'at ') and regexp_matches(left(text, 200), '^[\w./*()\[\]-]+\(.*\)\s*$')
        ) as goes_on
    from ordered
),
numbered as (
    select
        *, sum((not goes_on)::integer) over (
            partition by log_group, log_stream, way order by timestamp, event_id
        ) as number
    from flagged
),
joined as (
    select
        max(account) as account, max(region) as region, log_group, log_stream,
        min({'timestamp': timestamp, 'event_id': event_id}) as first_, max(timestamp) as ended_at,
        case when bool_or(was_open) then 'partial_flag' else 'stack' end as joined_by,
        string_agg(rtrim(text, E'\r\n') || case when is_open then '' else chr(10) end, ''
            order by timestamp, event_id) as text,
        count(*) as lines, list(event_id order by timestamp, event_id) as event_ids,
        not max({'timestamp': timestamp, 'event_id': event_id, 'is_open': is_open}).is_open as is_complete
    from numbered
    group by log_group, log_stream, way, number
    having count(*) > 1 or bool_or(is_open)
    union all
    select
        max(account), max(region), log_group, log_stream, min({'timestamp': timestamp, 'event_id': event_id}),
        max(timestamp), 'partial_id', string_agg(rtrim(text, E'\r\n'), '' order by part, timestamp, event_id), count(*),
        list(event_id order by part, timestamp, event_id), bool_or(is_last)
    from told
    where partial_id is not null
    group by log_group, log_stream, partial_id
)
select
    account, region, log_group, log_stream, first_.event_id as event_id, first_.timestamp as timestamp, ended_at,
    joined_by, rtrim(text, E'\r\n') as text, lines, event_ids, is_complete,
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
    from joined
)
