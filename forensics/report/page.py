"""What the HTML report holds beside the document: chains told whole, healthy ones beside them, records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pyarrow as pa

from forensics.chains import Chosen, stories_of
from forensics.lake import Lake
from forensics.model import (
    Document,
    Failure,
    Issue,
    Locator,
    Node,
    Page,
    Pair,
    PairStep,
    Record,
    Side,
    Story,
    StoryRow,
    Windows,
)
from forensics.report.console import console_link
from forensics.report.next import command_of, query_of

__all__ = ["gather_page"]

# The most telling chains: of every issue one, of the first ones more.
_ISSUES = 40
_MORE = 5
_EACH = 3
_PAIRS = 12
_NEAREST = 300
_PICKED = pa.schema([("chain", pa.string()), ("issue", pa.string())])

# What there is to look at where nothing failed.
_SLOWEST = "select chain from chains.chain order by duration_ms desc nulls last, chain limit $most"
# Of the healthy chains that entered at the same node around the same time the one that went furthest along
# the same way, then the nearest.
_TWINS = """
    with bad as (
        select p.chain, p.issue, c.entry_node, c.entry_kind, c.started_at
        from picked as p join chains.chain as c using (chain)
    ),
    way as (
        select distinct b.chain, i.node from bad as b
        join chains.member as m on m.chain = b.chain join lake.invocation as i using (invocation)
    ),
    near as (
        select b.chain, b.issue, g.chain as twin,
            abs(epoch_us(g.started_at) - epoch_us(b.started_at)) as distance
        from bad as b
        join chains.chain as g
            on g.entry_node = b.entry_node and g.entry_kind = b.entry_kind and g.status = 'ok'
        qualify row_number() over (partition by b.chain order by distance, g.chain) <= $nearest
    ),
    common as (
        select n.chain, n.issue, n.twin, n.distance, count(distinct w.node) as shared
        from near as n
        join chains.member as m on m.chain = n.twin
        join lake.invocation as i using (invocation)
        left join way as w on w.chain = n.chain and w.node = i.node
        group by n.chain, n.issue, n.twin, n.distance
    )
    select issue, chain, twin from common
    qualify row_number() over (partition by chain order by shared desc, distance, twin) = 1
    order by issue, chain
"""


def gather_page(lake: Lake, document: Document, windows: tuple[Windows, ...]) -> Page:
    """Everything that is shown: where nothing failed, the slowest chains. The document keeps the failures
    that its issues name, and as many of the others as it had."""
    examples = {failure.id: failure for failure in document.failures}
    chosen = list(_chosen(document.issues, examples))
    twins = _twins(lake, chosen[:_PAIRS])
    healthy = [Chosen(twin, None, None) for twin in dict.fromkeys(twins.values())]
    if not document.issues:
        healthy = [Chosen(row["chain"], None, None) for row in lake.rows(_SLOWEST, {"most": _EACH})]
    stories = stories_of(lake, [*chosen, *healthy])
    told = [c.failure for c in chosen if c.failure]
    ids = {failure.id for failure in told}
    failures = (*told, *(failure for failure in document.failures if failure.id not in ids))
    region = document.case.regions[0] if len(document.case.regions) == 1 else None
    return Page(
        document=replace(document, failures=failures),
        stories=stories,
        pairs=tuple(_pairs(stories, twins)),
        windows=windows,
        records=_records(_locators(document, told, stories), region),
    )


def _chosen(issues: tuple[Issue, ...], examples: dict[str, Failure]) -> Iterator[Chosen]:
    """First one chain of every issue in order of rank, then more of the first."""
    seen: set[str] = set()
    for turn in range(_EACH):
        for issue in issues[: _ISSUES if turn == 0 else _MORE]:
            example = examples.get(issue.examples[turn]) if turn < len(issue.examples) else None
            if example is not None and example.chain_id not in seen:
                seen.add(example.chain_id)
                yield Chosen(example.chain_id, example, issue.id)


def _twins(lake: Lake, chosen: list[Chosen]) -> dict[str, str]:
    """The healthy chain beside each failing one, where there is one."""
    picked = pa.table({"chain": [c.chain for c in chosen], "issue": [c.issue for c in chosen]}, _PICKED)
    with lake.given("picked", picked):
        return {row["chain"]: row["twin"] for row in lake.rows(_TWINS, {"nearest": _NEAREST})}


def _pairs(stories: tuple[Story, ...], twins: dict[str, str]) -> Iterator[Pair]:
    by_chain = {story.chain: story for story in reversed(stories)}
    for story in stories:
        twin = by_chain.get(twins.get(story.chain, ""))
        if story.failure is not None and twin is not None:
            yield Pair(story.issue or "", story.chain, twin.chain, tuple(_steps(story, twin)))


def _steps(failing: Story, healthy: Story) -> Iterator[PairStep]:
    """Nodes in the order in which the failing chain meets them, then those that only the healthy one has."""
    sides = [_by_node(story.rows) for story in (failing, healthy)]
    for node in dict.fromkeys([*sides[0], *sides[1]]):
        bad, good = (side.get(node, []) for side in sides)
        role = next((row.role for row in bad if row.role), None)
        yield PairStep(node, role, _side(bad), _side(good))


def _by_node(rows: tuple[StoryRow, ...]) -> dict[Node, list[StoryRow]]:
    found: dict[Node, list[StoryRow]] = {}
    for row in rows:
        if row.is_head:
            found.setdefault(row.node, []).append(row)
    return found


def _side(rows: list[StoryRow]) -> Side | None:
    if not rows:
        return None
    took = [row.duration_us for row in rows if row.duration_us is not None]
    failed = sum(row.status == "failed" for row in rows)
    return Side(len(rows), failed, max(took) / 1000 if took else None)


def _locators(document: Document, told: list[Failure], stories: tuple[Story, ...]) -> Iterator[Locator]:
    for failure in told:
        yield from (claim.locator for claim in failure.evidence)
    for story in stories:
        yield from (line.locator for line in story.lines)
    for entry in document.timeline:
        if entry.locator is not None:
            yield entry.locator


def _records(locators: Iterable[Locator], region: str | None) -> tuple[Record, ...]:
    """How each record is opened, once."""
    return tuple(
        Record(locator, command_of(locator), query_of(locator), console_link(locator, region))
        for locator in dict.fromkeys(locators)
    )
