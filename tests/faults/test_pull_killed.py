"""kill -9 at random moments of `pull`: nothing lost, nothing doubled, little fetched again."""

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from forensics.demo.endpoint import Hazard

KILLS = 1_000 if "FORENSICS_RELIABILITY" in os.environ else 100
WORKERS = 4
# A window is shared with workers that stand idle, and each piece has a last page of its own: by the clock,
# pulls of the same account ask some times more or less (73 to 76 in 60 of them).
SPLITS = 2 * WORKERS

# One process that has imported everything, and a child of it for every pull: a kill takes what a
# fork takes, not what an import takes.
NURSERY = """
import os, sys
from datetime import datetime
from pathlib import Path
from forensics.case import Case
from forensics.collect import Access, PullRequest, pull

url, start, end = sys.argv[1:]
for line in sys.stdin:
    child = os.fork()
    if not child:
        window = datetime.fromisoformat(start), datetime.fromisoformat(end)
        access = Access(regions=("eu-west-1",), endpoint_url=url)
        request = PullRequest(*window, access=access, quota_share=1000.0, workers=4)
        with Case(Path(line.strip()), writable=True, create=True) as case:
            pull(case, request)
        os._exit(0)
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_kill_9_at_any_moment(account: Any, record_property: Callable[[str, object], None]) -> None:
    dice = random.Random(3)
    account.pull()
    whole = _calls(account)
    request = account.request()
    window = [request.starts_at.isoformat(), request.ends_at.isoformat()]
    command = [sys.executable, "-c", NURSERY, account.endpoint.url, *window]
    kills = cases = repeated = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as nursery:
        while kills < KILLS:
            case = account.case.with_name(f"case-{cases}")
            account.endpoint.reset_counters()
            account.endpoint.change(hazards=[Hazard("slow", delay_ms=2)])
            died = _kill_until_done(nursery, case, dice)
            kills, cases = kills + died, cases + 1
            again = _calls(account) - whole
            # A unit is at most 32 pages, and every run lists and identifies itself.
            allowed = SPLITS + died * (WORKERS * 32 + 4)
            assert again <= allowed, f"{again} calls again after {died} kills"
            account.with_case(case).assert_whole()
            repeated += max(0, again)
    record_property(
        "seen",
        f"{kills:,} kills over {cases} cases: 0 events lost, 0 doubled, 0 bad hashes; "
        f"{repeated / kills:.1f} calls asked again a kill",
    )


def _kill_until_done(nursery: subprocess.Popen[str], case: Any, dice: random.Random) -> int:
    assert nursery.stdin
    assert nursery.stdout
    for kills in range(1_000):
        nursery.stdin.write(f"{case}\n")
        nursery.stdin.flush()
        child = int(nursery.stdout.readline())
        time.sleep(dice.uniform(0.05, 0.4 + kills / 20))
        with suppress(ProcessLookupError):  # it got through
            os.kill(child, signal.SIGKILL)
        if int(nursery.stdout.readline()) == 0:
            return kills
    raise AssertionError("it never gets through")


def _calls(account: Any) -> int:
    return sum(account.endpoint.state()["requests"].values())
