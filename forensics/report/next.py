"""What to do next: where to look, and the commands that open the records behind a verdict."""

from __future__ import annotations

import re
import shlex

from forensics.model import Failure, Locator, Node

__all__ = ["command_of", "next_commands", "next_steps", "query_of", "rows_of"]

_SHOWN = 4
_PLAIN = re.compile(r"[\w:/.-]*", re.ASCII)


def next_commands(example: Failure) -> tuple[str, ...]:
    """The verdict, its trace, and one command for each record that it stands on."""
    found = [f"forensics why {example.id}"]
    if example.trace_id:
        found.append(f"forensics trace {example.trace_id}")
    opened = (command_of(claim.locator) for claim in example.evidence)
    return tuple(dict.fromkeys([*found, *[c for c in opened if c][:_SHOWN]]))


def command_of(where: Locator) -> str | None:
    """A line to paste that opens a record, and shows what it belongs to."""
    name = where.segment_id if where.source == "segment_document" else where.event_id
    if name and (not _PLAIN.fullmatch(name) or name.startswith("-")):
        return query_of(where)  # in which no name of a stranger's can be an option
    return f"forensics why {name}" if name else None


def query_of(where: Locator) -> str | None:
    """A line to paste that finds the very row of a record again. Evidence keeps X-Ray's spelling of a trace
    id, everything else has 32 digits."""
    if where.source == "segment_document" and where.trace_id:
        xray = f"1-{where.trace_id[:8]}-{where.trace_id[8:]}"
        return rows_of(
            "lake.segment_document", segment_id=(where.segment_id or "",), trace_id=(xray, where.trace_id)
        )
    if where.source == "execution_event" and where.event_id:
        return rows_of("lake.execution_event", execution_arn=(where.event_id,))
    if where.event_id:
        view = "lake.change" if where.source == "change" else "lake.log_event"
        return rows_of(view, event_id=(where.event_id,))
    return None


def rows_of(view: str, **wanted: tuple[str, ...]) -> str:
    """A line to paste that prints the rows of a view with one of these values in each column. Values are the
    source's own text: only plain ones are put between double quotes, where shells read on."""
    query = f"select * from {view} where " + " and ".join(
        f"{name} {_among(values)}" for name, values in wanted.items()
    )
    plain = all(_PLAIN.fullmatch(value) for values in wanted.values() for value in values)
    return f'forensics sql "{query}"' if plain else f"forensics sql {shlex.quote(query)}"


def _among(values: tuple[str, ...]) -> str:
    quoted = ["'" + value.replace("'", "''") + "'" for value in values]
    return f"= {quoted[0]}" if len(quoted) == 1 else f"in ({', '.join(quoted)})"


_STEPS = {
    "throttled": "compare the capacity or quota of {node} with what was asked of it in that minute",
    "dependency_slow": "look at the latency of {node} from other callers, and at the callers' time-outs",
    "dependency_fault": "look at the records or the status page of {node}",
    "timeout": "compare the run times of {node} with its time-out, and what it did last",
    "out_of_memory": "compare the memory size of {node} with the input of the failing requests",
    "unhandled_exception": "open the frames of {node}, and the input of a failing request",
    "init_failure": "look at the last deployment of {node}: package, handler, layers",
    "crash": "look at the last lines of {node} before its process ended",
    "permission_denied": "compare the role of {node} with the action that was refused",
    "latency_regression": "compare a slow request of {node} with one from before, step by step",
    "data_loss": "find what {node} was asked for and did not do, and do it again",
    "never_reached": "look at the throttles and invocations of {node} in its metrics",
    "concurrency_limit": "see who used the concurrency while {node} was throttled, and what it has reserved",
    "resource_exhausted": "compare the size of the pool or quota at {node} with what was asked of it",
    "provider_outage": "look at the status page of {node}, and at what else calls it",
    "credential_expired": "look when the credential of {node} was changed, and if it holds the old one",
    "not_found": "look when what was asked of {node} was deleted or renamed",
    "validation": "open the input of a failing request, and what {node} says of it",
    "configuration": "compare the configuration of {node} with that before the onset",
    "poison_message": "open the message in its dead-letter queue, and how {node} reads it",
    "timeout_mismatch": "compare the time-out of {node} with how long its caller waits",
    "container_killed": "compare the memory limit of {node} with its use, and read why it was stopped",
    "recursion": "find what {node} writes to the place that it is started from",
    "unknown": "look at the records of {node}, and of what it calls, around the onset",
    "connection": "check name, certificate, route and security groups towards {node}",
}


def next_steps(category: str, node: Node, example: Failure) -> tuple[str, ...]:
    """Where to look by what went wrong, and what would have to be collected to decide it."""
    step = _STEPS.get(category, "look at the records of {node} around the onset").format(node=node.name)
    return (step, *(f"collect {what}" for what in example.root_cause.would_decide))
