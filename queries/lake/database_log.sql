-- One line of an RDS or Aurora log: PostgreSQL's and MySQL's errors and slow statements, read; other lines of
-- these groups with their text alone. What a statement is about may be a secret: it is kept as logged.
-- needs: lake.service_line
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- occurred_at: UTC
-- node: instance or cluster
-- engine: postgres or mysql, null where the line does not tell
-- level: as the engine says: LOG, ERROR, FATAL, DETAIL, STATEMENT, Warning, Note, …; SLOW of a slow log
-- reason: what it is, where it is known: too_many_connections, deadlock, lock_timeout, statement_timeout,
--   serialization, duplicate_key, disk_full, terminated, read_only, access_denied, connection_lost, slow
-- error_code: MySQL's code (MY-…), or SQLSTATE where the prefix carries it
-- message: text of the line
-- statement: SQL of a slow statement
-- duration_ms: its duration, milliseconds
-- lock_ms: time that it waited for locks, milliseconds
-- rows_examined: rows that it read
-- rows_sent: rows that it returned
-- client: address of the client
-- user_name: database user
-- database: database
-- process_id: process or connection id
with told as (
    select
        account, region, event_id, log_group, log_stream, timestamp, text,
        nullif(regexp_extract(log_group, '^/aws/rds/(?:instance|cluster)/([^/]+)/', 1), '') as node,
        case
            when contains(text, '# Query_time: ') then 'slow'
            when regexp_matches(text, '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)? [A-Z]+:') then 'postgres'
            when regexp_matches(text, '^\d{4}-\d\d-\d\d[T ][0-9:.]+(Z|[+-]\d\d:\d\d)? +\d+ \[') then 'mysql'
            when starts_with(log_group, '/aws/rds/') then 'other'
        end as sort
    from lake.service_line
    where format = 'database'
),
part as (
    select
        *,
        case when sort = 'postgres' then regexp_extract(
            text, '(?s)^(\S+ \S+ [A-Z]+):([^:(]*)(?:\(\d+\))?:([^@:]*)@([^:]*):\[(\d+)\]:(?:([0-9A-Z]{5}):)?'
            || ' ?([A-Z]+\d?):  (.*)$', ['began', 'client', 'user', 'database', 'pid', 'state', 'level', 'said']) end as p,
        case when sort = 'mysql' then regexp_extract(
            text, '(?s)^(\S+(?: [0-9:.]+)?) +(\d+) \[([^\]]+)\] (?:\[(MY-\d+)\] )?(?:\[[^\]]+\] )?(.*)$',
            ['began', 'pid', 'level', 'code', 'said']) end as m,
        case when sort = 'slow' then regexp_extract(
            text, '(?s)(?:# Time: (\S+)\s*\n)?(?:# User@Host: ([^\[]*)\[[^\]]*\] @ *[^\[\n]*\[([^\]]*)\][^\n]*?Id: *(\d+)\s*\n)?'
            || '.*?# Query_time: ([0-9.]+)\s+Lock_time: ([0-9.]+)\s+Rows_sent: (\d+)\s+Rows_examined: (\d+)[^\n]*\n(.*)$',
            ['began', 'user', 'client', 'pid', 'query', 'lock', 'sent', 'examined', 'sql']) end as s
    from told
    where sort is not null
),
said as (
    select
        *, coalesce(nullif(p.said, ''), nullif(m.said, ''), text) as message,
        nullif(coalesce(p.level, m.level, case when sort = 'slow' then 'SLOW' end), '') as level,
        case when contains(p.said, 'duration: ') then regexp_extract(
            p.said, '(?s)^duration: ([0-9.]+) ms(?:\s+(?:statement|execute [^:]*|parse [^:]*|bind [^:]*):\s*(.*))?$',
            ['ms', 'sql']) end as took
    from part
)
select
    account, region, event_id, log_group, log_stream,
    coalesce(try_cast(replace(p.began, ' UTC', '') as timestamp), try_cast(nullif(s.began, '') as timestamp),
        try_cast(m.began as timestamp), timestamp) as occurred_at,
    node, case sort when 'slow' then 'mysql' when 'other' then null else sort end as engine, level,
    case
        when sort = 'slow' or took.ms <> '' then 'slow'
        when contains(message, 'too many clients') or contains(message, 'connection slots are reserved')
            or contains(message, 'Too many connections') then 'too_many_connections'
        when contains(message, 'deadlock detected') or contains(message, 'Deadlock found') then 'deadlock'
        when contains(message, 'due to lock timeout') or contains(message, 'Lock wait timeout') then 'lock_timeout'
        when contains(message, 'due to statement timeout')
            or contains(message, 'maximum statement execution time exceeded') then 'statement_timeout'
        when contains(message, 'could not serialize access') then 'serialization'
        when contains(message, 'duplicate key value') or contains(message, 'Duplicate entry') then 'duplicate_key'
        when contains(message, 'No space left') or contains(message, 'is full') then 'disk_full'
        when contains(message, 'terminating connection') or contains(message, 'shutting down')
            or contains(message, 'Shutdown complete') then 'terminated'
        when contains(message, 'read-only') then 'read_only'
        when contains(message, 'Access denied') or contains(message, 'password authentication failed') then 'access_denied'
        when contains(message, 'Lost connection') or contains(message, 'Aborted connection')
            or contains(message, 'gone away') or contains(message, 'unexpected EOF on client')
            or contains(message, 'could not receive data') then 'connection_lost'
    end as reason,
    nullif(coalesce(m.code, p.state), '') as error_code, message, nullif(trim(coalesce(s.sql, took.sql), E' \r\n'), '')
        as statement,
    coalesce(try_cast(took.ms as decimal(18, 3)), (try_cast(s.query as decimal(18, 6)) * 1000)::decimal(18, 3)) as duration_ms,
    (try_cast(s.lock as decimal(18, 6)) * 1000)::decimal(18, 3) as lock_ms, try_cast(s.examined as bigint) as rows_examined,
    try_cast(s.sent as bigint) as rows_sent, nullif(trim(coalesce(p.client, s.client)), '') as client,
    nullif(trim(coalesce(p.user, s.user)), '') as user_name, nullif(p.database, '') as database,
    try_cast(coalesce(p.pid, m.pid, s.pid) as bigint) as process_id
from said
