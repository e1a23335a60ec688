-- Which requests were attempted more than once, and how did that end?
-- topic: messages
-- param: n = 50: how many rows
-- node: function
-- request_id: all attempts have it
-- attempts: how many
-- failed: of these
-- outcome: how the last one ended
-- first_at: start of the first, UTC
-- last_at: end of the last, UTC
-- error_type: of the last failed one
select
    node, request_id, count(*) as attempts, count(*) filter (status = 'failed') as failed,
    max({'attempt': attempt, 'status': status}).status as outcome, min(started_at) as first_at,
    max(ended_at) as last_at,
    max({'attempt': attempt, 'error': error_type}).error as error_type
from lake.invocation
where request_id is not null and not is_virtual
group by node, request_id
having count(*) > 1
order by attempts desc, first_at nulls last, request_id
limit $n
