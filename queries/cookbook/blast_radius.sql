-- What does each issue cost the users? Chains, entry points and time lost, per issue.
-- topic: failures
-- issue: id of the issue
-- title: one line
-- failures: number of failures
-- chains: chains that failed
-- entry_points: nodes where these chains came in
-- invocations: invocations that worked for them
-- wasted_ms: time that these ran, milliseconds
select
    i.issue, i.title, i.failures, count(distinct f.chain) as chains,
    list(distinct c.entry_node order by c.entry_node) as entry_points,
    sum(m.invocations::bigint)::bigint as invocations, sum(m.wasted_ms::decimal(18, 3)) as wasted_ms
from issues.issue as i
join (select distinct issue, chain from failures.failure) as f on f.issue = i.issue
left join chains.chain as c on c.chain = f.chain
left join (
    select
        m.chain, count(*) as invocations, sum(n.duration_ms::decimal(18, 3)) as wasted_ms
    from chains.member as m
    join lake.invocation as n on n.invocation = m.invocation
    where not n.is_virtual
    group by m.chain
) as m on m.chain = f.chain
group by i.issue, i.title, i.failures
order by i.failures desc, i.issue
