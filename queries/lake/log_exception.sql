-- One exception of a log event that reports one, with those that it wraps: Java's and Bunyan's `Caused by`,
-- Python's direct causes and contexts, Node.js' `[cause]`, .NET's inner exceptions, Ruby's cause, and
-- what Go joined or wrapped, which tells no type.
-- needs: lake.log_record lake.log_stack
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- event_id: id of the event in lake.log_event
-- ordinal: 1 for the outermost, the one that was reported; what caused it has 2
-- exception_type: its type, null where the line does not tell
-- exception_message: its message, the first line of it for causes
with reported as (
    select distinct account, region, log_group, event_id, exception_type, exception_message
    from lake.log_record
    where record_type in ('log', 'error') and (exception_type is not null or stack is not null)
),
head as (
    select
        account, region, log_group, event_id, exception, ordinal,
        case when form = 'ruby' then regexp_extract(text, ':in [^:]*: (.*) \(([A-Z][\w:]*)\)$', ['message', 'type'])
            else regexp_extract(
                regexp_replace(text, '^(?:[Cc]aused by: |---> (?:\(Inner Exception #\d+\) )?|\[cause\]: )', ''),
                '^([A-Za-z_@][\w$.`/]*(?:::\w+)*)(?: \[[^\]]*\])?(?:: (.*?))?(?: \{)?$', ['type', 'message'])
        end as told, text
    from lake.log_stack
    where is_head and exception > 1
),
cause as (
    select account, region, log_group, event_id, exception, min({'ordinal': ordinal, 'told': told, 'text': text}) as h
    from head group by all
),
go_wrapped as (
    -- *fmt.wrapError joins with a colon, errors.Join with a new line
    select
        account, region, log_group, event_id,
        case when contains(lower(exception_type), 'join') then string_split(exception_message, chr(10))
            else [substr(exception_message, strpos(exception_message, ': ') + 2)] end as parts
    from reported
    where lower(exception_type) in ('wraperror', 'wraperrors', 'joinerror', '*fmt.wraperror', '*fmt.wraperrors',
            '*errors.joinerror')
        and (contains(exception_message, ': ') or contains(exception_message, chr(10)))
)
select account, region, log_group, event_id, 1 as ordinal, exception_type, exception_message
from reported
where exception_type is not null
union all
select
    account, region, log_group, event_id, exception, nullif(h.told.type, ''),
    coalesce(nullif(h.told.message, ''), case when h.told.type = '' then h.text end)
from cause
union all
select account, region, log_group, event_id, generate_subscripts(parts, 1) + 1, null, unnest(parts)
from go_wrapped
