-- The message of a log record with what varies masked, so that records that say the same are equal: times,
-- ids, addresses and numbers become <*>, and quoted text unless it is a mere word, which may be the name of
-- a module or an attribute. The first line counts, 500 characters of it.
-- needs: lake.log_record
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- log_group: name of the log group
-- event_id: id of the event in lake.log_event
-- timestamp: the producer's time, UTC
-- node: as in lake.log_record
-- level: as in lake.log_record
-- template: the masked text
-- template_version: raised where the masking changes: templates of different versions are not comparable
select
    account, region, log_group, event_id, timestamp, node, level,
    regexp_replace(
        case when line[1] = '{' then line else regexp_replace(
            line, '\B"[^"]*[^"\w][^"]*"\B|\B''[^'']*[^''\w][^'']*''\B', '<*>', 'g') end,
        -- a time; an id with dashes; a number with its unit, or a word with two digits and more, and what
        -- follows it as in 10.0.0.1 or 12:30; hex digits without any number among them
        '\d{4}-\d\d-\d\d[T ][\d:.,Z+-]*\d[Z]?|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
        || '|\b(?:\d\w*|[A-Za-z_]+\d\w*?\d\w*)(?:[.:]\d\w*)*|\b[0-9a-fA-F]{8,}\b',
        '<*>', 'g') as template,
    1 as template_version
from (
    select
        *, left(split_part(replace(ltrim(message, E' \t\r\n'), chr(13), chr(10)), chr(10), 1), 500) as line
    from lake.log_record
    where message is not null
)
