-- One attempt of a task of a state machine, or one child execution of a distributed map: who handed it on, to whom,
-- which attempt it was and how it ended. As the execution's log or history tells it; where neither says that the task
-- was scheduled (a log at level ERROR of an execution that did well) there is no row.
-- needs: links.reach links.correlated links.execution_arn lake.workflow_event lake.workflow_invocation lake.served_invocation lake.invocation
-- scope: case
-- materialize
-- task: the execution's ARN, # and the number of the event by which the task was first scheduled; of a child its own ARN
-- state: state that it is the task of; where its entry is not in the case what it calls, ? where nothing tells; of a
--   child the label of its map
-- item: index of the inline map's item that it belongs to, null where it is none's
-- producer: the invocation that is the execution
-- producer_node: its node, the state machine
-- consumer: the invocation that took it, null where no record tells
-- consumer_node: its node; where no record tells of it, what the task names
-- attempt: 1 for the first
-- outcome: done; returned (it failed, and was tried again or may be); expired (it failed and was given up, or ended
--   with its execution); null where nothing tells
-- failed_at: when it failed, UTC; null where it did not
-- evidence: proof (a record names who took it), correlation (a common id), or configured (a child that may be of
--   several runs of its map)
with recursive event as (
    -- exported and pulled, one event may be here twice
    select
        execution_arn, number, min(previous_number) as previous_number, min(type) as type,
        min(occurred_at) as occurred_at, min(state_name) as state_name, min(iteration) as iteration,
        min(target) as target,
        min(coalesce(target_request_id, nullif(regexp_extract(cause,
            '(?i)request ?id["\\: ]+([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})', 1), ''))) as request_id,
        min(child_execution_arn) as child_execution_arn
    from lake.workflow_event
    where number is not null
    group by execution_arn, number
),
step as (
    select
        *, ends_with(type, 'Scheduled') as is_scheduled,
        case when ends_with(type, 'Succeeded') then 'ok' when ends_with(type, 'Failed') or ends_with(type, 'TimedOut')
            then 'failed' end as ending
    from event
    where regexp_matches(type, '^(Task|LambdaFunction|Activity)(Schedule|Start|Submit|Succe|Fail|TimedOut)')
),
-- forward from the first attempt: each event follows an earlier one, so it ends
walk as (
    select s.execution_arn, s.number as first, s.previous_number as entered, s.number, 1 as attempt
    from step as s
    anti join step as b on b.execution_arn = s.execution_arn and b.number = s.previous_number
    where s.is_scheduled
    union all
    select w.execution_arn, w.first, w.entered, s.number, w.attempt + s.is_scheduled::integer
    from walk as w
    join step as s on s.execution_arn = w.execution_arn and s.previous_number = w.number and s.number > w.number
),
tried as (
    select
        w.execution_arn, w.first, w.entered, w.attempt, min(s.occurred_at) as started_at, min(s.target) as target,
        min(s.request_id) as request_id, min(s.child_execution_arn) as child_execution_arn,
        max(s.ending) as ending, min(s.occurred_at) filter (where s.ending = 'failed') as failed_at,
        min(s.occurred_at) filter (where s.ending is not null) as ended_at, max(s.number) as last
    from walk as w
    join step as s on s.execution_arn = w.execution_arn and s.number = w.number
    group by w.execution_arn, w.first, w.entered, w.attempt
),
-- back from the state's entry to the item that it is in: not over what follows a whole map
back as (
    select distinct t.execution_arn, t.entered, t.entered as place, null::bigint as item, 0 as depth
    from tried as t
    semi join (select execution_arn from event where type = 'MapIterationStarted') as m
        on m.execution_arn = t.execution_arn
    union all
    select
        b.execution_arn, b.entered, e.previous_number, if(e.type = 'MapIterationStarted', e.iteration, null),
        b.depth + 1
    from back as b
    join event as e on e.execution_arn = b.execution_arn and e.number = b.place
    where b.item is null and b.depth < 200 and e.previous_number < e.number and not starts_with(e.type, 'MapState')
),
task as (
    select
        t.*, p.invocation as producer, p.node as producer_node, coalesce(e.state_name, t.target, '?') as state,
        b.item,
        max(t.attempt) over (partition by t.execution_arn, t.first) as attempts,
        p.ended_at as execution_ended_at
    from tried as t
    join lake.served_invocation as p on p.execution_arn = t.execution_arn
    left join event as e on e.execution_arn = t.execution_arn and e.number = t.entered
    left join back as b on b.execution_arn = t.execution_arn and b.entered = t.entered and b.item is not null
),
named as (
    select t.execution_arn, t.first, t.attempt, t.started_at, i.invocation as consumer, 'proof' as evidence
    from task as t
    join lake.invocation as i on not i.is_virtual and i.request_id = t.request_id and i.invocation <> t.producer
    union all
    select t.execution_arn, t.first, t.attempt, t.started_at, s.invocation, 'proof'
    from task as t
    join lake.served_invocation as s on s.execution_arn = t.child_execution_arn and s.invocation <> t.producer
),
-- nothing but the caller is known: of the attempts at this target that were open when it began the latest
called as (
    select t.execution_arn, t.first, t.attempt, t.started_at, w.callee as consumer, w.evidence
    from task as t
    join (
        select caller, callee, callee_node, 'proof' as evidence from links.reach where carrier is null
        union all
        select c.caller, c.callee, i.node, 'correlation'
        from links.correlated as c
        join lake.invocation as i on i.invocation = c.callee
        anti join links.reach as r on r.caller = c.caller and r.callee = c.callee
        where c.basis <> 'habit' or c.ahead >= 120
    ) as w on w.caller = t.producer and w.callee_node = t.target
    join lake.invocation as i on i.invocation = w.callee
    anti join named as n on n.execution_arn = t.execution_arn and n.first = t.first and n.attempt = t.attempt
    anti join named as k on k.consumer = w.callee
    -- a history tells milliseconds
    where i.started_at >= t.started_at - interval 1 millisecond
        and i.started_at <= coalesce(t.ended_at, t.execution_ended_at, i.started_at)
),
-- one has it from one task, and an attempt has one who took it
given as (
    select
        task.execution_arn, task.first, task.attempt,
        min({'is_less': task.evidence <> 'proof', 'consumer': consumer, 'evidence': task.evidence}) as way
    from (
        select consumer, max({'started_at': started_at, 'execution_arn': execution_arn, 'first': first,
            'attempt': attempt, 'evidence': evidence}) as task
        from (from named union all from called)
        group by consumer
    )
    group by task.execution_arn, task.first, task.attempt
),
child as (
    select
        c.invocation as consumer, x.caller as producer, w.map_label as state, c.execution_arn, c.status, c.ended_at,
        x.candidates, c.node
    from lake.workflow_invocation as w
    join lake.served_invocation as c on c.execution_arn = w.execution_arn
    join links.execution_arn as x on x.callee = c.invocation
    join lake.invocation as p on p.invocation = x.caller and p.node = w.node
    where w.map_label is not null
    qualify row_number() over (partition by c.invocation order by x.candidates, x.caller) = 1
)
select
    t.execution_arn || '#' || t.first as task, t.state, t.item, t.producer, t.producer_node,
    g.way.consumer as consumer,
    coalesce(i.node, t.target) as consumer_node, t.attempt::bigint as attempt,
    case
        when t.ending = 'ok' then 'done'
        when t.attempt < t.attempts or t.ending = 'failed' and t.execution_ended_at is null then 'returned'
        when t.ending = 'failed' or t.execution_ended_at is not null then 'expired'
    end as outcome,
    coalesce(t.failed_at, case when t.ending is null then t.execution_ended_at end) as failed_at,
    coalesce(g.way.evidence, 'proof') as evidence
from task as t
left join given as g on g.execution_arn = t.execution_arn and g.first = t.first and g.attempt = t.attempt
left join lake.invocation as i on i.invocation = g.way.consumer
union all
select
    execution_arn, state, null, producer, node, consumer, node, 1,
    case status when 'ok' then 'done' when 'failed' then 'expired' end,
    case status when 'failed' then ended_at end, if(candidates = 1, 'proof', 'configured')
from child
