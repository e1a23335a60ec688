-- A message that had been cut into several events, as one part of the evidence knows it. A step of
-- lake.log_joined, which is the one to read. What lies in a neighbouring part is seen through
-- evidence.log_edge, so that both parts know of a message that reaches over their border, and one owns it.
-- needs: evidence.log_event evidence.log_edge
-- scope: record
-- materialize
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- log_stream: name of the log stream
-- timestamp: time of the first event, UTC
-- ended_at: time of the last event, UTC
-- joined_by: partial_id, partial_flag or stack
-- text: the whole message
-- lines: number of events
-- event_ids: ids of the events, in their order
-- is_complete: false where the last piece of a long line is missing
-- is_own: whether the first event lies in this part
with line as not materialized (
    select
        account, region, log_group, log_stream, event_id, timestamp, coalesce(ordinal, 0) as ordinal, message, is_edge,
        epoch_ms(timestamp) // 4000 as moment
    from (
        select account, region, log_group, log_stream, event_id, timestamp, ordinal, message, false as is_edge
        from evidence.log_event
        union all
        select account, region, log_group, log_stream, event_id, timestamp, ordinal, message, true
        from evidence.log_edge
    )
    where message is not null and not (coalesce(
        log_group >= '/aws/lambda/' and log_group < '/aws/lambda0'
        or log_stream[5] = '/' and log_stream[8] = '/' and log_stream[11] = '/' and contains(log_stream, '['), false))
),
-- only where something is cut lines are opened: those of its stream, in the seconds around
cut_ as (
    select distinct log_group, log_stream, moment + unnest([-1, 0, 1]) as moment
    from line
    where case
        when message[1] = '{' then regexp_matches(message, '"log": ?"(?: |\\t|Caused by: |goroutine 1|#0 |'
            || '[0-9T:.Z+-]{20,35} std(?:out|err) P |\[[0-9a-f-]{32,36}\] [^"]*\.rb:\d)|"_p": ?"P"|"partial_message":')
        when message[11] = 'T' then contains(message, ' stdout P ') or contains(message, ' stderr P ')
        when message[1] = '[' then (message[38] = ']' or message[34] = ']') and contains(message, '.rb:')
        else message[1] in (' ', chr(9)) or starts_with(message, 'Caused by: ')
            or starts_with(message, 'goroutine ') or starts_with(message, '#0 ')
    end
),
opened as (
    select
        line.* exclude (message, moment),
        case when message[1] = '{' and (contains(message, '"log":"') or contains(message, '"log": "'))
            and json_valid(message) then json_extract_string(message, [
            '$.log', '$._p', '$.stream', '$.partial_id', '$.partial_ordinal', '$.partial_last', '$.source', '$.container_id'
        ]) end as j,
        coalesce(j[1], message) as enclosed,
        regexp_extract(left(enclosed, 60), '^[0-9][0-9T:.Z+-]+ (stdout|stderr) ([FP]) ', ['stream', 'flag']) as prefix
    from line
    semi join cut_ on line.log_group is not distinct from cut_.log_group
        and line.log_stream is not distinct from cut_.log_stream and line.moment is not distinct from cut_.moment
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
        coalesce(lag(left(text, 120)) over stream_, '') as before_,
        -- Rails puts the tag of its request before every line of a message: a UUID, or a proxy's 32 hex digits
        case when text[1] = '[' and text[38] = ']' then left(text, 38)
            when text[1] = '[' and text[34] = ']' then left(text, 34) end as tag,
        coalesce(contains(before_, tag), false) and case
            when rtrim(text) = tag then regexp_matches(substr(before_, length(tag) + 2), '^[A-Z][\w:]* \(|\.rb:\d+')
            when regexp_matches(substr(text, length(tag) + 2), '^\S+\.rb:\d+:in |^[A-Z][\w:]* \(.*\):\s*$')
                then ends_with(rtrim(before_), tag) or contains(before_, '.rb:')
            else false
        end as is_tagged
    from told
    where partial_id is null
    window stream_ as (
        partition by account, region, log_group, log_stream, way order by timestamp, ordinal, event_id)
),
flagged as (
    select
        *,
        was_open or is_tagged or coalesce(timestamp <= before_at + interval 2 second, false) and text[1] <> '{' and (
            text[1] in (' ', chr(9)) or rtrim(text) in ('', '}', '})', '"}', '[stacktrace]', 'Stack trace:')
            or text[1] = '#' and regexp_matches(left(text, 40), '^#\d+ [/{\[]')
            or starts_with(text, 'Caused by: ')
            or starts_with(text, 'Suppressed: ') or starts_with(text, '... ') or starts_with(text, 'goroutine ')
            or starts_with(text, '[signal ') or starts_with(text, 'created by ')
            or starts_with(text, 'During handling of the above exception')
            or starts_with(text, 'The above exception was the direct cause')
            or starts_with(text, 'Traceback (most recent') and trim(before_) = ''
            -- Python ends with the exception, Go's frames alternate with their places
            or before_[1] = ' ' and not starts_with(ltrim(before_, E' \t'), 'at ')
                and regexp_full_match(rtrim(left(text, 200)), '[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(: .*)?')
            or (before_[1] = chr(9) or starts_with(before_, 'goroutine '))
                and not starts_with(ltrim(before_, E' \t'), 'at ') and regexp_matches(left(text, 200), '^[\w./*()\[\]-]+\(.*\)\s*$')
        ) as goes_on,
        -- indented text is no stack trace for that alone
        starts_with(ltrim(text, E' \t'), 'at ') or starts_with(ltrim(text, E' \t'), 'File "') or starts_with(ltrim(text, E' \t'), 'from ')
            or starts_with(text, 'Traceback ') or starts_with(text, 'Caused by: ') or starts_with(text, 'goroutine ')
            or contains(text, '.rb:') or contains(text, '.rs:') or starts_with(text, '#0 ') as is_frame
    from ordered
),
numbered as (
    select
        *, sum((not goes_on)::integer) over (
            partition by account, region, log_group, log_stream, way order by timestamp, ordinal, event_id
        ) as number
    from flagged
),
joined as (
    select
        account, region, log_group, log_stream, min(timestamp) as timestamp, max(timestamp) as ended_at,
        case when bool_or(was_open) then 'partial_flag' else 'stack' end as joined_by,
        string_agg(rtrim(text, E'\r\n') || case when is_open then '' else chr(10) end, ''
            order by timestamp, ordinal, event_id) as text,
        count(*) as lines, list(event_id order by timestamp, ordinal, event_id) as event_ids,
        not last(is_open order by timestamp, ordinal, event_id) as is_complete,
        list(is_edge order by timestamp, ordinal, event_id) as edges
    from numbered
    group by account, region, log_group, log_stream, way, number
    having bool_or(is_open) or count(*) > 1 and (bool_or(was_open) or bool_or(is_frame))
    union all
    select
        account, region, log_group, log_stream, min(timestamp), max(timestamp), 'partial_id',
        string_agg(rtrim(text, E'\r\n'), '' order by part, timestamp, ordinal, event_id), count(*),
        list(event_id order by part, timestamp, ordinal, event_id), bool_or(is_last),
        list(is_edge order by part, timestamp, ordinal, event_id)
    from told
    where partial_id is not null
    group by account, region, log_group, log_stream, partial_id
)
select
    account, region, log_group, log_stream, timestamp, ended_at, joined_by, rtrim(text, E'\r\n') as text, lines,
    event_ids, is_complete, not edges[1] as is_own
from joined
where not list_bool_and(edges)
