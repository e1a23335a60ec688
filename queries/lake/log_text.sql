-- One message without the envelope that a collector put around it (Container Insights, FireLens, the
-- container runtime's own prefix), and who wrote it. A step of lake.log_record, which is the one to read.
-- A log group that no service of AWS has given its name is that of a program, called as the last part of the
-- name; but for lines in a service's own format, and JSON that is no line of a logger.
-- needs: evidence.log_event lake.log_cut lake.service_line
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
with stream as (
    -- once per stream and not per line
    select
        log_group, log_stream, coalesce(starts_with(log_group, '/aws/lambda/'), false) as is_functions,
        -- 2026/01/31/[$LATEST]… or, in a group of one's own choice, 2026/01/31/function[$LATEST]…
        coalesce(log_stream[5] = '/' and log_stream[8] = '/' and log_stream[11] = '/' and contains(log_stream, '['), false)
            as is_dated,
        is_functions or is_dated as is_lambda,
        coalesce(
            case when is_dated then nullif(regexp_extract(log_stream, '^.{11}([^\[]*)\[', 1), '') end,
            case when is_functions then nullif(substr(log_group, 13), '') end) as function,
        case when is_dated then regexp_extract(log_stream, '^.{11}[^\[]*\[([^\]]*)', 1) end as version,
        case when not is_dated and not starts_with(log_stream, 'states/') then nullif(regexp_extract(
            log_stream, '^[^/]+/(?:.*/)?([^/]*)/(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$', 1), '')
            end as task,
        nullif(regexp_extract(log_group, '([^/]+)/?$', 1), '') as owner,
        -- what AWS and its agents name, and what is no container's: flow logs, CloudTrail, functions as S3 has them, hosts
        not regexp_matches(log_group, '(?i)^/?aws|^API-Gateway-|^RDSOSMetrics|^dms-tasks-|^sns/|^/?var/log/')
            and not regexp_matches(coalesce(log_stream, ''), '^(?:eni-|tgw-|vpc-|states/|i-[0-9a-f]{8,17}\b)'
                || '|_CloudTrail_|\[(?:\$LATEST|\d+)\]') as is_custom,
        coalesce(
            nullif(regexp_extract(
                log_stream, '\bvar\.log\.containers\.([a-z0-9.-]+)_[a-z0-9-]+_[a-z0-9-]+-[0-9a-f]{64}', 1), ''),
            nullif(regexp_extract(
                log_stream, '^[a-z0-9.-]+-[4-9bcdf]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$'), '')) as pod_stream
    from (select distinct log_group, log_stream from evidence.log_event)
    where log_group is distinct from 'aws/spans' -- spans, not lines: lake.span
),
-- several events that had been one before they were cut up: under the id of the first, in its envelope
piece as (
    select
        account, region, log_group, unnest(event_ids) as event_id,
        generate_subscripts(event_ids, 1) = 1 as is_first, text as whole
    from lake.log_cut
),
-- what a service wrote into such a group
foreign_ as (
    select distinct log_group, event_id from lake.service_line where not starts_with(log_group, '/aws/')
),
event as (
    select
        e.account, e.region, e.event_id, e.log_group, e.log_stream, e.timestamp, e.ordinal, foreign_.event_id as foreign_id,
        case
            when piece.event_id is null then e.message
            when e.message[1] = '{' and json_valid(e.message)
                then json_merge_patch(e.message, json_object('log', piece.whole))::varchar
            else piece.whole
        end as message
    from evidence.log_event as e
    left join piece
        on e.event_id = piece.event_id and e.log_group is not distinct from piece.log_group
        and e.account is not distinct from piece.account and e.region is not distinct from piece.region
    left join foreign_ on e.log_group = foreign_.log_group and e.event_id = foreign_.event_id
    where piece.event_id is null or piece.is_first
),
message as (
    select
        event.* exclude (foreign_id), is_lambda, function, version, task, owner, pod_stream,
        is_custom and foreign_id is null as is_custom
    from event
    join stream on event.log_group is not distinct from stream.log_group
        and event.log_stream is not distinct from stream.log_stream
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
    from message
),
told as (
    select
        *,
        coalesce(case when envelope is not null then envelope[3] end, case when is_custom then pod_stream end) as pod,
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
            when not is_lambda and enclosed[11] = 'T'
                then regexp_replace(enclosed, '^[0-9][0-9T:.Z+-]+ (stdout|stderr) [FP] ', '')
            else enclosed
        end as text
    from told
),
owned as (
    select
        *,
        case
            when not is_custom or is_lambda then null
            -- the collector of several containers did not tell which of them
            when envelope is not null and (envelope[6] in ('stdout', 'stderr') or envelope[7] in ('stdout', 'stderr'))
                then null
            -- flow logs, whatever their stream is called
            when contains(text, ' eni-') and regexp_matches(text, ' (?:ACCEPT|REJECT|OK|NODATA|SKIPDATA)\b') then null
            when left(ltrim(text), 1) <> '{' then owner
            -- JSON that tells a level; events that are handed on may tell one of their own
            when regexp_matches(text, '"(?i:(?:log[._]?)?level(?:_?name)?|severity(?:_?text)?|@l|@mt)"\s*:')
                and not regexp_matches(text, '"detail-type"|"CacheClusterId"|audit\.k8s\.io') then owner
        end as program
    from stripped
)
select
    account, region, event_id, log_group, log_stream, timestamp, ordinal, is_lambda,
    case
        when is_lambda then function
        -- a pod of a deployment (two suffixes), a job (a date too), a daemon set (one), a stateful set (a number)
        when pod is not null then regexp_replace(
            pod, '(-([4-9bcdf]{6,10}|\d{8,10}))?-[bcdfghjklmnpqrstvwxz2456789]{5}$|-\d{1,4}$', '')
        else coalesce(container, task, program)
    end as node,
    case
        when is_lambda then 'AWS::Lambda::Function'
        when pod is not null then 'AWS::EKS::Container'
        when coalesce(container, task, program) is not null then 'AWS::ECS::Container'
    end as kind,
    version, pod, text,
    -- CASE, since json_valid is dear and most lines are plain
    case when left(ltrim(text), 1) = '{' then json_valid(text) else false end as is_json
from owned
