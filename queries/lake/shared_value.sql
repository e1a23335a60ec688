-- A value that lines of several streams print, and that tells one piece of work from another: an id that
-- was handed on. What few values of its kind are printed again and again says nothing (a version, a
-- customer's plan, a pool of threads).
-- needs: lake.log_value
-- scope: case
-- materialize
-- value: the value, as it was printed
-- lines: number of lines that print it
-- streams: number of log streams that do
-- is_message: whether a line calls it a message id
with counted as (
    select
        value, count(*) as lines, count(distinct log_stream) as streams, bool_or(is_message) as is_message,
        -- words stay, what varies becomes a sign: ord-cab7a7f4 is ord-x, exec-12 is exec-0
        case when length(value) = 36 and value[9] = '-' and value[14] = '-' then 'uuid'
            else regexp_replace(regexp_replace(value,
                '[0-9]*[A-Za-z]+[0-9][A-Za-z0-9]*|[0-9]+[A-Za-z][A-Za-z0-9]*', 'x', 'g'), '[0-9]+|x', 'x', 'g') end as shape
    from lake.log_value
    group by value
),
shaped as (
    select shape, sum(lines::bigint) / count(*) as lines_per_value from counted group by shape
)
select c.value, c.lines, c.streams, c.is_message
from counted as c
join shaped as s using (shape)
where c.streams > 1 and c.lines <= 200 and s.lines_per_value <= 60
