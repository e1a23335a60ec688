-- One log event taken apart: what sort of line it is, and the fields of a Lambda runtime's own text lines.
-- A step of lake.log_record, which is the one to read. Sources of the formats: AWS Lambda developer guide,
-- "Log formats", and the open-source runtime clients.
-- needs: lake.log_json
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- timestamp: the producer's time, UTC
-- ordinal: as in lake.log_event
-- is_lambda: whether the group or stream is one of a Lambda function
-- node: function, service or workload that wrote it
-- kind: X-Ray's type of the node
-- version: function version of the log stream
-- pod: Kubernetes pod
-- text: what the writer wrote
-- is_json: whether that is a JSON object
-- record_type: as in lake.log_record
-- is_platform: as in lake.log_json
-- platform: as in lake.log_json
-- json: as in lake.log_json
-- runtime: level, request id and message of a Lambda runtime's tabbed line, nulls of others
-- thrown: type, message, stack and cause of an exception that a Lambda runtime wrote in JSON, nulls of others
with tabbed as (
    select
        *,
        -- CASE chooses the text and not the list, which it would copy
        string_split(case
            when is_lambda and not is_json
                and (text[24] = 'Z' and text[25] = chr(9) or text[1] = '[' and contains(left(text, 12), chr(9)))
                then left(text, 120) end, chr(9)) as tab
    from lake.log_json
),
shaped as (
    select
        *,
        case when tab is null or len(tab) < 4 then null when tab[1][1] = '[' then 'python' else 'other' end as shape
    from tabbed
),
parted as (
    select
        * exclude (tab, shape),
        {
            'level': case shape when 'python' then trim(tab[1], '[]') when 'other' then tab[3] end,
            'request_id': case shape when 'python' then tab[3] when 'other' then tab[2] end,
            'message': case when shape is not null
                then substr(text, length(tab[1]) + length(tab[2]) + length(tab[3]) + 4) end
        } as runtime,
        case
            when not is_lambda or is_json then null
            -- Node.js and Ruby print a sentence before it, Go what its logger puts before a line
            when shape = 'other'
                and rtrim(tab[4]) in ('Invoke Error', 'Uncaught Exception', 'Unhandled Promise Rejection')
                or text[5] = '/' and text[8] = '/' and contains(left(text, 120), '{"errorMessage"')
                or starts_with(text, 'Error raised from handler method')
                or starts_with(text, 'Critical exception from handler')
                or starts_with(text, 'Init error when loading handler') then substr(text, strpos(text, '{'))
        end as thrown_json,
        -- Java: `<message>: <class>`, then the stack that begins with the same class
        string_split(case when is_lambda and contains(coalesce(json.message, text), chr(9) || 'at ')
            then replace(left(coalesce(json.message, text), 4000), chr(13), chr(10)) end, chr(10)) as java
    from shaped
),
typed as (
    select
        * exclude (thrown_json, java),
        json_extract_string(case when json_valid(thrown_json) then thrown_json end, [
            '$.errorType', '$.errorMessage', '$.stack', '$.stackTrace', '$.cause'
        ]) as t,
        java is not null and coalesce(contains(java[1], ': ') and contains(split_part(java[1], ': ', -1), '.')
            and starts_with(java[2], split_part(java[1], ': ', -1)), false) as is_java,
        -- the extension of Lambda Insights writes of functions in a log group of its own
        case when json.is_metric and starts_with(log_group, '/aws/lambda-insights') then text end as insight
    from parted
)
select
    account, region, event_id, log_group, log_stream, timestamp, ordinal, is_lambda,
    coalesce(json_extract_string(insight, '$.function_name'), node) as node,
    case when insight is not null then 'AWS::Lambda::Function' else kind end as kind,
    coalesce(json_extract_string(insight, '$.version'), version) as version,
    pod, text, is_json,
    case
        when json.is_metric then 'metric'
        when json.is_poller then 'platform'
        when not is_lambda then 'log'
        when is_platform then case platform.type when 'platform.start' then 'start' when 'platform.report' then 'report'
            when 'platform.initStart' then 'init' when 'platform.initReport' then 'init_report' else 'platform' end
        when json.is_uncaught or json.error_type is not null and regexp_matches(
            json.message, '^(Invoke Error|Uncaught Exception|Unhandled Promise Rejection)') then 'error'
        when is_json then case when is_java then 'error' else 'log' end
        when starts_with(text, 'START RequestId: ') and substr(text, 54, 10) = ' Version: ' then 'start'
        when starts_with(text, 'END RequestId: ') and length(rtrim(text)) < 55 then 'end'
        when starts_with(text, 'REPORT RequestId: ') and contains(text, 'Duration: ') then 'report'
        when starts_with(text, 'INIT_START ') then 'init'
        when starts_with(text, 'INIT_REPORT ') then 'init_report'
        when starts_with(text, 'RequestId: ') and (substr(text, 48, 8) = ' Error: '
            or substr(text, 48, 15) = ' Process exited') then 'exit'
        when text[24] = 'Z' and substr(text, 62, 22) = ' Task timed out after ' then 'timeout'
        when starts_with(text, 'RESTORE_START ') or starts_with(text, 'RESTORE_REPORT ')
            or starts_with(text, 'EXTENSION' || chr(9)) or starts_with(text, 'TELEMETRY' || chr(9))
            or starts_with(text, 'LOGS' || chr(9)) and contains(text, 'State: ') then 'platform'
        -- a program may print `[ERROR] ` too: the runtime adds the traceback
        when starts_with(text, '[ERROR] ')
            and (contains(text, 'Traceback (most recent call last)') or starts_with(text, '[ERROR] Runtime.'))
            then 'error'
        when t is not null and t[1] is not null or is_java then 'error'
        else 'log'
    end as record_type,
    is_platform, platform, json, runtime,
    {
        'type': case when t is not null then t[1] end, 'message': case when t is not null then t[2] end,
        'stack': case when t is not null then coalesce(t[3], t[4]) end,
        'cause': case when t is not null then t[5] end
    } as thrown
from typed
