"""A disk that fills up or fails at any write: exit 1 with what was saved, and the next run goes on."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forensics.case import Case
from forensics.errors import ForensicsError

WHOLE = "FORENSICS_RELIABILITY" in os.environ
# One call to fsync in so many fails; disks of these sizes fill up.
EVERY = 1 if WHOLE else 37
SIZES_KB = range(96, 1_600, 64) if WHOLE else (480,)

# On a small disk of its own: pull, check what is there, make the disk larger, pull again, copy it out.
SMALL = """
import shutil, subprocess, sys
from datetime import datetime
from pathlib import Path
from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.errors import ForensicsError

url, start, end, disk, out = sys.argv[1:]
window = datetime.fromisoformat(start), datetime.fromisoformat(end)
request = PullRequest(
    *window, access=Access(regions=("eu-west-1",), endpoint_url=url), quota_share=1000.0, workers=4)
where = Path(disk) / "case"

def once():
    with Case(where, writable=True, create=True) as case:
        pull(case, request)

try:
    once()
    print("fitted")
except ForensicsError as error:
    print(error.exit_code, error)
if (where / "case.json").exists():
    with Case(where) as case:
        case.check(thorough=True)
subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
once()
shutil.copytree(where, out)
"""


def test_an_fsync_that_fails(
    account: Any, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    failed, place = 0, 1
    while _pulled_with_failing_fsync(account.with_case(account.case / str(place)), place, monkeypatch):
        failed, place = failed + 1, place + EVERY
    assert failed
    record_property(
        "seen", f"{failed} of {place - 1} calls to fsync failed: each case whole after the next run"
    )


def _pulled_with_failing_fsync(account: Any, place: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether there was such a call; the case must be whole after another pull."""
    calls, fsync = iter(range(1, place + 1)), os.fsync

    def refuse(handle: int) -> None:
        if next(calls, None) == place:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        try:
            account.pull()
        except ForensicsError as error:
            code = error.exit_code
        else:
            return False
    assert code == 1
    if (account.case / "case.json").exists():
        with Case(account.case) as case:
            case.check(thorough=True)
    account.pull()
    account.assert_whole()
    shutil.rmtree(account.case)
    return True


@pytest.mark.parametrize("size_kb", SIZES_KB)
def test_a_disk_that_is_too_small(account: Any, size_kb: int, tmp_path: Path) -> None:
    disk, request = tmp_path / "disk", account.request()
    disk.mkdir()
    if not _may_mount(disk):
        pytest.skip("no disk of its own can be mounted here")
    script = f'mount -t tmpfs -o size={size_kb}k none "$1" && shift && exec "$@"'
    given = [account.endpoint.url, request.starts_at.isoformat(), request.ends_at.isoformat(), str(disk)]
    command = [sys.executable, "-c", SMALL, *given, str(account.case)]
    ran = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script, "sh", str(disk), *command],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(("1 ", "fitted")), ran.stdout
    account.assert_whole()


def _may_mount(disk: Path) -> bool:
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "none", str(disk)]
    return bool(shutil.which("unshare")) and not subprocess.run(command, capture_output=True).returncode
