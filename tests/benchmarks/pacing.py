"""How much of its share of a quota `pull` uses, and how many of its calls are throttled, as a Markdown table.

The stand-in endpoint counts with a token bucket of its own and answers after a delay; the rates are what
it counted, from the fourth second until work runs out. The quota is one that Service Quotas tells and the
published figures do not know.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.demo.endpoint import Endpoint, Hazard, Limits, Settings, serve

READ = "logs.FilterLogEvents"
QUOTA = 16.0
SECONDS = 30
PAGE = 100
GROUPS = (160, 8)  # many, and a few long ones
WORKERS = 32
START = datetime(2026, 10, 5, 2, 0, tzinfo=UTC)


@dataclass
class Watch:
    """What the endpoint has counted, every half second while it is watched."""

    endpoint: Endpoint
    marks: list[tuple[float, int, int]] = field(default_factory=list)  # s, pages, throttled calls
    workers: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(0.5):
            state = self.endpoint.state()
            pages, throttled = state["pages"].get(READ, 0), state["throttled"].get(READ, 0)
            self.marks.append((time.monotonic(), pages, throttled))

    def steady(self, tail_s: float) -> tuple[float, float]:
        """Pages a second, and the share of calls that were throttled; without the end, when work runs out."""
        begun = next(m for m in self.marks if m[1])
        last = next(m for m in reversed(self.marks) if m[1] < self.marks[-1][1])
        inner = [m for m in self.marks if begun[0] + 3 <= m[0] <= last[0] - tail_s]
        (at, pages, refused), (end, more, again) = inner[0], inner[-1]
        answered = more - pages
        return answered / (end - at), (again - refused) / max(1, answered + again - refused)


def write_events(folder: Path, pages: int, groups: int) -> None:
    start, step = int(START.timestamp() * 1000), 3_600_000 / (pages * PAGE)
    with open(folder / "logs.ndjson", "w") as sink:
        for number in range(pages * PAGE):
            at = start + int(number * step)
            row = {
                "logGroupName": f"/aws/lambda/shop-{number % groups}",
                "logStreamName": "s",
                "timestamp": at,
            }
            sink.write(json.dumps({**row, "message": f"{number}", "ingestionTime": at + 9}) + "\n")


def measured(share: float, delay_ms: int, groups: int) -> Iterator[Any]:
    """Share used, share throttled, of a pull of about `SECONDS`."""
    slow = Hazard("slow", operation=READ, delay_ms=delay_ms)
    settings = Settings(quotas={READ: QUOTA}, limits=Limits(events=PAGE), hazards=(slow,))
    with tempfile.TemporaryDirectory() as folder:
        pages = int(SECONDS * QUOTA * share)
        write_events(Path(folder), pages, groups)
        with serve(Path(folder), settings) as endpoint:
            os.environ.update(endpoint.environment())
            access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
            window = START, START + timedelta(hours=1)
            request = PullRequest(
                *window, traces=False, groups=("quotas",), access=access, quota_share=share, workers=WORKERS
            )
            with Watch(endpoint) as watch, Case(Path(folder) / "case", writable=True, create=True) as case:
                result = pull(case, request)
    assert result.added["log_event"] == pages * PAGE
    rate, refused = watch.steady(1 + 4 * delay_ms / 1000)
    yield rate / (QUOTA * share)
    yield refused


def main() -> None:
    say = sys.stdout.write
    say(f"A quota of {QUOTA:.0f} calls a second, at most {WORKERS} workers.\n\n")
    say("| log groups | share given | answers take | used of the share | throttled |\n")
    say("|---:|---:|---:|---:|---:|\n")
    for groups in GROUPS:
        for share in (0.5, 1.0):
            for delay_ms in (20, 300, 1_500):
                used, refused = measured(share, delay_ms, groups)
                say(f"| {groups} | {share:.0%} | {delay_ms} ms | {used:.1%} | {refused:.2%} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
