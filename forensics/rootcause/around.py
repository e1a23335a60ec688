"""What the whole case knows beside one failing chain: its nodes, who calls whom, what went wrong there."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from forensics.chains.times import iso, micros
from forensics.lake import Lake
from forensics.model import Locator, Node

__all__ = ["Around", "Habit", "Trouble", "around"]

_WORKLOADS = ("AWS::ECS::Container", "AWS::EKS::Container", "AWS::EC2::Instance")
_BALANCER = "AWS::ElasticLoadBalancing"
_PRIVATE = re.compile(r"(?:^|\.)(?:internal|local|svc|svc\.cluster\.local)$")
_RDS = re.compile(r"\.rds\.amazonaws\.com(?:\.cn)?$")
_HOST = re.compile(r"https?://([A-Za-z0-9.-]+)")
_NAME = r"(?!https?:)([A-Za-z][\w.-]*)"
# How resolvers and sockets name whom they did not reach: Node.js and Java, Go, urllib3; .NET in parentheses;
# Ruby, libpq, redis-py and PostgreSQL's JDBC driver. An address is no name: who has it is not told.
_UNREACHED = re.compile(
    r"(?:(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|UnknownHostException:|\blookup) |\bhost='"
    r"|(?<=\s)\((?=[^()\s]+:\d+\)))((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})\b"
    rf"|\bconnect (?:ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) {_NAME}"
    rf"|\bdial tcp {_NAME}(?::\d+)?: (?:connect: |i/o timeout)"
    rf"|\bconnect\(2\) for {_NAME}|\bconnection to server at \"{_NAME}\""
    rf"|\bError \d+ connecting to {_NAME}|\bConnection to {_NAME}(?::\d+)? refused"
)
# Whose limit it was, or what there is not, as AWS says it: Kinesis in a sentence ("Rate exceeded for shard …
# in stream … under account …"), DynamoDB by its ARN ("Diagnosing throttling" in its guide).
_REFUSED = (
    ("AWS::Kinesis::Stream", re.compile(r"\b[Ss]tream ([\w.-]+) under account \d")),
    # not the stream of a table, which names where an event came from
    (
        "AWS::DynamoDB::Table",
        re.compile(r"\barn:aws[\w-]*:dynamodb:[\w-]+:\d+:table/([\w.-]+)(?![\w.-]|/stream)"),
    ),
)
# How servers, drivers and error codes name a database by its engine.
_ENGINES = (
    ("mysql", re.compile(r"MySQL|\bmysql\w*\b|MariaDB|\bPROTOCOL_CONNECTION_LOST\b|\bER_[A-Z_]{4,}")),
    ("postgres", re.compile(r"(?i)postgres|\bpsycopg|PSQLException|\bpgx\b|Npgsql")),
    ("redis", re.compile(r"(?i)\bredis|\bvalkey|\bOOM command not allowed")),
)
# Shorter names ("api", "db") are words of any sentence.
_TELLING = 4
_NEAR_US = 60_000_000


# Start and end of a metric's period in µs, and what was counted in it.
Period = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Habit:
    """One node's calls to another over the case."""

    caller: Node
    callee: Node
    is_virtual: bool
    kind: str
    calls: int
    failed: int
    unanswered: int
    ok_between: int
    first_failed_us: int | None
    last_failed_us: int | None
    first_ok_us: int | None
    last_ok_us: int | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """A container of a service was killed, crashed, did not start or was not ready."""

    node: str
    category: str
    at_us: int
    reason: str
    locator: Locator
    namespace: str | None = None


