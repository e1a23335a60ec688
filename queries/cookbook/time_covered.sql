-- From when to when does each source speak? A log group that falls silent early explains nothing after it.
-- topic: coverage
-- source: log group, or traces
-- records: log events, or segment documents
-- first_at: UTC
-- last_at: UTC
-- longest_silence_s: longest time between two of its records, seconds
with said as (
    select log_group as source, timestamp as said_at from lake.log_event
    union all
    select 'traces', started_at from lake.span where span_type = 'segment' and not inferred
),
silence as (
    -- equal times leave no silence between them, whichever comes first
    select source, said_at, epoch_us(said_at) - epoch_us(max(said_at) over earlier) as silent_us
    from (select source, said_at, count(*) as records from said group by source, said_at)
    window earlier as (partition by source order by said_at rows between unbounded preceding and 1 preceding)
),
counted as (
    select source, count(*) as records, min(said_at) as first_at, max(said_at) as last_at from said group by source
)
select
    c.source, c.records, c.first_at, c.last_at, (max(s.silent_us) // 1000000)::bigint as longest_silence_s
from counted as c
join silence as s on s.source = c.source
group by c.source, c.records, c.first_at, c.last_at
order by c.source
