-- What was asked of an invocation: what two of one node have in common that do the same work.
-- needs: lake.invocation lake.span
-- scope: chain
-- invocation: see lake.invocation; only those of which it is known
-- operation: method and path with what varies masked as `*`, else the API operation
with request as (
    select
        trace_key, segment_key, any_value(http_method order by ordinal) as http_method,
        any_value(regexp_extract(url, '^(?:[A-Za-z]+://[^/?#]*)?([^?#]*)', 1) order by ordinal) as path
    from lake.span
    where ordinal = 0 and url is not null
    group by trace_key, segment_key
)
select
    i.invocation,
    coalesce(nullif(concat_ws(' ', r.http_method, array_to_string(list_transform(string_split(r.path, '/'), lambda part: case
        -- a number, or something with three digits and more
        when regexp_matches(part, '^[0-9]+$|[0-9][^0-9]*[0-9][^0-9]*[0-9]') then '*' else part end
    ), '/')), ''), i.operation) as operation
from lake.invocation as i
left join request as r on r.trace_key = i.trace_key and r.segment_key = i.segment_key and not i.is_virtual
where r.trace_key is not null or i.operation is not null
