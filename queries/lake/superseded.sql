-- A segment document that another one replaces: X-Ray sends a segment in progress first, and a
-- trace that was fetched twice may have grown. Of the documents of one segment the newest counts:
-- complete before in progress, then the later end, then more spans. A span that a segment document
-- tells of as well (Transaction Search keeps both) is that document's.
-- needs: normalized.span
-- scope: trace
-- materialize
-- trace_key: signed 64-bit key of the trace id
-- segment_key: signed 64-bit key of the segment id
-- document_key: signed 64-bit key of the document
-- is_repeated: false where the document is out of date; true where it is the newest and the case holds
--   copies of it, such as one imported from a file and one pulled
with document as (
    select
        trace_key, segment_key, document_key,
        max(ordinal) + 1 as spans,
        count(*) as rows_,
        bool_or(in_progress) filter (where ordinal = 0) as in_progress,
        max(ended_at) as ended_at
    from normalized.span
    group by trace_key, segment_key, document_key
),
told_twice as (
    select distinct s.trace_key, s.segment_key, s.document_key
    from normalized.span as s
    semi join (
        select trace_key, span_key from normalized.span
        where source = 'segment_document'
            and trace_key in (select trace_key from normalized.span where source <> 'segment_document')
    ) as segment using (trace_key, span_key)
    where s.source <> 'segment_document'
),
single as (
    select * from document anti join told_twice using (trace_key, segment_key, document_key)
),
repeated as (
    select trace_key, segment_key from single group by all having count(*) > 1 or max(rows_ - spans) > 0
),
ranked as (
    select
        trace_key, segment_key, document_key, rows_ > spans as has_copies,
        row_number() over (
            partition by trace_key, segment_key
            order by in_progress, ended_at desc nulls last, spans desc, document_key
        ) as place
    from single
    semi join repeated using (trace_key, segment_key)
)
select trace_key, segment_key, document_key, place = 1 as is_repeated
from ranked where place > 1 or has_copies
union all
select trace_key, segment_key, document_key, false from told_twice
