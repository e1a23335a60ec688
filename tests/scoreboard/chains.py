"""Edges and deliveries of every scenario against its truth: precision and recall.

    python tests/scoreboard/chains.py [SCENARIO …] [--seeds 1] [--sampling 1.0 …] [--together 1 …] [--show 5]

`--together 100` lets a hundred requests come at once, so that a hundred callees run beside each other.

An edge of the truth is found where ours leads from the same invocation to the same, whatever
carrier stands between. It is provable where the telemetry holds a record that names both sides (the
truth's `evidence`, all kinds but `configured`). What left no record at all is stepped over on both
sides. The last lines are Markdown tables.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pyarrow.parquet as pq

from forensics.analysis import analyse
from forensics.api import import_into
from forensics.case import Case as Folder
from forensics.demo import Scenario, generate, list_scenarios, load_scenario
from forensics.lake import Lake

SAMPLING = (1.0, 0.05, 0.0)
Row = dict[str, Any]
Pair = tuple[str, str]
_WORKFLOW = "AWS::StepFunctions::StateMachine"
_EXACT = 0.95  # from this confidence on an edge is called exact


class Score(NamedTuple):
    """One run: counts by (what, group), and what was wrong or missed by node pair."""

    scenario: str
    seed: int
    sampling: float
    together: int
    counts: Counter[tuple[str, str]]
    notes: Counter[str]


@dataclass
class Told:
    """What a case says, as plain rows."""

    invocations: list[Row]
    edges: list[Row]
    deliveries: list[Row]
    values: dict[str, set[str]]  # what the lines of an invocation print


@dataclass
class Truth:
    """What happened."""

    invocations: dict[str, Row]
    edges: list[Row]
    deliveries: list[Row]
    orders: dict[str, str]  # of a chain the order that its lines may print


def run(name: str, seed: int, sampling: float, together: int) -> Score:
    with tempfile.TemporaryDirectory(prefix="chains-") as folder:
        told, truth = prepared(name, seed, sampling, together, Path(folder))
    counts, notes = judge(told, truth)
    return Score(name, seed, sampling, together, counts, notes)


def prepared(name: str, seed: int, sampling: float, together: int, folder: Path) -> tuple[Told, Truth]:
    """Generate, import and analyse a scenario."""
    data, case = folder / "data", folder / "case"
    if not data.exists():
        generate(_varied(load_scenario(name), seed, sampling, together), data)
    if not case.exists():
        files = sorted(path for path in data.iterdir() if path.is_file() and path.name != "truth.json")
        import_into(case, files)
    with Folder(case, writable=True) as opened:
        analyse(opened)
        with Lake(opened) as lake:
            names = ("lake.invocation", "links.edge", "links.delivery")
            values: dict[str, set[str]] = defaultdict(set)
            for row in lake.rows("select invocation, value from links.mention"):
                values[row["invocation"]].add(row["value"])
            told = Told(*(lake.rows(f"select * from {name}") for name in names), values)
    return told, _truth(data / "truth")


def _varied(scenario: Scenario, seed: int, sampling: float, together: int) -> Scenario:
    routes = tuple(msgspec.structs.replace(route, sampling=sampling) for route in scenario.routes)
    return msgspec.structs.replace(scenario, seed=scenario.seed + seed, routes=routes, together=together)


def _truth(folder: Path) -> Truth:
    def table(name: str) -> list[Row]:
        rows: list[Row] = pq.read_table(folder / f"{name}.parquet").to_pylist()
        return rows

    orders = {row["id"]: row["order"] for row in table("chain")}
    return Truth({row["id"]: row for row in table("invocation")}, table("edge"), table("delivery"), orders)


# ---------------------------------------------------------------- the same invocation


def same(told: Told, truth: Truth) -> dict[str, str]:
    """Our invocation → that of the truth, by what identifies both."""
    known = _known(truth)
    found: dict[str, str] = {}
    for row in told.invocations:
        for key in _keys(row):
            if key in known:
                found[row["invocation"]] = known[key]
                break
    _by_time(told, truth, found)
    return found


def _known(truth: Truth) -> dict[tuple[Any, ...], str]:
    known: dict[tuple[Any, ...], str] = {}
    for id, row in truth.invocations.items():
        trace = row["trace_id"][2:].replace("-", "")
        known[("segment", trace, id.partition("#")[0], row["attempt"])] = id
        if row["request_id"]:
            known[("request", row["request_id"], row["attempt"])] = id
        if row["execution_arn"]:
            known[("execution", row["execution_arn"])] = id
        known.setdefault(("door", trace, row["kind"]), id)
    return known


def _keys(row: Row) -> Iterator[tuple[Any, ...]]:
    if row["is_virtual"]:
        return
    if row["request_id"]:
        yield ("request", row["request_id"], row["attempt"])
    yield ("segment", row["trace_id"], row["segment_id"], row["attempt"])
    yield ("segment", row["trace_id"], row["segment_id"], 1)
    if row["execution_arn"]:
        yield ("execution", row["execution_arn"])
    if row["kind"] == "AWS::ElasticLoadBalancingV2::LoadBalancer":
        yield ("door", row["trace_id"], row["kind"])


def _by_time(told: Told, truth: Truth, found: dict[str, str]) -> None:
    """What only lines tell of: the same stream, its time within; of several at once the one whose order
    they print."""
    taken = set(found.values())
    streams: dict[str, list[Row]] = defaultdict(list)
    for row in truth.invocations.values():
        if row["log_stream"] and row["id"] not in taken:
            streams[row["log_stream"]].append(row)
    for row in told.invocations:
        if row["is_virtual"] or row["invocation"] in found:
            continue
        trace = row["trace_id"]
        fits = [
            other
            for other in streams.get(row["log_stream"] or "", ())
            if other["started_at"] <= row["started_at"] <= other["ended_at"]
            and (trace is None or trace == other["trace_id"][2:].replace("-", ""))
        ]
        printed = told.values.get(row["invocation"], set())
        named = [other for other in fits if printed & {truth.orders.get(c) for c in other["chains"]}]
        if fits:
            found[row["invocation"]] = max(named or fits, key=lambda other: other["started_at"])["id"]


# ---------------------------------------------------------------- edges


def judge(told: Told, truth: Truth) -> tuple[Counter[tuple[str, str]], Counter[str]]:
    counts: Counter[tuple[str, str]] = Counter()
    notes: Counter[str] = Counter()
    names = same(told, truth)
    _judge_invocations(told, truth, names, counts, notes)
    _judge_edges(told, truth, names, counts, notes)
    _judge_deliveries(told, truth, names, counts, notes)
    _judge_tasks(told, truth, names, counts, notes)
    return counts, notes


def _judge_invocations(told: Told, truth: Truth, names: dict[str, str], counts: Any, notes: Any) -> None:
    have = set(names.values())
    for id, row in truth.invocations.items():
        if row["logged"] or row["traced"]:
            counts["invocations", "expected"] += 1
            counts["invocations", "found"] += id in have
            if id not in have:
                notes[f"invocation missed: {row['node']}"] += 1
    times = Counter(names.values())
    for id, number in times.items():
        if number > 1:
            counts["invocations", "doubled"] += number - 1
            notes[f"invocation doubled: {truth.invocations[id]['node']}"] += 1
    for row in told.invocations:
        if not row["is_virtual"] and row["invocation"] not in names:
            counts["invocations", "unknown"] += 1
            notes[f"invocation unknown: {row['node']}"] += 1


def _judge_edges(told: Told, truth: Truth, names: dict[str, str], counts: Any, notes: Any) -> None:
    recorded = set(names.values())
    ours = {pair: (last["evidence"], weaker["confidence"]) for pair, last, weaker in edges_of(told, names)}
    real = list(_stepped(truth, recorded))
    pairs = {pair for pair, _ in real}
    nodes = truth.invocations
    for pair, evidence in real:
        kind = next(
            (name for name in evidence if name != "configured"), "configured" if evidence else "nothing"
        )
        counts["expected", kind] += 1
        if pair in ours:
            counts["found", kind] += 1
        elif kind not in ("nothing",):
            notes[f"edge missed ({kind}): {nodes[pair[0]]['node']} → {nodes[pair[1]]['node']}"] += 1
    for pair, (evidence, confidence) in ours.items():
        right = pair in pairs
        counts["given", evidence] += 1
        counts["right", evidence] += right
        counts["exact", "given"] += confidence >= _EXACT
        counts["exact", "right"] += right and confidence >= _EXACT
        counts[f"confidence {confidence:.2f}", "given"] += 1
        counts[f"confidence {confidence:.2f}", "right"] += right
        if not right:
            notes[f"edge wrong ({evidence}): {nodes[pair[0]]['node']} → {nodes[pair[1]]['node']}"] += 1


def edges_of(told: Told, names: Mapping[str, str]) -> Iterator[tuple[Pair, Row, Row]]:
    """Our edges between invocations that the truth knows, with the last and the weakest of the way; carriers
    between them are stepped over."""
    virtual = {row["invocation"] for row in told.invocations if row["is_virtual"]}
    below: dict[str, list[Row]] = defaultdict(list)
    for edge in told.edges:
        if edge["caller"]:
            below[edge["caller"]].append(edge)
    for edge in told.edges:
        caller = names.get(edge["caller"] or "")
        if caller is None:
            continue
        for last in _through(edge, below, virtual):
            callee = names.get(last["callee"])
            if callee and callee != caller:
                weaker = min((edge, last), key=lambda one: one["confidence"])
                yield (caller, callee), last, weaker


def _through(edge: Row, below: Mapping[str, list[Row]], virtual: set[str], depth: int = 0) -> Iterator[Row]:
    if edge["callee"] not in virtual:
        yield edge
    elif depth < 6:
        for further in below.get(edge["callee"], ()):
            yield from _through(further, below, virtual, depth + 1)


def recorded_pairs(truth: Truth, recorded: set[str]) -> set[Pair]:
    """Caller and callee of the truth that both left a record."""
    return {pair for pair, _ in _stepped(truth, recorded)}


def _stepped(truth: Truth, recorded: set[str]) -> Iterator[tuple[Pair, list[str]]]:
    """The truth's edges; over an invocation that left nothing, from its caller to its callees."""
    below: dict[str, list[Row]] = defaultdict(list)
    for edge in truth.edges:
        if edge["caller"] and edge["callee"]:
            below[edge["caller"]].append(edge)
    seen: set[Pair] = set()
    for caller in recorded:
        for callee, evidence in _reached(caller, below, truth, recorded):
            if (caller, callee) not in seen:
                seen.add((caller, callee))
                yield (caller, callee), evidence