@dataclass(frozen=True)
class Around:
    """Empty where nothing is known: every answer is then "no"."""

    habits: tuple[Habit, ...] = ()
    with_records: frozenset[str] = field(default_factory=frozenset)
    workloads: Mapping[str, Node] = field(default_factory=dict)
    troubles: tuple[Trouble, ...] = ()
    mapped: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    uses: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    aliases: Mapping[str, Node] = field(default_factory=dict)
    misled: frozenset[tuple[str, str]] = frozenset()
    refused: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)
    databases: Mapping[str, tuple[Node, ...]] = field(default_factory=dict)
    groups: Mapping[str, Node] = field(default_factory=dict)
    throttles: Mapping[str, tuple[Period, ...]] = field(default_factory=dict)

    @cached_property
    def _nodes(self) -> dict[str, Node]:
        found = dict(self.workloads)
        found.update((n.name, n) for h in self.habits for n in (h.caller, h.callee))
        return dict(sorted(found.items(), key=lambda pair: (-len(pair[0]), pair[0])))

    @cached_property
    def _names(self) -> re.Pattern[str] | None:
        names = [re.escape(name) for name in self._nodes if len(name) >= _TELLING]
        return re.compile(rf"(?<![\w.-])({'|'.join(names)})(?![\w-])") if names else None

    @cached_property
    def _of_caller(self) -> Mapping[str, tuple[Habit, ...]]:
        groups: dict[str, list[Habit]] = defaultdict(list)
        for habit in self.habits:
            groups[habit.caller.name].append(habit)
        return {name: tuple(found) for name, found in groups.items()}

    @cached_property
    def _of_callee(self) -> Mapping[Node, tuple[Habit, ...]]:
        groups: dict[Node, list[Habit]] = defaultdict(list)
        for habit in self.habits:
            groups[habit.callee].append(habit)
        return {node: tuple(found) for node, found in groups.items()}

    def sources_of(self, function: Node) -> tuple[Node, ...]:
        """The queues and streams that are mapped to a function."""
        return self.mapped.get(function.name, ())

    def shared_by(self, names: Iterable[str], kind: str) -> tuple[Node, ...]:
        """What each of these nodes is configured to use, of that kind."""
        found = [{n for n in self.uses.get(name, ()) if n.kind == kind} for name in names]
        return tuple(sorted(set.intersection(*found), key=lambda n: n.name)) if found else ()

    def subnet_of(self, function: Node) -> Node | None:
        """The subnet of a function that has only one."""
        found = self.shared_by([function.name], "AWS::EC2::Subnet")
        return found[0] if len(found) == 1 else None

    def calls_of(self, caller: Node) -> tuple[Habit, ...]:
        """What this node is seen to call."""
        return tuple(h for h in self._of_caller.get(caller.name, ()) if h.kind == "call")

    def calls_to(self, callee: Node) -> tuple[Habit, ...]:
        """Who is seen to call this node."""
        return tuple(h for h in self._of_callee.get(callee, ()) if h.kind == "call")

    def named_in(self, texts: Iterable[str], but: str) -> Node | None:
        """The one host that was not reached, else the one stream or table that refused, else the one node or
        host, that an error text names; None where there are several."""
        told = tuple(texts)
        unreached = {
            host for text in told for found in _UNREACHED.findall(text[:2000]) for host in found if host
        }
        if len(unreached) == 1:
            host = next(iter(unreached))
            return self._nodes.get(host, Node(host, "remote"))
        refused = {
            Node(name, kind)
            for kind, words in _REFUSED
            for text in told
            for name in words.findall(text[:2000])
        }
        if len(refused) == 1:
            return next(iter(refused))
        names = {
            n for text in told for n in (self._names.findall(text[:2000]) if self._names else ()) if n != but
        }
        if names:
            return self._nodes[next(iter(names))] if len(names) == 1 else None
        hosts = {host for text in told for host in _HOST.findall(text[:2000])}
        return Node(next(iter(hosts)), "remote") if len(hosts) == 1 else None

    def database_of(self, texts: Iterable[str]) -> Node | None:
        """The database whose engine these texts speak of, where the case knows but one of that engine."""
        told = " ".join(text[:2000] for text in texts)
        spoken = [engine for engine, words in _ENGINES if words.search(told)]
        known = self.databases.get(spoken[0], ()) if len(spoken) == 1 else ()
        return known[0] if len(known) == 1 else None

    def is_down_for_all(self, node: Node) -> bool:
        """Every caller's calls failed while any failed, and there are two callers at least."""
        hit = [h for h in self.calls_to(node) if h.failed]
        return len({h.caller.name for h in hit}) > 1 and all(
            h.ok_between * 10 <= h.failed for h in self.calls_to(node)
        )

    def service_of(self, node: Node) -> Node | None:
        """What answers to a host as the case shows it (`links.alias`), else the workload behind a private
        name: `stock.shop.internal`, `stock.shop.svc.cluster.local` (service discovery and Kubernetes put its
        name first); `db.c1.eu-west-1.rds.amazonaws.com` is an instance."""
        label, _, rest = (node.name or "").partition(".")  # damaged segments have no name
        if node.kind in _WORKLOADS:
            return node
        alias = self.aliases.get(node.name) if node.kind == "remote" else None
        if alias is not None and not alias.kind.startswith(_BALANCER):
            return alias
        if _RDS.search(rest):
            return Node(label, "AWS::RDS::DBInstance")
        # a balancer answers for whoever stands behind it
        return (self.workloads.get(label) if _PRIVATE.search(rest) else None) or alias

    def behind(self, group: str) -> Node | None:
        """The workload behind a target group: as configured or asked for, else that of its name."""
        return self.groups.get(group) or self.workloads.get(group)

    def keeps_records(self, node: Node) -> bool:
        return node.name in self.with_records

    def troubles_of(self, node: Node, since_us: int, until_us: int) -> tuple[Trouble, ...]:
        """When the containers of a service could not serve, within a stretch of time."""
        return tuple(t for t in self._troubles.get(node.name, ()) if since_us <= t.at_us <= until_us)

    def upstream(self, name: str) -> Node | None:
        """The workload that ingress-nginx names, as `namespace-service-port`, of those that were in trouble;
        None where several fit: the parts may hold dashes themselves."""
        fits = {
            t.node
            for t in self.troubles
            if t.namespace and name.rpartition("-")[0] == f"{t.namespace}-{t.node}"
        }
        return self.workloads.get(next(iter(fits))) if len(fits) == 1 else None

    @cached_property
    def _troubles(self) -> Mapping[str, tuple[Trouble, ...]]:
        groups: dict[str, list[Trouble]] = defaultdict(list)
        for trouble in self.troubles:
            groups[trouble.node].append(trouble)
        return {name: tuple(found) for name, found in groups.items()}

    def silent_beside(self, node: Node, at_us: int) -> tuple[Node, ...]:
        """Other third parties that did not answer either at that time: what they share is the way out."""
        return tuple(
            sorted(
                {
                    h.callee
                    for h in self.habits
                    if h.callee.kind == "remote" and h.callee != node and h.unanswered > 1
                    and (h.first_failed_us or 0) - _NEAR_US <= at_us <= (h.last_failed_us or 0) + _NEAR_US
                },
                key=lambda n: n.name,
            )
        )  # fmt: skip

    def without_ports(self, caller: Node, since_us: int, until_us: int) -> dict[Node, int]:
        """NAT gateways on the caller's way out that had no port left then: for how many connections."""
        refused = {
            gateway: _within(self.refused.get(gateway.name, ()), since_us, until_us)
            for gateway in self.uses.get(caller.name, ())
        }
        return {gateway: n for gateway, n in refused.items() if n}

    def throttles_of(self, function: Node, since_us: int, until_us: int) -> int:
        """How often metrics say that a function was throttled, in the periods that touch this stretch."""
        return _within(self.throttles.get(function.name, ()), since_us, until_us)

    def silent_for_others(self, host: Node, gateways: Iterable[Node], since_us: int, until_us: int) -> bool:
        """Whether somebody who leaves through none of them had no answer from a host at that time."""
        return any(
            h.unanswered and not set(gateways) & set(self.uses.get(h.caller.name, ()))
            and (h.first_failed_us or 0) - _NEAR_US <= until_us
            and since_us <= (h.last_failed_us or 0) + _NEAR_US
            for h in self.calls_to(host)
        )  # fmt: skip

    def began_with_a_change(self, caller: Node, host: Node) -> bool:
        """The caller's lines name the host in failures since the caller was changed, and not before."""
        return (caller.name, host.name) in self.misled

    def ever_answered(self, node: Node) -> bool:
        return any(h.first_ok_us is not None for h in self.calls_to(node))


