-- What a role opens by name, by its own policies and the account's: whom somebody meant to let in. Refusals (Deny),
-- conditions and AWS's own policies are not read; a permission for everything of a kind says nothing of anything.
-- needs: lake.resource_latest
-- scope: case
-- role: name of the role
-- resource: name of the table, queue, topic, stream, bucket, secret, parameter, function or state machine
-- resource_kind: CloudFormation's type of it
-- configured_by: ARN of the role or the policy that says so
with latest as (select * from lake.resource_latest),
document as (
    select node as role, arn, unnest(json_extract(configuration, '$.RolePolicyList[*].PolicyDocument')) as text
    from latest where kind = 'AWS::IAM::Role'
    union all
    select r.node, p.arn, json_extract(one, '$.Document')
    from (
        select node, unnest(json_extract_string(configuration, '$.AttachedManagedPolicies[*].PolicyArn')) as arn
        from latest where kind = 'AWS::IAM::Role'
    ) as r
    join (
        select arn, unnest(json_extract(configuration, '$.PolicyVersionList[*]')) as one
        from latest where kind = 'AWS::IAM::ManagedPolicy'
    ) as p on p.arn = r.arn
    -- the others are kept, and have no effect
    where one ->> '$.IsDefaultVersion' = 'true'
),
-- IAM takes one for a list of one, and a file may hold the document as text
plain as (
    select role, arn, case json_type(text) when 'VARCHAR' then (text ->> '$')::json else text end as document
    from document
    where json_type(text) = 'OBJECT' or json_valid(text ->> '$')
),
statement as (
    select role, arn, unnest(case json_type(document, '$.Statement') when 'OBJECT' then
        [json_extract(document, '$.Statement')] else json_extract(document, '$.Statement[*]') end) as one
    from plain
),
opened as (
    select role, arn, unnest(case json_type(one, '$.Resource') when 'ARRAY' then
        json_extract_string(one, '$.Resource[*]') else [one ->> '$.Resource'] end) as pattern
    from statement
    where one ->> '$.Effect' = 'Allow'
)
select distinct o.role, r.node as resource, r.kind as resource_kind, o.arn as configured_by
from opened as o
-- `*` is any text and `?` any letter (IAM user guide, "IAM JSON policy elements: Resource"); who may read
-- objects uses their bucket
join latest as r on split_part(r.arn, ':', 3) = split_part(o.pattern, ':', 3)
    and r.arn like replace(replace(replace(replace(
        case when contains(o.pattern, ':s3:') then split_part(o.pattern, '/', 1) else o.pattern end,
        '\', '\\'), '_', '\_'), '*', '%'), '?', '_') escape '\'
where not regexp_matches(o.pattern, '^([^:]*:){5}((table|stream|parameter)/|(secret|function|stateMachine):)?\*') and r.kind in (
    'AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::SNS::Topic', 'AWS::Kinesis::Stream', 'AWS::S3::Bucket',
    'AWS::SecretsManager::Secret', 'AWS::SSM::Parameter', 'AWS::Lambda::Function', 'AWS::StepFunctions::StateMachine')
