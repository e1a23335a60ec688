"""Fixtures that every folder of tests shares."""

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from .hostile import write_hostile

ROOT = Path(__file__).resolve().parents[1]

# A deadline would measure the machine, not the code; in CI the same examples every time.
settings.register_profile("forensics", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("forensics")

# The key by which values are hashed is the user's: tests neither use nor make it.
os.environ.setdefault(
    "FORENSICS_KEY", str(Path(tempfile.gettempdir()) / f"forensics-tests-{os.getuid()}" / "key")
)


@pytest.fixture(scope="session")
def real() -> Path:
    """The folder of recordings of real systems, which is no part of the repository."""
    folder = Path(os.environ.get("FORENSICS_REAL") or ROOT.parent / "shared" / "real")
    if not folder.is_dir():
        pytest.skip(f"real recordings are not at {folder}: set FORENSICS_REAL to their folder")
    return folder


@pytest.fixture(scope="session")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of telemetry in which every field that a stranger may fill holds what does harm."""
    return write_hostile(tmp_path_factory.mktemp("hostile"))
