-- How did one chain go? Its invocations from the root on, with who called them and what they said last.
-- topic: chains
-- param: chain: id of the chain, as slowest_chains or failures.failure give it
-- hop: number of calls from the root
-- node: who ran
-- caller_node: who called it; several where it carried several messages
-- started_at: UTC
-- duration_ms: milliseconds
-- status: ok, failed or unknown
-- error: type and message of the error that ended it
-- invocation: its id
select
    m.hop, i.node, list(distinct e.caller_node order by e.caller_node) filter (c.chain is not null) as caller_node,
    i.started_at, i.duration_ms, i.status, nullif(concat_ws(': ', i.error_type, i.error_message), '') as error,
    i.invocation
from chains.member as m
join lake.invocation as i on i.invocation = m.invocation
left join links.edge as e on e.callee = m.invocation
left join chains.member as c on c.chain = m.chain and c.invocation = e.caller
where m.chain = $chain
group by m.hop, i.node, i.started_at, i.duration_ms, i.status, i.error_type, i.error_message, i.invocation
order by m.hop, i.started_at nulls last, i.invocation
