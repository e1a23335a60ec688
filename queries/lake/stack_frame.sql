-- One frame of a stack trace, from a log event or from a span's exception: where the code was, and whether
-- that is the application's own code. Decided by where the file lies or which package the class is in, never
-- by the names of an account: libraries, layers' packages, runtimes and the language's own are not in_app.
-- needs: lake.log_stack lake.span
-- scope: case
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: log group of the event, null of spans
-- event_id: id of the event in lake.log_event, null of spans
-- trace_key: key of the trace of the span, null of log events
-- span_key: key of the span, null of log events
-- exception: which of the wrapped exceptions, 1 for the outermost, the one that was reported
-- ordinal: 1 for the frame where it was thrown, rising towards the entry
-- path: file, as the trace tells it; of Java the file's name only
-- line: line in that file, null where the trace does not tell
-- function: function or method, of Java and .NET with its class
-- in_app: whether it is the application's own code
with told as (
    select
        *,
        case form
            when 'python' then regexp_extract(
                text, '^File "(.+?)", line (\d+)(?:, in (.+))?', ['path', 'line', 'function'])
            when 'at' then case
                -- Java: at module/shop.Cart.add(Cart.java:12)
                when regexp_matches(text, '\((?:[^():]+\.(?:java|kt|scala|groovy|clj)(?::\d+)?|Native Method|Unknown Source)\)')
                    then regexp_extract(
                        text, '^at (?:[^(]*/)?([^(]+)\(([^():]*)(?::(\d+))?\)', ['function', 'path', 'line'])
                -- .NET: at Shop.Cart.Add(String id) in /src/Cart.cs:line 12
                when regexp_matches(text, '^at [^(]+\(.*\)(?: in .+:line \d+| \+ 0x[0-9a-f]+)?$')
                    and not regexp_matches(text, ':\d+:\d+\)$|\((?:<anonymous>|native|index \d+)\)$')
                    then regexp_extract(text, '^at ([^(]+)\(.*?\)(?: in (.+):line (\d+))?', ['function', 'path', 'line'])
                -- Node.js: at async add (file:///var/task/cart.js:12:3)
                when contains(text, '(') then regexp_extract(
                    text, '^at (?:async )?(.*?) \((?:file://)?(.+?)(?::(\d+))?(?::\d+)?\)', ['function', 'path', 'line'])
                else regexp_extract(
                    text, '^at (?:async )?()(?:file://)?(.+?)(?::(\d+))?(?::\d+)?(?: \{)?$', ['function', 'path', 'line'])
            end
            when 'ruby' then regexp_extract(
                text, '^(?:from )?(.+?):(\d+)(?::in [`''](.+?)'')?(?:: .*)?$', ['path', 'line', 'function'])
            when 'php' then regexp_extract(
                text, '^(?:#\d+ )?(.+?)[(:](\d+)(?:\): (.+?)(?:\(.*)?)?$', ['path', 'line', 'function'])
            -- Go and Rust name the function in the line before
            when 'file' then {
                'path': regexp_extract(text, '^(?:at )?(.+?):\d+', 1), 'line': regexp_extract(text, ':(\d+)', 1),
                'function': regexp_extract(before, '^(?:\d+: )?(?:created by )?(.+?)(?:\([^()]*\)|\(\.\.\.\))?$', 1)}
            when 'json' then {
                'path': coalesce(s ->> 'path', s ->> 'filename', s ->> 'file'),
                'line': coalesce(s ->> 'line', s ->> 'lineno'),
                'function': coalesce(s ->> 'label', s ->> 'name', s ->> 'function')}
        end as frame
    from (
        select *, case when form = 'json' and json_valid(text) then text::json end as s
        from lake.log_stack where form is not null
    )
),
logged as (
    select
        account, region, log_group, event_id, cast(null as bigint) as trace_key, cast(null as bigint) as span_key,
        exception, row_number() over (
            partition by account, region, log_group, event_id, exception
            -- Python ends where it was thrown, all others begin there
            order by case when form = 'python' then -told.ordinal else told.ordinal end, told.ordinal
        ) as ordinal,
        nullif(frame.path, '') as path, try_cast(frame.line as bigint) as line, nullif(frame.function, '') as function
    from told
),
listed as (
    select account, region, trace_key, span_key, json_extract(exceptions, '$[*]') as list
    from lake.span where exceptions is not null and json_valid(exceptions)
),
thrown as (
    select account, region, trace_key, span_key, unnest(list) as e, generate_subscripts(list, 1) as exception from listed
),
stacked as (
    select * exclude (e), json_extract(e, '$.stack[*]') as list from thrown
),
recorded as (
    select
        account, region, cast(null as varchar) as log_group, cast(null as varchar) as event_id, trace_key, span_key,
        exception, ordinal, f ->> 'path' as path, try_cast(f ->> 'line' as bigint) as line, f ->> 'label' as function
    from (select * exclude (list), unnest(list) as f, generate_subscripts(list, 1) as ordinal from stacked)
),
frame as (
    select * from logged union all select * from recorded
)
select
    account, region, log_group, event_id, trace_key, span_key, exception, ordinal, path, line, function,
    coalesce(not (
        -- packages and the language's own, by the folder they lie in
        regexp_matches(path, '/(?:site|dist)-packages/|/lib/python\d|(?:^|/)node_modules/|/gems/|/lib/ruby/'
            || '|/pkg/mod/|(?:^|/)vendor/|@v\d|/\.cargo/|^/rustc/|/usr/local/go/src/|/go/src/(?:runtime|net)/|/libexec/src/'
            || '|^/var/(?:runtime|lang)/|^/usr/lib|^node:|^internal/|^<(?:frozen|internal|anonymous|string)|^native$|^index \d+$|^/_/src/'
            || '|^(?:runtime|reflect|net|encoding|database|crypto|internal|os|io|sync|syscall|bufio|context|testing)/'
            || '|Amazon\.Lambda\.|aws-lambda-go')
        -- Java, Go and .NET tell the package with the function
        or regexp_matches(function, '^(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|groovy|lambdainternal'
            || '|com\.amazonaws|software\.amazon|org\.springframework|org\.apache|org\.hibernate|org\.slf4j|ch\.qos|io\.netty'
            || '|io\.micronaut|io\.quarkus|reactor|com\.fasterxml|com\.google|com\.zaxxer|okhttp3|System|Microsoft|Amazon'
            || '|runtime|reflect|net/http|github\.com/aws|std|core|alloc|tokio|lambda_runtime)(?:\.|::)|^lambda_method')
    ), true) as in_app
from frame
where path is not null or function is not null
