"""Groups of class Infrequent Access, which can only be queried: the same events as by reading them."""

from pathlib import Path
from typing import Any

import pytest

from forensics.demo.endpoint import Hazard

GROUP = "/aws/lambda/pay"
COLUMNS = ("log_group", "log_stream", "timestamp", "ingestion_time", "message")


@pytest.fixture
def infrequent(account: Any) -> Any:
    account.endpoint.change(infrequent_access=[GROUP])
    return account


def _events(account: Any) -> list[tuple[Any, ...]]:
    return sorted(account.rows("log_event", *COLUMNS))


@pytest.mark.parametrize("page", [10_000, 100])
def test_queries_give_what_reading_gives(
    infrequent: Any, page: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where no query holds a window, and it has to be cut again and again."""
    monkeypatch.setattr("forensics.collect.insights._PAGE", page)
    result = infrequent.pull(insights=True)
    assert result.is_complete
    assert result.scanned_bytes > 0
    infrequent.endpoint.change(infrequent_access=[])
    read = infrequent.with_case(tmp_path / "read")
    read.pull()
    assert _events(infrequent) == _events(read)


def test_what_was_queried_is_not_queried_again(infrequent: Any) -> None:
    infrequent.pull(insights=True)
    again = infrequent.pull(insights=True)
    assert (sum(again.added.values()), again.calls.get("StartQuery", 0), again.scanned_bytes) == (0, 0, 0)


def test_nothing_is_queried_unless_it_is_asked_for(infrequent: Any) -> None:
    result = infrequent.pull()
    assert "StartQuery" not in result.calls
    assert ["pull --insights" in gap.reason for gap in result.gaps if gap.what == GROUP] == [True]


@pytest.mark.parametrize("kind", ["throttled", "truncated", "bare_object", "internal_error", "expired_token"])
def test_queries_in_bad_weather(infrequent: Any, kind: str, tmp_path: Path) -> None:
    infrequent.endpoint.change(
        infrequent_access=[GROUP],
        hazards=[Hazard(kind, f"logs.{name}", rate=0.4) for name in ("StartQuery", "GetQueryResults")],
    )
    infrequent.pull(insights=True, log_groups=(GROUP,), traces=False)
    assert len(_events(infrequent)) == sum(group == GROUP for group, _ in infrequent.expected_events())
