-- A packet flow that was refused, or a name that was not resolved, as VPC flow logs and the Route 53
-- Resolver's query logs tell it. Accepted flows and answered queries stay in lake.log_event only. A flow
-- log's order of fields is the account's own: where it is not the default one, the interface, the first two
-- addresses and the verdict are read, and nothing else.
-- needs: lake.service_line
-- scope: record
-- account: AWS account id, null where unknown
-- region: AWS region, null where unknown
-- event_id: id of the event in lake.log_event
-- log_group: name of the log group
-- log_stream: name of the log stream
-- occurred_at: UTC
-- source: vpc_flow or resolver
-- reason: REJECT or SKIPDATA (records were left out) of a flow, the response code or BLOCK of a query
-- interface_id: network interface
-- instance_id: EC2 instance that asked
-- vpc_id: VPC
-- src_address: source address
-- src_port: source port
-- dst_address: destination address
-- dst_port: destination port
-- protocol: IANA number of the protocol, 6 is TCP; of a query its transport
-- packets: number of packets
-- bytes: number of bytes
-- started_at: begin of the flow, UTC
-- ended_at: end of the flow, UTC
-- query_name: name that was asked for, without its last dot
-- query_type: A, AAAA, CNAME, …
with flow as (
    select
        account, region, event_id, log_group, log_stream, timestamp, 'vpc_flow' as source,
        string_split(trim(text), ' ') as f, len(f) = 14 and f[1] = '2' and starts_with(f[3], 'eni-') as is_usual,
        list_filter(f, lambda x: regexp_full_match(x, '\d+\.\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F:]+')) as addresses
    from lake.service_line
    where format = 'vpc_flow'
),
asked as (
    select
        account, region, event_id, log_group, log_stream, timestamp, 'resolver' as source,
        json_extract_string(text, [
            '$.rcode', '$.firewall_rule_action', '$.srcids.instance', '$.vpc_id', '$.srcaddr', '$.srcport',
            '$.transport', '$.query_name', '$.query_type', '$.query_timestamp', '$.srcids.resolver_endpoint'
        ]) as j
    from lake.service_line
    where format = 'resolver'
)
select
    account, region, event_id, log_group, log_stream, timestamp as occurred_at, source,
    case when list_contains(f, 'REJECT') then 'REJECT' else 'SKIPDATA' end as reason,
    list_filter(f, lambda x: starts_with(x, 'eni-'))[1] as interface_id,
    list_filter(f, lambda x: starts_with(x, 'i-'))[1] as instance_id,
    list_filter(f, lambda x: starts_with(x, 'vpc-'))[1] as vpc_id,
    addresses[1] as src_address, case when is_usual then try_cast(f[6] as integer) end as src_port,
    addresses[2] as dst_address, case when is_usual then try_cast(f[7] as integer) end as dst_port,
    case when is_usual then nullif(f[8], '-') end as protocol,
    case when is_usual then try_cast(f[9] as bigint) end as packets,
    case when is_usual then try_cast(f[10] as bigint) end as bytes,
    case when is_usual then try(make_timestamp(try_cast(f[11] as bigint) * 1000000)) end as started_at,
    case when is_usual then try(make_timestamp(try_cast(f[12] as bigint) * 1000000)) end as ended_at,
    null as query_name, null as query_type
from flow
where list_contains(f, 'REJECT') or list_contains(f, 'SKIPDATA')
union all
select
    account, region, event_id, log_group, log_stream, coalesce(try_cast(j[10] as timestamp), timestamp), source,
    case when j[2] = 'BLOCK' then 'BLOCK' else j[1] end, null, j[3], j[4], j[5], try_cast(j[6] as integer), null, null,
    j[7], null, null, null, null, rtrim(j[8], '.'), j[9]
from asked
where j[1] <> 'NOERROR' or j[2] = 'BLOCK'