def _within(periods: Iterable[Period], since_us: int, until_us: int) -> int:
    """What was counted in the periods that touch a stretch of time."""
    return sum(n for start, end, n in periods if start <= until_us and since_us < end)


def around(lake: Lake) -> Around:
    rows = lake.rows("select * from failures.habit order by all")
    own = lake.rows("""
        select distinct node from lake.invocation where not is_virtual
        union select distinct node from lake.log_record where node is not null order by node""")
    placed = lake.rows(f"""
        select node, max(kind) as kind from (
            select node, kind from lake.invocation where kind in {_WORKLOADS}
            union all select node, kind from lake.log_record where kind in {_WORKLOADS} and node is not null
            union all select node, kind from lake.container_event where node is not null
        ) group by node order by node""")
    troubles = lake.rows("select * from failures.trouble where category is not null order by all")
    workloads = {row["node"]: Node(row["node"], row["kind"] or "AWS::ECS::Container") for row in placed}
    names = Around(workloads=workloads, aliases=_aliases(lake))
    named = lake.rows("select * from failures.named_host order by all")
    return Around(
        (*(_habit(row, names) for row in rows), *(_habit_by_name(row, names) for row in named)),
        frozenset(row["node"] for row in own),
        workloads,
        tuple(_trouble(row) for row in troubles),
        _mapped(lake),
        _uses(lake),
        names.aliases,
        frozenset((row["caller_node"], row["callee_node"]) for row in named if row["is_changed"]),
        _counted(lake, "AWS/NATGateway", "ErrorPortAllocation"),
        _databases(lake),
        _groups(lake),
        _counted(lake, "AWS/Lambda", "Throttles"),
    )


