-- A segment document that another one replaces: X-Ray sends a segment in progress first, and a
-- trace that was fetched twice may have grown. Of the documents of one segment the newest counts:
-- complete before in progress, then the later end, then the longer text.
-- needs: normalized.span
-- scope: case
-- materialize
-- trace_key: signed 64-bit key of the trace id
-- segment_key: signed 64-bit key of the segment id
-- document_key: signed 64-bit key of the document that is out of date
with document as (
    select
        trace_key, segment_key, document_key,
        count(*) as spans,
        bool_or(in_progress) filter (where ordinal = 0) as in_progress,
        max(ended_at) as ended_at
    from normalized.span
    group by trace_key, segment_key, document_key
),
repeated as (
    select trace_key, segment_key from document group by all having count(*) > 1
),
ranked as (
    select
        trace_key, segment_key, document_key,
        row_number() over (
            partition by trace_key, segment_key
            order by in_progress, ended_at desc nulls last, spans desc, document_key
        ) as place
    from document
    semi join repeated using (trace_key, segment_key)
)
select trace_key, segment_key, document_key from ranked where place > 1
