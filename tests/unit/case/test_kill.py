"""kill -9 at a random moment of an import: nothing lost, nothing doubled, and it goes on."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time

from forensics.case import Case

IMPORT = """
import sys
from pathlib import Path
from forensics.case import Case
from forensics.case import writer
from forensics.importers import import_paths
writer._PART_ROWS = 40  # many commits
print("ready", flush=True)
with Case(Path(sys.argv[1]), writable=True, create=True) as case:
    import_paths(case, [Path(sys.argv[2])])
    case.seal("import")
print("done", flush=True)
"""
FILES, EVENTS, KILLS = 150, 10, 20


def test_kill_loses_and_doubles_nothing(tmp_path, event_ids) -> None:
    source, path = tmp_path / "logs", tmp_path / "case"
    source.mkdir()
    for number in range(FILES):
        events = [_event(number * EVENTS + n) for n in range(EVENTS)]
        (source / f"{number:03d}.json").write_text(json.dumps({"events": events, "logGroupName": "g"}))
    chance = random.Random(7)
    committed: set[str] = set()
    killed = 0
    for _ in range(KILLS):
        killed += _run(path, source, chance.uniform(0, 0.25))
        if not (path / "case.json").exists():
            continue  # killed before there was a case
        now = event_ids(path)
        assert len(now) == len(set(now))
        assert committed <= set(now)
        committed = set(now)
        if len(now) == FILES * EVENTS:  # once more from the start
            shutil.rmtree(path)
            committed = set()
    assert killed > KILLS / 2
    assert _run(path, source, None) == 0
    assert event_ids(path) == sorted(f"{n:06d}" for n in range(FILES * EVENTS))
    with Case(path, writable=True) as case:
        case.check(thorough=True)
        assert len(case.ledger.units("import")) == FILES


def _event(number: int) -> dict[str, object]:
    return {"timestamp": 1_700_000_000_000 + number, "message": f"m{number}", "eventId": f"{number:06d}"}


def _run(path, source, seconds: float | None) -> int:
    """1 where the import was killed, 0 where it was done before."""
    command = [sys.executable, "-c", IMPORT, str(path), str(source)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        if seconds is not None:
            time.sleep(seconds)
            child.send_signal(signal.SIGKILL)
        done = child.stdout.read() == b"done\n"
    assert done or seconds is not None
    return 0 if done else 1
