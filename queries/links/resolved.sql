-- A call to a host name that the configuration leads to a node (links.alias), and the invocation of that node that
-- answered it as far as the times tell: the only one that no record and no common id gives to another caller and that
-- began within the call. It ended within it too, or was still running when the caller gave up, and answered with the
-- status that the caller got. Where several began, or the same one within several calls, or where the node leaves
-- nothing but traces, which may be sampled, nothing is said. Never exact.
-- needs: links.alias links.answer links.proof links.correlated links.presumed links.skew lake.invocation lake.virtual_invocation lake.call lake.span
-- scope: case
-- materialize
-- call: the virtual invocation that stands for the call
-- caller: the invocation that called
-- callee: the invocation that may have answered
-- host: host name, small letters, as the configuration has it
-- node: node that it leads to
with alias as (select host, node from links.alias where how = 'configured'),
asked as (
    select
        v.invocation as call, c.caller, a.host, a.node, v.http_status,
        c.is_failed and c.http_status is null as is_given_up,
        -- by the callee's clock; lines tell milliseconds
        c.started_at + to_microseconds(((coalesce(theirs.offset_ms, 0) - coalesce(ours.offset_ms, 0)) * 1000)::bigint)
            - interval 1 millisecond as earliest,
        c.ended_at + to_microseconds(((coalesce(theirs.offset_ms, 0) - coalesce(ours.offset_ms, 0)) * 1000)::bigint)
            + interval 1 millisecond as latest
    from lake.virtual_invocation as v
    join lake.call as c on c.trace_key = v.trace_key and c.span_key = v.call_key
    join lake.span as s on s.trace_key = c.trace_key and s.span_key = c.span_key
    join alias as a on a.host = regexp_replace(lower(coalesce(
        nullif(regexp_extract(s.url, '^[a-z]+://(?:[^/@?#]*@)?([^/?#]+)', 1), ''), v.node)), ':\d+$', '')
    join lake.invocation as i on i.invocation = c.caller
    left join links.skew as ours on ours.node = i.node
    left join links.skew as theirs on theirs.node = a.node
    anti join (select caller from links.proof union select call from links.answer) as known
        on known.caller = v.invocation
    where v.kind = 'remote' and c.answered is null and c.ended_at is not null
),
-- a door that tells whole seconds does not say when
orphan as (
    select
        r.invocation, r.node, r.started_at, r.ended_at, r.http_status,
        r.log_group is not null as is_logged,
        row_number() over (partition by r.node order by r.started_at, r.invocation) as number
    from lake.invocation as r
    semi join asked on asked.node = r.node
    anti join (
        select callee from links.proof union select callee from links.correlated union select callee from links.presumed
    ) as known on known.callee = r.invocation
    where not r.is_virtual and epoch_us(r.started_at) % 1000000 <> 0
),
alone as (
    select a.*, o.invocation as callee, o.ended_at, o.http_status as answered, o.is_logged
    from asked as a
    asof join orphan as o on o.node = a.node and a.latest >= o.started_at
    asof left join orphan as b on b.node = a.node and a.earliest > b.started_at
    where o.number - coalesce(b.number, 0) = 1
)
select call, caller, callee, host, node
from alone
where coalesce(case when is_given_up then ended_at >= latest - interval 2 millisecond else ended_at <= latest end, false)
    and (is_given_up or coalesce(http_status = answered, true))
    and is_logged and caller <> callee
qualify count(*) over (partition by callee) = 1
