-- When the dead letters of a queue were moved back: each that lay there got a new id and a new time (SQS developer
-- guide, "Configure a dead-letter queue redrive"). Whether it keeps its trace is not documented.
-- needs: lake.trail_event
-- scope: case
-- dead_letter: queue that they lay in
-- moved_at: UTC
select distinct node as dead_letter, occurred_at as moved_at
from lake.trail_event
where action = 'StartMessageMoveTask' and error_code is null and node is not null