def _reached(
    caller: str, below: Mapping[str, list[Row]], truth: Truth, recorded: set[str], depth: int = 0
) -> Iterator[tuple[str, list[str]]]:
    for edge in below.get(caller, ()):
        if edge["callee"] in recorded:
            yield edge["callee"], edge["evidence"] if depth == 0 else []
        elif depth < 4:
            for callee, _ in _reached(edge["callee"], below, truth, recorded, depth + 1):
                yield callee, []


# ---------------------------------------------------------------- deliveries


def _judge_deliveries(told: Told, truth: Truth, names: Mapping[str, str], counts: Any, notes: Any) -> None:
    evidence = {
        (edge["caller"], edge["callee"]): [kind for kind in edge["evidence"] if kind != "configured"]
        for edge in truth.edges
        if edge["kind"] == "link"
    }
    given: dict[Pair, list[Row]] = defaultdict(list)
    for row in told.deliveries:
        if row["consumer"] and row["state"] is None:
            given[names.get(row["producer"] or "", ""), names.get(row["consumer"], "")].append(row)
    _judge_vain(told, truth, names, counts, notes)
    for row in sorted(truth.deliveries, key=lambda row: (row["at"], row["message"])):
        if row["invocation"] is None:
            continue
        group = "provable" if evidence.get((row["producer"], row["invocation"])) else "not provable"
        counts["deliveries expected", group] += 1
        found = given.get((row["producer"], row["invocation"]))
        if not found:
            notes[f"delivery missed ({group}): {row['source']} {row['outcome']}"] += 1
            continue
        row = row | {"outcome": _said(row["outcome"])}
        took = max(
            found, key=lambda one: sum(one[key] == row[key] for key in ("source", "outcome", "attempt"))
        )
        found.remove(took)
        counts["deliveries found", group] += 1
        for key in ("source", "outcome", "attempt"):
            counts[f"deliveries {key} right", group] += took[key] == row[key]
            if took[key] != row[key]:
                notes[f"delivery {key}: {row['source']} {row[key]} said {took[key]}"] += 1
    # What the truth has as an edge: a function started without waiting, or through what left no record.
    real = recorded_pairs(truth, set(names.values()))
    for (producer, consumer), rows in given.items():
        if producer and consumer and rows:
            what = "beside" if (producer, consumer) in real else "too many"
            counts[f"deliveries {what}", "given"] += len(rows)
            if what == "too many":
                notes[f"delivery too many: {rows[0]['source']}"] += len(rows)


