"""How fast the HTML report opens, in a real Chromium, at sizes that grow.

    python tests/benchmarks/opening.py [--size 100x100 --size 10000x10000] [--runs 5]

A size is failures x spans of the longest chain. Each is a case of its own: failing requests of three
services, and a batch that fails after as many spans; imported, analysed, masked and written as users do. The
file is opened from disk in a browser context of its own each time, and the median counts: first paint and
first contentful paint as the browser reports them; ready: the first screen is drawn, answers keys, and two
frames later nothing waits; waterfall: from the click on the long chain to its rows. Milliseconds of the wall
clock: machines differ and are noisy, compare ratios. The budget is one second to first paint.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIZES = ("100x100", "1000x1000", "10000x10000")
_HEAD = (
    "| failures | spans in one chain | file, MB | writing it, s | first paint, ms | first content, ms "
    "| ready, ms | waterfall, ms |"
)
_START = 1_602_537_377.0
# Noted as soon as it is so, and two frames later.
_WATCH = """
    const note = () => document.documentElement?.dataset.ready && requestAnimationFrame(() =>
        requestAnimationFrame(() => { window.readyAt ??= performance.now() }));
    new MutationObserver(note).observe(document, { attributes: true, subtree: true, childList: true });
"""
_PAINTED = "() => window.readyAt && performance.getEntriesByName('first-contentful-paint').length"
_PAINTS = "() => Object.fromEntries(performance.getEntriesByType('paint').map(e => [e.name, e.startTime]))"
_CLICK = """id => new Promise(done => {
    const begun = performance.now();
    location.hash = `chain/${id}`;
    const wait = () => document.querySelector('#screen-chain .row')
        ? requestAnimationFrame(() => done(performance.now() - begun)) : requestAnimationFrame(wait);
    wait();
})"""


def segments(failures: int, spans: int) -> Iterator[dict[str, Any]]:
    """Failing requests a second apart, of twenty kinds; then one batch of many calls, whose last fails."""
    for n in range(failures - 1):
        yield from _request(n)
    yield _batch(failures, spans)


def _request(n: int) -> Iterator[dict[str, Any]]:
    trace, at = f"1-5f84c7a1-{n:024x}", _START + n
    cause = {
        "exceptions": [{"id": f"{n:016x}", "type": f"Broken{n % 20}", "message": f"order {n} has no price"}]
    }
    for depth, name in enumerate(("shop", "orders", "prices")):
        call = {"id": f"c{depth}{n:014x}", "name": "next", "namespace": "remote", "fault": True}
        times = {"start_time": at + depth / 100, "end_time": at + 0.5 - depth / 100}
        yield {
            "trace_id": trace, "id": f"a{depth}{n:014x}", "name": name, "origin": "AWS::ECS::Container",
            "fault": True, "http": {"response": {"status": 500}}, **times,
            **({"parent_id": f"c{depth - 1}{n:014x}"} if depth else {}),
            **({"subsegments": [call | times]} if depth < 2 else {"cause": cause}),
        }  # fmt: skip


def _batch(failures: int, spans: int) -> dict[str, Any]:
    at = _START + failures
    calls = [
        {
            "id": f"e{n:015x}", "name": f"table-{n % 7}", "namespace": "aws", "start_time": at + n / 1000,
            "end_time": at + n / 1000 + 0.0009, "aws": {"operation": "PutItem"}, "fault": n == spans - 2,
        }
        for n in range(spans - 1)
    ]  # fmt: skip
    return {
        "trace_id": f"1-5f84c7a1-{'f' * 24}", "id": "f" * 16, "name": "nightly",
        "origin": "AWS::ECS::Container", "start_time": at, "end_time": at + spans / 1000, "fault": True,
        "subsegments": calls,
        "cause": {"exceptions": [{"id": "1" * 16, "type": "BatchFailed", "message": "the last call failed"}]},
    }  # fmt: skip


def written(folder: Path, failures: int, spans: int) -> tuple[Path, str, float]:
    """The report, the failure of its longest chain, and the seconds that it took from a case analysed."""
    from forensics.api import Case, import_into
    from forensics.report.html import render_html
    from forensics.report.mask import masked

    source, file = folder / "segments.jsonl", folder / "report.html"
    source.write_text("".join(json.dumps(segment) + "\n" for segment in segments(failures, spans)))
    import_into(folder / "case", [source])
    with Case(folder / "case") as case:
        begun = time.perf_counter()
        page = masked(case.page(case.report()))
        file.write_text(render_html(page, case=" --case case"), "utf-8")
        took = time.perf_counter() - begun
    longest = max(page.stories, key=lambda story: len(story.rows))
    if len(longest.rows) < spans or page.document.coverage.failures != failures:
        sys.exit(f"not the case that was asked for: {page.document.coverage}, {len(longest.rows)} rows")
    return file, longest.failure or longest.chain, took


def opened(browser: Any, file: Path, longest: str) -> tuple[float, float, float, float]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(_WATCH)
    page.goto(file.as_uri())
    page.wait_for_function(_PAINTED)
    paints = page.evaluate(_PAINTS)
    ready, waterfall = page.evaluate("window.readyAt"), page.evaluate(_CLICK, longest)
    context.close()
    return paints["first-paint"], paints["first-contentful-paint"], ready, waterfall


def row(browser: Any, folder: Path, size: str, runs: int) -> str:
    failures, spans = map(int, size.split("x"))
    file, longest, took = written(folder, failures, spans)
    figures = zip(*(opened(browser, file, longest) for _ in range(runs)), strict=True)
    shown = " | ".join(f"{statistics.median(figure):,.0f}" for figure in figures)
    return f"| {failures:,} | {spans:,} | {file.stat().st_size / 1e6:.1f} | {took:.1f} | {shown} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--size", action="append", help="failures x spans of the longest chain; may be repeated"
    )
    parser.add_argument("--runs", type=int, default=5)
    asked = parser.parse_args()
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        print("No Chromium here, so nothing is opened: make browser")
        return
    from playwright.sync_api import sync_playwright

    print(_HEAD + "\n" + "|---:" * (_HEAD.count("|") - 1) + "|")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        for size in asked.size or SIZES:
            with tempfile.TemporaryDirectory(prefix="opening-") as folder:
                print(row(browser, Path(folder), size, asked.runs), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