def _groups(lake: Lake) -> dict[str, Node]:
    """The one service that is configured, or was created or changed to be, behind a target group."""
    rows = lake.rows("""
        with told as (
            select node, json_extract_string(configuration, '$.loadBalancers[*].targetGroupArn') as groups
            from lake.resource_latest where kind = 'AWS::ECS::Service'
            union all
            select node, json_extract_string(after, '$.loadBalancers[*].targetGroupArn')
            from lake.change
            where action in ('CreateService', 'UpdateService') and error_code is null and json_valid(after)
        ),
        named as (select node, split_part(unnest(groups), '/', 2) as name from told where node is not null)
        select name, min(node) as node from named
        where name <> '' group by name having count(distinct node) = 1 order by name""")
    return {row["name"]: Node(row["node"], "AWS::ECS::Container") for row in rows}


def _counted(lake: Lake, namespace: str, metric: str) -> dict[str, tuple[Period, ...]]:
    """The periods of each node in which a metric counted something."""
    rows = lake.rows(
        """
        select node, starts_at, starts_at + to_seconds(period_s) as ends_at, value::bigint as counted
        from lake.metric
        where namespace = $namespace and metric = $metric and stat = 'Sum' and value > 0
            and node is not null and is_whole
        order by all""",
        {"namespace": namespace, "metric": metric},
    )
    found: dict[str, list[Period]] = defaultdict(list)
    for row in rows:
        found[row["node"]].append(
            (micros(row["starts_at"]) or 0, micros(row["ends_at"]) or 0, row["counted"])
        )
    return {name: tuple(periods) for name, periods in found.items()}


def _databases(lake: Lake) -> dict[str, tuple[Node, ...]]:
    """By engine, as configuration, their own logs or, of ElastiCache, the host that is called tell it; an
    instance of a cluster is that cluster."""
    rows = lake.rows("""
        with told as (
            select
                engine, node,
                if(contains(log_group, '/cluster/'), 'AWS::RDS::DBCluster', 'AWS::RDS::DBInstance') as kind
            from lake.database_log
            union
            select
                case when regexp_matches(configuration ->> '$.Engine', 'mysql|maria') then 'mysql'
                    when contains(configuration ->> '$.Engine', 'postgres') then 'postgres' end,
                coalesce(configuration ->> '$.DBClusterIdentifier', node),
                if(configuration ->> '$.DBClusterIdentifier' is null, kind, 'AWS::RDS::DBCluster')
            from lake.resource_latest where kind = 'AWS::RDS::DBInstance'
            union
            -- Memcached's are `<name>.cfg.…`
            select 'redis', node, 'remote' from lake.invocation
            where ends_with(node, '.cache.amazonaws.com') and not contains(node, '.cfg.')
        )
        select engine, node, min(kind) as kind from told
        where engine is not null and node is not null group by engine, node order by engine, node""")
    found: dict[str, list[Node]] = defaultdict(list)
    for row in rows:
        found[row["engine"]].append(Node(row["node"], row["kind"]))
    return {engine: tuple(nodes) for engine, nodes in found.items()}


