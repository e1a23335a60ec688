-- What a resource was like from one moment to the next, rebuilt from how it is now and from what was changed:
-- after a rollback the configuration of today tells nothing. What no record tells is left out of the
-- configuration and named in `unknown`, never guessed. How it was at a time: rows with
-- (valid_from is null or valid_from <= t) and (valid_to is null or t < valid_to), one per arn.
-- needs: lake.resource lake.resource_change
-- scope: case
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- node: the node that telemetry knows it as
-- kind: CloudFormation's type of it
-- arn: its ARN
-- valid_from: UTC, null: since before the first known change
-- valid_to: UTC, null: until it was looked at last, and after
-- configuration: JSON text as in lake.resource, with its members as they were then
-- changed: paths of members that the record of a change tells, and not the look, JSON list
-- unknown: paths of members that were changed later, and no record tells what they were, JSON list
-- seen_at: hour of the look that it was rebuilt from, UTC, null where a file does not tell
with look as (
    -- it is stamped with its hour: surely later than what happened in that hour only when the hour is over
    select
        account, region, node, kind, arn, seen_at, configuration, configuration_key,
        coalesce(seen_at + interval 1 hour, timestamp '9999-12-31 00:00:00') as looked_at
    from lake.resource
    where arn is not null and json_valid(configuration)
    qualify row_number() over (partition by account, region, kind, arn, seen_at order by configuration_key) = 1
),
edge as (
    select distinct kind, arn, occurred_at as valid_from from lake.resource_change
    union
    select kind, arn, looked_at
    from look
    qualify configuration <> lead(configuration) over (partition by kind, arn order by looked_at, configuration_key)
    union
    select distinct kind, arn, null::timestamp from look
),
stretch as (
    select
        kind, arn, valid_from,
        min(valid_from) over (
            partition by kind, arn order by valid_from nulls first rows between 1 following and unbounded following
        ) as valid_to
    from edge
),
-- the first look after it, else the last before
based as (
    select s.kind, s.arn, s.valid_from, s.valid_to, l.account, l.region, l.node, l.seen_at, l.configuration, l.looked_at
    from stretch as s
    join look as l on l.kind = s.kind and l.arn = s.arn
    qualify row_number() over (
        partition by s.kind, s.arn, s.valid_from
        order by l.looked_at >= coalesce(s.valid_to, s.valid_from, l.looked_at) desc,
            if(l.looked_at >= coalesce(s.valid_to, s.valid_from, l.looked_at), l.looked_at, null) nulls last,
            l.looked_at desc, l.configuration_key
    ) = 1
),
member as (
    select distinct kind, arn, path from lake.resource_change
),
-- for each member that ever changed: the last change up to the stretch, and the first after it and before the look
told as (
    select
        b.kind, b.arn, b.valid_from, b.valid_to, b.looked_at, m.path,
        max({'at': c.occurred_at, 'is_told': c.is_told, 'value': c.value})
            filter (c.occurred_at <= b.valid_from) as last_,
        min(c.occurred_at) filter (c.occurred_at >= b.valid_to and c.occurred_at <= b.looked_at) as next_at
    from based as b
    join member as m using (kind, arn)
    join lake.resource_change as c on c.kind = m.kind and c.arn = m.arn and c.path = m.path
    group by all
),
-- what an earlier look showed, where it was changed after that for the first time
earlier as (
    select t.kind, t.arn, t.valid_from, t.path, l.configuration
    from told as t
    join look as l on l.kind = t.kind and l.arn = t.arn and l.looked_at <= t.next_at
    where t.last_ is null and t.next_at is not null
    qualify row_number() over (partition by t.kind, t.arn, t.valid_from, t.path order by l.looked_at desc, l.configuration_key) = 1
),
decided as (
    select
        t.kind, t.arn, t.valid_from, t.path, string_split(t.path, '.') as step,
        case
            when t.last_ is null and t.next_at is null then 'as looked'
            when t.last_ is null then if(e.configuration is null, 'unknown', 'told')
            -- a call may also have undone what the one before it set, without naming it: the look decides
            when t.next_at is null and t.last_.at < t.valid_from and t.last_.at <= t.looked_at then 'as looked'
            when t.last_.is_told then 'told'
            when t.next_at is null and t.last_.at <= t.looked_at then 'as looked'
            else 'unknown'
        end as verdict,
        if(t.last_ is null, json_extract(e.configuration, '$.' || t.path)::varchar, t.last_.value) as value
    from told as t
    left join earlier as e on e.kind = t.kind and e.arn = t.arn and e.path = t.path
        and e.valid_from is not distinct from t.valid_from
),
patch as (
    select
        kind, arn, valid_from,
        -- null first: a merge patch (RFC 7396) would mix an old object with the new one
        list(if(len(step) = 2, json_object(step[1], json_object(step[2], null::json)), json_object(step[1], null::json))
            order by path) as cleared,
        list(if(len(step) = 2, json_object(step[1], json_object(step[2], value::json)), json_object(step[1], value::json))
            order by path) filter (verdict = 'told' and value is not null) as set_,
        to_json(list(path order by path) filter (verdict = 'told'))::varchar as changed,
        to_json(list(path order by path) filter (verdict = 'unknown'))::varchar as unknown
    from decided
    where verdict <> 'as looked'
    group by kind, arn, valid_from
)
select
    b.account, b.region, b.node, b.kind, b.arn, b.valid_from, b.valid_to,
    case
        when p.kind is null then b.configuration
        else list_reduce(list_concat([b.configuration::json], p.cleared, coalesce(p.set_, [])),
            lambda x, y: json_merge_patch(x, y))::varchar
    end as configuration,
    coalesce(p.changed, '[]') as changed, coalesce(p.unknown, '[]') as unknown, b.seen_at
from based as b
left join patch as p on p.kind = b.kind and p.arn = b.arn and p.valid_from is not distinct from b.valid_from