def _judge_vain(told: Told, truth: Truth, names: Mapping[str, str], counts: Any, notes: Any) -> None:
    """What was given up or moved back without any invocation that took it, by who sent it and who was to have
    it. Queues of functions give up in silence: only who reads their dead letters tells."""
    given = Counter(
        (names.get(row["producer"] or "", ""), row["consumer_node"], _said(row["outcome"]))
        for row in told.deliveries
        if row["consumer"] is None and row["state"] is None
    )
    ended = ("dead-lettered", "expired", "discarded", "redriven")
    for row in truth.deliveries:
        if row["invocation"] is None and row["outcome"] in ended:
            what = (row["producer"], row["consumer"], _said(row["outcome"]))
            found = given[what] > 0
            given[what] -= found
            counts["deliveries in vain expected", row["outcome"]] += 1
            counts["deliveries in vain found", row["outcome"]] += found
            if not found:
                notes[f"delivery in vain missed: {row['source']} → {row['consumer']} {row['outcome']}"] += 1
    counts["deliveries in vain", "too many"] += sum(given.values())
    for (_, node, outcome), number in given.items():
        notes[f"delivery in vain too many: {node} {outcome}"] += number


def _judge_tasks(told: Told, truth: Truth, names: Mapping[str, str], counts: Any, notes: Any) -> None:
    """Attempts of tasks and children of distributed maps, by the truth's calls of state machines."""
    given: dict[Pair, list[Row]] = defaultdict(list)
    for row in told.deliveries:
        if row["consumer"] and row["state"] is not None:
            given[names.get(row["producer"], ""), names.get(row["consumer"], "")].append(row)
    nodes = truth.invocations
    for edge in truth.edges:
        caller, callee = nodes.get(edge["caller"]), nodes.get(edge["callee"])
        if edge["kind"] != "call" or caller is None or callee is None or caller["kind"] != _WORKFLOW:
            continue
        group = "provable" if set(edge["evidence"]) - {"configured"} else "not provable"
        counts["tasks expected", group] += 1
        found = given[edge["caller"], edge["callee"]]
        if not found:
            notes[f"task missed ({group}): {caller['node']} → {callee['node']}"] += 1
            continue
        outcome = found.pop()["outcome"]
        counts["tasks found", group] += 1
        counts["tasks outcome right", group] += edge["failed"] == (outcome != "done")
        if edge["failed"] == (outcome == "done"):
            notes[f"task outcome: {caller['node']} → {callee['node']} said {outcome}"] += 1
    for (producer, consumer), rows in given.items():
        if producer and consumer and rows:
            counts["tasks too many", "given"] += len(rows)
            notes[f"task too many: {nodes[producer]['node']} → {nodes[consumer]['node']}"] += len(rows)


