-- What is missing from the case? Gaps of collecting, with what a further run could close.
-- topic: coverage
-- kind: sort of gap
-- reason: why it is there
-- closable: whether another run or permission could close it
-- gaps: how many
-- first_at: begin of the earliest, as collected
-- last_at: end of the latest, as collected
-- what: one of them
select
    kind, reason, closable, count(*) as gaps, min(starts_at) as first_at, max(ends_at) as last_at, min(what) as what
from lake.gap
group by kind, reason, closable
order by gaps desc, kind, reason, closable
