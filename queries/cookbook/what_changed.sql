-- What differs between the time before a moment and after it? Log templates whose share changed most.
-- topic: changes
-- param: at: the moment, UTC
-- param: minutes = 30: how long before and after it
-- param: n = 40: how many rows
-- node: who says it
-- template: the message with what varies masked
-- level: as the line says
-- before: records in the minutes before
-- after: records in the minutes after
-- change: after minus before
select
    node, template, level,
    count(*) filter (timestamp < $at::timestamp) as before,
    count(*) filter (timestamp >= $at::timestamp) as after,
    count(*) filter (timestamp >= $at::timestamp) - count(*) filter (timestamp < $at::timestamp) as change
from lake.log_template
where timestamp >= $at::timestamp - to_minutes($minutes::bigint)
    and timestamp < $at::timestamp + to_minutes($minutes::bigint)
group by node, template, level
having count(*) filter (timestamp >= $at::timestamp) <> count(*) filter (timestamp < $at::timestamp)
order by abs(change) desc, node, template, level
limit $n