def _aliases(lake: Lake) -> dict[str, Node]:
    """Host names that stand for one node, whatever the port."""
    rows = lake.rows("""
        select name, min(node) as node, min(kind) as kind from links.alias
        group by name having count(distinct node) = 1 order by name""")
    return {row["name"]: Node(row["node"], row["kind"]) for row in rows}


_SOURCES = {"sqs": "AWS::SQS::Queue", "kinesis": "AWS::Kinesis::Stream", "dynamodb": "AWS::DynamoDB::Table"}


def _mapped(lake: Lake) -> dict[str, tuple[Node, ...]]:
    """From the event-source mappings' ARNs: `…:sqs:…:orders`, `…:dynamodb:…:table/orders/stream/…`; and the
    one queue that nothing is configured to read and a container can only have its messages from, by who
    writes there or by when what failed comes again."""
    rows = lake.rows("""
        select node, configuration ->> '$.EventSourceArn' as arn from lake.resource
        where kind = 'AWS::Lambda::EventSourceMapping' and node is not null
        union select callee_node, 'arn:aws:sqs:::' || min(source) from links.feeder
        where is_guess group by callee_node having count(distinct source) = 1
        union select node, 'arn:aws:sqs:::' || min(source) from failures.coming_back
        group by node having count(distinct source) = 1
        order by all""")
    found: dict[str, list[Node]] = defaultdict(list)
    for row in rows:
        parts = (row["arn"] or "").split(":", 5)
        if len(parts) == 6 and parts[2] in _SOURCES:
            name = parts[5].split("/")[1] if "/" in parts[5] else parts[5]
            found[row["node"]].append(Node(name, _SOURCES[parts[2]]))
    return {name: tuple(nodes) for name, nodes in found.items()}


def _uses(lake: Lake) -> dict[str, tuple[Node, ...]]:
    found: dict[str, list[Node]] = defaultdict(list)
    for row in lake.rows("select distinct node, resource, resource_kind from links.uses order by all"):
        found[row["node"]].append(Node(row["resource"], row["resource_kind"]))
    return {name: tuple(used) for name, used in found.items()}


def _trouble(row: dict[str, Any]) -> Trouble:
    where = Locator(
        "log_event", log_group=row["log_group"], log_stream=row["log_stream"], event_id=row["event_id"],
        timestamp=iso(row["occurred_at"]),
    )  # fmt: skip
    said = ": ".join(t for t in (row["reason"], row["message"]) if t)
    return Trouble(
        row["node"], row["category"], micros(row["occurred_at"]) or 0, said, where, row["namespace"]
    )


def _habit_by_name(row: dict[str, Any], names: Around) -> Habit:
    """Failures alone: lines seldom tell of calls that came through."""
    unseen = {"first_ok_at": None, "last_ok_at": None, "calls": row["failed"], "unanswered": 0}
    return _habit({**row, **unseen, "callee_kind": "remote", "is_virtual": True, "kind": "call"}, names)


def _habit(row: dict[str, Any], names: Around) -> Habit:
    callee = Node(row["callee_node"], row["callee_kind"])
    return Habit(
        caller=Node(row["caller_node"], row["caller_kind"]),
        callee=names.service_of(callee) or callee,
        is_virtual=row["is_virtual"],
        kind=row["kind"],
        calls=row["calls"],
        failed=row["failed"],
        unanswered=row["unanswered"],
        ok_between=row["ok_between"],
        first_failed_us=micros(row["first_failed_at"]),
        last_failed_us=micros(row["last_failed_at"]),
        first_ok_us=micros(row["first_ok_at"]),
        last_ok_us=micros(row["last_ok_at"]),
    )