def _said(outcome: str) -> str:
    """The word that the view has for it: what nobody will try again is gone."""
    return {"discarded": "expired"}.get(outcome, outcome)


# ---------------------------------------------------------------- the table


def table(scores: Iterable[Score]) -> Iterator[str]:
    by_run: dict[tuple[float, int], Counter[tuple[str, str]]] = {}
    for score in scores:
        by_run.setdefault((score.sampling, -score.together), Counter()).update(score.counts)
    for (sampling, together), counts in sorted(by_run.items(), reverse=True):
        yield f"\n**{sampling:.0%} traced, {-together} together**\n"
        yield from _edges(counts)
        yield ""
        yield from _confidence(counts)
        yield from _deliveries(counts)
        yield from _tasks(counts)
        yield ", ".join(f"{what} {n}" for (of, what), n in sorted(counts.items()) if of == "invocations")


def _edges(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    yield "| evidence | expected | found | recall | given | right | precision |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for kind in sorted({group for what, group in counts if what in ("expected", "given")}):
        expected, found = counts["expected", kind], counts["found", kind]
        given, right = counts["given", kind], counts["right", kind]
        recall, precision = _share(found, expected), _share(right, given)
        yield f"| {kind} | {expected} | {found} | {recall} | {given} | {right} | {precision} |"
    given, right = counts["exact", "given"], counts["exact", "right"]
    yield f"| called exact | | | | {given} | {right} | {_share(right, given)} |"


def _confidence(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    for what in sorted({what for what, _ in counts if what.startswith("confidence")}):
        given, right = counts[what, "given"], counts[what, "right"]
        yield f"{what}: {right} of {given} right ({_share(right, given)})"


def _deliveries(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    for group in ("provable", "not provable"):
        expected, found = counts["deliveries expected", group], counts["deliveries found", group]
        right = ((key, counts[f"deliveries {key} right", group]) for key in ("source", "outcome", "attempt"))
        rest = ", ".join(f"{key} {number}" for key, number in right)
        yield f"deliveries {group}: {found} of {expected} ({_share(found, expected)}), of these right: {rest}"
    beside, many = counts["deliveries beside", "given"], counts["deliveries too many", "given"]
    yield f"deliveries that the truth has as edges only: {beside}; too many: {many}"
    vain = sorted(group for what, group in counts if what == "deliveries in vain expected")
    found = (counts["deliveries in vain found", group] for group in vain)
    expected = (counts["deliveries in vain expected", group] for group in vain)
    told = (f"{group} {n} of {m}" for group, n, m in zip(vain, found, expected, strict=True))
    yield f"taken by nobody: {', '.join(told)}; too many {counts['deliveries in vain', 'too many']}"


def _tasks(counts: Counter[tuple[str, str]]) -> Iterator[str]:
    for group in ("provable", "not provable"):
        expected, found = counts["tasks expected", group], counts["tasks found", group]
        right = counts["tasks outcome right", group]
        share = _share(found, expected)
        yield f"tasks {group}: {found} of {expected} ({share}), of these right: outcome {right}"
    yield f"tasks too many: {counts['tasks too many', 'given']}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "–"


def _heading(score: Score) -> str:
    return f"{score.scenario} seed {score.seed} traced {score.sampling:.0%}, {score.together} together"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("scenario", nargs="*")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--sampling", type=float, action="append")
    parser.add_argument("--together", type=int, action="append")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--show", type=int, default=0, help="say what was wrong or missed, so many lines a run"
    )
    asked = parser.parse_args()
    runs = [
        (name, seed, sampling, together)
        for name in asked.scenario or list_scenarios()
        for seed in range(asked.seeds)
        for sampling in asked.sampling or SAMPLING
        for together in asked.together or (1,)
    ]
    scores = []
    with ProcessPoolExecutor(asked.workers) as pool:
        for score in pool.map(run, *zip(*runs, strict=True)):
            scores.append(score)
            print(_heading(score), file=sys.stderr)
            for note, times in score.notes.most_common(asked.show):
                print(f"    {times} x {note}", file=sys.stderr)
    for line in table(scores):
        print(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
