-- What a segment was asked for over HTTP, with what varies in the path masked: what is asked again and again.
-- needs: lake.span
-- scope: trace
-- materialize
-- trace_key: signed 64-bit key of the trace id
-- segment_key: key of the segment
-- operation: method and path; a part of the path that is a number, or holds three digits and more, is a *
select
    trace_key, segment_key,
    concat_ws(' ', method, array_to_string(list_transform(string_split(path, '/'), lambda part: case
        when regexp_matches(part, '^[0-9]+$|[0-9][^0-9]*[0-9][^0-9]*[0-9]') then '*' else part end
    ), '/')) as operation
from (
    select
        trace_key, segment_key, any_value(http_method order by ordinal) as method,
        any_value(regexp_extract(url, '^(?:[A-Za-z]+://[^/?#]*)?([^?#]*)', 1) order by ordinal) as path
    from lake.span
    where ordinal = 0 and url is not null
    group by trace_key, segment_key
)
