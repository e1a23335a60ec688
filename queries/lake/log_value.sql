-- An id-like value that a log line prints: a request, message or event id, the number of an order, a key.
-- No field is looked for by its name. What says more about the writer than about its work (dates, times, names of
-- threads, the frames of a stack, and what a collector adds about pod, task and machine) is left out;
-- lake.shared_value has those that join records.
-- needs: evidence.log_event
-- scope: record
-- materialize
-- log_group: name of the log group
-- log_stream: name of the log stream
-- event_id: id of the event in lake.log_event
-- timestamp: the producer's time, UTC
-- value: the value, as it was printed; of a trace id its 32 hex digits
-- is_message: whether the line calls it a message id
with line as (
    select
        log_group, log_stream, event_id, timestamp, left(message, 8000) as start,
        -- Fluent Bit's envelopes: its Kubernetes filter adds one object, FireLens members of its own. Looked for as
        -- text and then read from there: that takes half as long as one pattern that finds and replaces it
        case when start[1] = '{' then nullif(strpos(start, '"kubernetes":{'), 0) end as object_at,
        case
            when object_at is not null then concat(left(start, object_at - 1), regexp_replace(
                substr(start, object_at + 14), '^[^{}]*(?:\{[^{}]*\}[^{}]*)*\}?', ''))
            when start[1] = '{' and contains(start, '"container_id":"') then regexp_replace(
                start, '"(?:container_(?:id|name)|ecs_\w+|ec2_instance_id)":"[^"]*"', '', 'g')
            -- frames name files, libraries and their versions: python3.12, HikariCP-5.1.0.jar
            when contains(start, chr(10)) or contains(start, '\n') then regexp_replace(start,
                '(?:\n|\\n)(?:\s|\\t)*(?:at |File \\?"|from |#[0-9]+ |\.\.\. )(?:[^\n\\]|\\[^n])*', '', 'g')
            else start
        end as head
    from evidence.log_event
    where message is not null and not (
        -- Lambda's own lines, and those whose ids have columns of their own
        starts_with(message, 'START RequestId: ') or starts_with(message, 'END RequestId: ')
        or starts_with(message, 'REPORT RequestId: ') or starts_with(message, 'INIT_START ')
        or starts_with(message, '{"time":"') and contains(message[:80], '"type":"platform.')
        or starts_with(message, '{"resource_arn":"') or starts_with(message, '{"notification":{')
        or log_group = 'aws/spans' or starts_with(log_group, 'API-Gateway-Execution-Logs_')
    )
),
-- apart from UNNEST, behind which it would be computed for each value
called as (
    select
        *,
        -- `message 1f…`, or what a batch hands back (Lambda developer guide, "batchItemFailures")
        case when contains(head, 'essage') or contains(head, 'itemIdentifier') then list_distinct(regexp_extract_all(
            head, '(?i)(?:(?:message[-_ ]?id|itemidentifier)[\\"'':= ]*|message[:=# ]+)'
            || '([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})', 1)) end as messages
    from line
),
told as (
    select
        log_group, log_stream, event_id, timestamp, messages,
        unnest(list_distinct(list_filter(
            regexp_extract_all(head, '[A-Za-z0-9][A-Za-z0-9_-]{5,63}'), lambda word: regexp_matches(word, '[0-9]')
        ))) as value
    from called
)
select
    log_group, log_stream, event_id, timestamp,
    -- X-Ray's and W3C's spelling of a trace id are one value
    case
        when length(value) = 35 and regexp_full_match(value, '(?i)1-[0-9a-f]{8}-[0-9a-f]{24}')
            then lower(concat(value[3:10], value[12:]))
        when length(value) = 55 and regexp_full_match(value, '00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}') then value[4:35]
        else value
    end as value,
    messages is not null and list_contains(messages, value) as is_message
from told
where
    -- dates and times, also as seconds or milliseconds since 1970
    not regexp_matches(value, '^(?:19|20)[0-9]{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12][0-9]|3[01])(?:$|[T_])'
        || '|^1[0-9]{9}(?:[0-9]{3})?$')
    and not regexp_matches(value, '(?i)thread|exec-|pool-|worker-')
