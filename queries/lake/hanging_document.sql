-- A document of a subsegment alone, as OpenTelemetry sends each span, and the segment that it is a
-- part of: the nearest one above it, or where that is not in the case the topmost subsegment. A span
-- of another node than its parent's starts a segment of its own.
-- needs: normalized.span lake.superseded
-- scope: trace
-- materialize
-- trace_key: signed 64-bit key of the trace id
-- segment_key: key of the document, which is that of its first span
-- owner_key: key of the segment; the document's own where it starts one
-- owner_id: id of the segment
-- first_ordinal: place of the document's first span within the segment
-- call_key: key of the call that the whole document is part of, null outside of calls
-- span_type: of its first span: segment where it starts one below another node's
-- node: name of the segment's node; of a call whose segment is not in the case, the node called
-- kind: X-Ray's type of that node
-- account: AWS account id of the segment
-- region: AWS region of the segment
with recursive candidate as (
    select trace_key, segment_key, document_key, parent_key, span_type, node
    from normalized.span
    where ordinal = 0 and not inferred and (
        span_type = 'subsegment'
        -- what OpenTelemetry tells of a function's run hangs below what Lambda tells of it
        or source <> 'segment_document' and parent_key is not null and kind = 'AWS::Lambda::Function'
    )
),
here as (
    select s.*
    from normalized.span as s
    semi join candidate as c on c.trace_key = s.trace_key
    anti join (
        select trace_key, segment_key, document_key from lake.superseded where not is_repeated
    ) as old using (trace_key, segment_key, document_key)
),
document as (
    select distinct c.trace_key, c.segment_key, c.parent_key, c.span_type, c.node
    from candidate as c
    semi join here as h using (trace_key, segment_key, document_key)
),
above as (
    select d.trace_key, d.segment_key, d.span_type, min({
        'is_other': case d.span_type
            when 'segment' then coalesce(p.node <> d.node, true) or coalesce(p.origin, '') <> 'AWS::Lambda::Function'
                or p.call_key is not null
            else coalesce(p.node <> d.node, false)
        end,
        'segment': p.segment_key, 'call': p.call_key
    }) as parent
    from document as d
    join here as p
        on p.trace_key = d.trace_key and p.span_key = d.parent_key and p.segment_key <> d.segment_key
        -- an export of ours tells also of inferred segments part by part
        and (not p.inferred or d.span_type = 'subsegment' and p.node = d.node)
    group by d.trace_key, d.segment_key, d.span_type
),
hanging as (
    select trace_key, segment_key, parent.segment as on_segment, parent.call as on_call
    from above where not parent.is_other
),
top as (
    select trace_key, on_segment as segment_key from hanging
    union
    select trace_key, segment_key from document where span_type = 'subsegment'
),
-- each hangs on one document only, and the walk starts at what hangs on none: it never enters a cycle
walk as (
    select trace_key, segment_key, segment_key as owner_key, 0 as depth, null::bigint as call_key
    from top anti join hanging using (trace_key, segment_key)
    union all
    select h.trace_key, h.segment_key, w.owner_key, w.depth + 1, coalesce(w.call_key, h.on_call)
    from walk as w
    join hanging as h on h.trace_key = w.trace_key and h.on_segment = w.segment_key
),
first as (
    select distinct on (trace_key, segment_key)
        trace_key, segment_key, segment_id, span_type, started_at, account, region,
        coalesce(node, remote_node, name, 'unknown') as node,
        coalesce(kind, remote_kind, 'service') as kind
    from here
    semi join walk using (trace_key, segment_key)
    where ordinal = 0
    order by trace_key, segment_key, account nulls last, region nulls last, document_key
),
size as (
    select trace_key, segment_key, max(ordinal) + 1 as spans
    from here semi join walk using (trace_key, segment_key)
    group by trace_key, segment_key
),
placed as (
    select
        w.trace_key, w.segment_key, w.owner_key, w.depth, w.call_key,
        sum(z.spans) over (
            partition by w.trace_key, w.owner_key
            order by w.depth, f.started_at nulls last, w.segment_key
        ) - z.spans as first_ordinal
    from walk as w
    join first as f on f.trace_key = w.trace_key and f.segment_key = w.segment_key
    join size as z on z.trace_key = w.trace_key and z.segment_key = w.segment_key
)
select
    p.trace_key, p.segment_key, p.owner_key, o.segment_id as owner_id,
    p.first_ordinal::bigint as first_ordinal, p.call_key,
    case when p.depth = 0 and a.parent.is_other then 'segment' else 'subsegment' end as span_type,
    o.node, o.kind, o.account, o.region
from placed as p
join first as o on o.trace_key = p.trace_key and o.segment_key = p.owner_key
join document as d on d.trace_key = p.trace_key and d.segment_key = p.segment_key
left join above as a on a.trace_key = p.trace_key and a.segment_key = p.segment_key
where p.depth > 0 or d.span_type = 'subsegment'
