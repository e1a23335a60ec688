-- One line of a stack trace that a log event carries: the head of an exception or a frame, and to which of
-- the wrapped exceptions it belongs. A step of lake.log_exception and lake.stack_frame, which are the ones to
-- read. Forms: Python, Node.js, Java, .NET, Go, Ruby, Rust, PHP, and the lists that JSON loggers write of them.
-- needs: lake.log_record
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- event_id: id of the event in lake.log_event
-- ordinal: place of the line in the trace, from 1
-- exception: which exception, 1 for the outermost, the one that was reported
-- is_head: whether the line names an exception
-- text: the line, without blanks around it
-- form: python, at (Java, Node.js and .NET), file (Go and Rust), ruby, php or json, null of lines that are no frame
-- before: the line before it
-- first_type: type of the outermost exception, as lake.log_record tells it
-- first_message: its message
with carried as (
    select distinct account, region, log_group, event_id, stack, exception_type, exception_message
    from lake.log_record where stack is not null
),
flattened as (
    select
        * exclude (stack),
        -- `Caused by: {…}` is a cause that a JSON logger nested, a list is one line per item
        case when contains(stack, 'Caused by: {') then split_part(stack, 'Caused by: {', 1) else stack end as body,
        case when contains(stack, 'Caused by: {') and json_valid(substr(stack, strpos(stack, 'Caused by: {') + 11))
            then json_extract(substr(stack, strpos(stack, 'Caused by: {') + 11),
                ['$', '$.cause', '$.cause.cause', '$.cause.cause.cause']) end as causes
    from carried
),
listed as (
    select
        * exclude (body, causes),
        concat_ws(
            chr(10),
            case when body[1] = '[' and json_valid(rtrim(body))
                then array_to_string(from_json(rtrim(body), '["VARCHAR"]'), chr(10)) else body end,
            array_to_string(list_transform(
                list_filter(causes, lambda c: json_type(c) = 'OBJECT'),
                lambda c: concat(
                    'Caused by: ', coalesce(c ->> 'errorType', c ->> 'type', c ->> 'name', 'Error'), ': ',
                    coalesce(c ->> 'errorMessage', c ->> 'message'), chr(10),
                    coalesce(
                        array_to_string(try_cast(coalesce(c -> 'stackTrace', c -> 'stack') as varchar[]), chr(10)),
                        c ->> 'stackTrace', c ->> 'stack'))), chr(10))
        ) as body
    from flattened
),
split as (
    -- .NET before Core tells the inner exception in the same line
    select
        * exclude (body),
        string_split(replace(replace(replace(replace(
            body, chr(13) || chr(10), chr(10)), chr(13), chr(10)), chr(160), ' '), ' ---> ', chr(10) || '---> '),
            chr(10))[:500] as lines
    from listed
),
lined as (
    select
        account, region, log_group, event_id, exception_type, exception_message,
        unnest(lines) as raw, generate_subscripts(lines, 1) as ordinal
    from split
),
shaped as (
    select
        *,
        -- behind the tag that Rails puts before every line
        trim(case when raw[1] = '[' then regexp_replace(raw, '^\[[0-9a-f-]{32,36}\] ', '') else raw end, E' \t') as text,
        case
            when starts_with(text, 'File "') then 'python'
            when starts_with(text, 'at ') then case when regexp_matches(text, '^at \S+:\d+:\d+$') and contains(text, '.rs:')
                then 'file' else 'at' end
            when regexp_matches(text, '^(from )?\S+\.rb:\d+(:in|$)') then 'ruby'
            when raw[1] in (chr(9), ' ') and regexp_matches(text, '^\S+\.go:\d+') then 'file'
            when text[1] = '#' and regexp_matches(text, '^#\d+ .+\(\d+\): ')
                or regexp_matches(text, '^/\S+\.php:\d+$') then 'php'
            when text[1] = '{' and contains(text, '"line') then 'json'
        end as form,
        -- what stands before the head of a wrapped exception; Java indents those that were suppressed
        starts_with(raw, 'Caused by: ') or starts_with(raw, 'caused by: ') or starts_with(text, '---> ')
            or starts_with(text, '[cause]: ')
            or form = 'ruby' and regexp_matches(text, '^\S+\.rb:\d+:in .*: .* \([A-Z][\w:]*\)$') as is_wrapped,
        starts_with(text, 'The above exception was the direct cause of')
            or starts_with(text, 'During handling of the above exception') as is_break,
        starts_with(text, '--- End of inner exception stack trace') as is_end,
        starts_with(raw, chr(9) || 'Suppressed: ') or starts_with(raw, chr(9) || chr(9)) as is_suppressed
    from lined
),
counted as (
    select
        * exclude (is_wrapped), coalesce(is_wrapped, false) as is_wrapped,
        count(*) filter (where is_wrapped) over so_far as wrapped,
        count(*) filter (where is_end) over so_far as ended,
        count(*) filter (where is_break) over so_far as broken,
        count(*) filter (where is_break) over whole as breaks,
        min(ordinal) filter (where is_wrapped) over whole as first_wrapped,
        -- Ruby names the first exception in a frame, too
        bool_or(is_wrapped and form = 'ruby') over whole as is_ruby,
        lag(text) over (partition by account, region, log_group, event_id order by ordinal) as before,
        count(*) filter (where form is not null) over so_far as frames
    from shaped
    where not is_suppressed
    window
        so_far as (partition by account, region, log_group, event_id order by ordinal),
        whole as (partition by account, region, log_group, event_id)
)
select
    account, region, log_group, event_id, ordinal,
    case
        when breaks > 0 then breaks - broken + 1
        when is_ruby then greatest(wrapped, 1)
        else greatest(wrapped + 1 - ended, 1)
    end as exception,
    is_wrapped or breaks > 0 and frames > 0 and form is null and not is_break
        and regexp_matches(raw, '^[A-Za-z_][\w.]*(: |$)') as is_head,
    text, form, before, exception_type as first_type, exception_message as first_message
from counted
