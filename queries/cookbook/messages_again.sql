-- How often are messages delivered before they get through, and how many never do? Retries per message, and per task
-- of a state machine.
-- topic: messages
-- param: consumer = %: LIKE pattern of who takes them
-- consumer_node: who takes them
-- source: queue, topic, bus or stream, or the state machine; null where nothing tells
-- attempts: deliveries of one message
-- messages: number of messages that were delivered so often
-- done: of these, how many were dealt with in the end
with message as (
    select
        message, consumer_node, source, count(*) as attempts, bool_or(outcome = 'done') as is_done
    from links.delivery
    where consumer_node like $consumer
    group by message, consumer_node, source
)
select consumer_node, source, attempts, count(*) as messages, count(*) filter (is_done) as done
from message
group by consumer_node, source, attempts
order by consumer_node, source, attempts
