import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from forensics.cli import main

TRACE = "1-5f84c7a1-0123456789abcdef01234567"


def segment(**more: object) -> dict[str, object]:
    """A failed request of a container service, in one segment."""
    return {
        "id": "a1b2c3d4e5f60718",
        "trace_id": TRACE,
        "name": "orders",
        "origin": "AWS::ECS::Container",
        "start_time": 1602537377.0,
        "end_time": 1602537377.25,
        "fault": True,
        "http": {"response": {"status": 500}},
        **more,
    }


def log_event(message: str, **more: object) -> dict[str, object]:
    return {
        "logGroupName": "/ecs/orders",
        "logStreamName": "ecs/orders/0123456789abcdef0123456789abcdef",
        "timestamp": 1602537377100,
        "ingestionTime": 1602537377400,
        "eventId": "35",
        "message": message,
        **more,
    }


@pytest.fixture(scope="session")
def analysed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with telemetry, and an analysed case of it: one failed trace and one log line."""
    folder = tmp_path_factory.mktemp("cli")
    source = folder / "telemetry"
    source.mkdir()
    (source / "trace.json").write_text(json.dumps(segment()))
    ids = f"trace_id={TRACE[2:10]}{TRACE[11:]} span_id=a1b2c3d4e5f60718"
    line = f"ERROR {ids} java.lang.IllegalStateException: no stock"
    (source / "log.json").write_text(json.dumps(log_event(line)))
    assert main(["import", str(source), "--case", str(folder / "case"), "--quiet"]) == 0
    assert main(["analyse", "--case", str(folder / "case"), "--quiet"]) == 0
    return folder


@pytest.fixture
def case(analysed: Path, tmp_path: Path) -> Path:
    """A copy of the analysed case that a test may change; the telemetry lies beside it."""
    shutil.copytree(analysed, tmp_path, dirs_exist_ok=True)
    return tmp_path / "case"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Run a command line: exit code, stdout, stderr."""

    def one(*arguments: object) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return one


@pytest.fixture
def records() -> dict[str, Callable[..., dict[str, object]]]:
    return {"segment": segment, "log_event": log_event}
