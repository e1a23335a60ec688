"""What was expected against what was given: pairs of failures, and what each pair is.

A verdict is `right` where origin and category are those of the truth, `right unknown` where the
truth says that the records do not tell and so does the verdict. `not visible`: nothing was given,
and the records show nothing.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, NamedTuple

Row = dict[str, Any]

GOOD = ("right", "right unknown", "not visible")


class Pair(NamedTuple):
    verdict: str
    expected: Row | None
    given: Row | None


def judge(expected: list[Row], given: list[Row]) -> tuple[Counter[str], list[Pair]]:
    counts: Counter[str] = Counter(expected=len(expected), given=len(given))
    left = [(_ids_given(row), row) for row in given]
    by_id: dict[str, list[int]] = {}
    for n, (ids, _) in enumerate(left):
        for known in ids:
            by_id.setdefault(known, []).append(n)
    taken: set[int] = set()
    pairs = [_pair(row, left, by_id, taken) for row in expected]
    pairs += [Pair("too many", None, row) for n, (_, row) in enumerate(left) if n not in taken]
    for pair in pairs:
        counts[pair.verdict] += 1
        counts["blamed"] += _is_blamed(pair)
    counts["issues shared"] = _shared(pairs)
    return counts, pairs


def _pair(row: Row, left: list[tuple[set[str], Row]], by_id: dict[str, list[int]], taken: set[int]) -> Pair:
    found = {n for known in _ids_expected(row) for n in by_id.get(known, ()) if n not in taken}
    candidates = sorted(
        found, key=lambda n: (not _is_right(row, left[n][1]), not _is_shown(row, left[n][1]), n)
    )
    undecidable = row["decidable"] != "origin"
    if not candidates:
        return Pair("not visible" if undecidable else "missed", row, None)
    taken.add(candidates[0])
    given = left[candidates[0]][1]
    if _is_right(row, given):
        return Pair("right", row, given)
    if given["root_cause"]["category"] == "unknown":
        return Pair("right unknown" if undecidable else "unknown", row, given)
    return Pair(f"wrong, {given['root_cause']['band']}", row, given)


def _is_right(row: Row, given: Row) -> bool:
    cause, origin = given["root_cause"], row["origin"]
    return bool(origin and cause["node"]["name"] == origin["name"] and cause["category"] == row["category"])


def _is_shown(row: Row, given: Row) -> bool:
    return bool(given["symptom"]["node"]["name"] == row["symptom"]["name"])


def _is_blamed(pair: Pair) -> bool:
    """Somebody innocent is named as the origin (unknown accuses nobody)."""
    if pair.expected is None or pair.given is None:
        return False
    cause = pair.given["root_cause"]
    return cause["category"] != "unknown" and cause["node"]["name"] in pair.expected["must_not_blame"]


def _shared(pairs: list[Pair]) -> int:
    """Issues that hold failures of more than one fault, both seen as what they are."""
    faults: dict[str, set[str]] = {}
    for pair in pairs:
        if pair.verdict == "right" and pair.expected and pair.given:
            faults.setdefault(pair.given["issue"], set()).add(pair.expected["fault"] or "")
    return sum(len(of) > 1 for of in faults.values())


def _ids_expected(row: Row) -> set[str]:
    if "onset" in row:  # of what was slow, or did not run, there is one row, whoever met it
        return {row["origin"]["name"]}
    traces = {id[2:].replace("-", "") for id in (row["trace_id"], *row["trace_ids"])}
    executions = {arn.rsplit(":", 1)[-1] for arn in row.get("execution_arns", ())}
    return traces | executions | set(row["request_ids"])


def _ids_given(row: Row) -> set[str]:
    if row["symptom"]["kind"] in ("slow", "silent"):
        return {row["root_cause"]["node"]["name"]}
    named = [row["chain_id"], row["trace_id"] or ""]
    named += [step["invocation"] or "" for step in row["chain"]]
    named += [row["symptom"]["invocation"] or "", row["root_cause"]["invocation"] or ""]
    return {part for text in named for part in text.replace("#", ":").split(":") if len(part) > 8}
