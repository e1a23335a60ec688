-- One message without the envelope that a collector put around it (Container Insights, FireLens, the
-- container runtime's own prefix), and who wrote it. A step of lake.log_record, which is the one to read.
-- needs: lake.log_message
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- timestamp: the producer's time, UTC
-- ordinal: as in lake.log_event
-- is_lambda: whether the group or stream is one of a Lambda function
-- node: function, service or workload that wrote it, null where the record does not tell
-- kind: X-Ray's type of the node
-- version: function version of the log stream
-- pod: Kubernetes pod
-- text: what the writer wrote
-- is_json: whether that is a JSON object
with event as (
    select
        account, region, event_id, log_group, log_stream, timestamp, ordinal, message,
        coalesce(starts_with(log_group, '/aws/lambda/'), false) or is_dated as is_lambda,
        -- CASE chooses the text and not the list, which it would copy
        string_split(case when is_dated then substr(log_stream, 12) end, '[') as dated,
        case
            when is_dated then null
            when regexp_matches(log_stream, '^[^/]+/.+/([0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$')
                and not starts_with(log_stream, 'states/') then string_split(log_stream, '/')[-2]
        end as task_container
    from (
        select
            account, region, log_group, log_stream, timestamp, ordinal, event_id, message,
            -- 2026/01/31/[$LATEST]… or, in a group of one's own choice, 2026/01/31/function[$LATEST]…
            coalesce(log_stream[5] = '/' and log_stream[8] = '/' and log_stream[11] = '/'
                and contains(log_stream, '['), false) as is_dated
        from lake.log_message
        where log_group is distinct from 'aws/spans' -- spans, not lines: lake.span
    )
),
opened as (
    select
        *,
        json_extract_string(
            case
                when not is_lambda and left(ltrim(message), 1) = '{'
                    and (contains(message, '"log"') or contains(message, '"kubernetes"')) and json_valid(message)
                    then message
            end,
            [
                '$.log', '$.log_processed', '$.kubernetes.pod_name', '$.container_name', '$.container_id',
                '$.stream', '$.source'
            ]) as envelope
    from event
),
told as (
    select
        *,
        case when envelope is not null then envelope[3] end as pod,
        -- /ecs-<task definition>-<revision>-<container>-<hash> is Docker's name for it on EC2
        case when envelope is not null then coalesce(
            nullif(regexp_extract(envelope[4], '^/?ecs-.+?-\d+-(.+)-[0-9a-f]{10,}$', 1), ''), envelope[4]) end
            as container,
        -- a program may print a `log` of its own
        case
            when envelope is null then message
            when coalesce(envelope[3], envelope[4], envelope[5]) is not null
                or envelope[6] in ('stdout', 'stderr') or envelope[7] in ('stdout', 'stderr')
                then coalesce(envelope[1], envelope[2], message)
            else message
        end as enclosed
    from opened
),
stripped as (
    select
        *,
        case
            when not is_lambda and contains(substr(enclosed, 20, 24), ' std')
                then regexp_replace(enclosed, '^[0-9][0-9T:.Z+-]+ (stdout|stderr) [FP] ', '')
            else enclosed
        end as text
    from told
)
select
    account, region, event_id, log_group, log_stream, timestamp, ordinal, is_lambda,
    case
        when is_lambda then coalesce(
            nullif(dated[1], ''),
            case when starts_with(log_group, '/aws/lambda/') then nullif(substr(log_group, 13), '') end)
        -- a pod of a deployment (two suffixes), a job (a date too), a daemon set (one), a stateful set (a number)
        when pod is not null then regexp_replace(
            pod, '(-([4-9bcdf]{6,10}|\d{8,10}))?-[bcdfghjklmnpqrstvwxz2456789]{5}$|-\d{1,4}$', '')
        else coalesce(container, task_container)
    end as node,
    case
        when is_lambda then 'AWS::Lambda::Function'
        when pod is not null then 'AWS::EKS::Container'
        when coalesce(container, task_container) is not null then 'AWS::ECS::Container'
    end as kind,
    case when dated is not null then split_part(dated[2], ']', 1) end as version,
    pod, text,
    -- CASE, since json_valid is dear and most lines are plain
    case when left(ltrim(text), 1) = '{' then json_valid(text) else false end as is_json
from stripped
