"""Exports: what AWS says of a task, and what is made of it."""

from __future__ import annotations

from typing import Any

import pytest

from forensics.collect.aws import Refused
from forensics.collect.exports import ExportSource
from forensics.collect.logs import LogGroup


class _Api:
    """Answers with these tasks, one answer a look."""

    account, region = "111122223333", "eu-west-1"

    def __init__(self, *answers: list[dict[str, Any]]) -> None:
        self.answers, self.looks = list(answers), 0

    def pages(self, *_: object) -> list[dict[str, Any]]:
        self.looks += 1
        return [{"exportTasks": self.answers[min(self.looks, len(self.answers)) - 1]}]

    def pause(self, tries: int) -> None:
        assert tries < 100


def _wait(api: _Api) -> None:
    ExportSource(api, LogGroup("/ecs/shop", None, "STANDARD"), "evidence")._wait_for("t")  # type: ignore[arg-type]


def _task(code: str) -> list[dict[str, Any]]:
    return [{"taskId": "t", "status": {"code": code, "message": "why"}}]


def test_a_task_is_waited_for_also_before_it_is_listed() -> None:
    api = _Api([], _task("PENDING"), _task("RUNNING"), _task("COMPLETED"))
    _wait(api)
    assert api.looks == 4


@pytest.mark.parametrize("code", ["FAILED", "CANCELLED", "PENDING_CANCEL"])
def test_a_task_that_ends_otherwise_is_a_gap_with_its_reason(code: str) -> None:
    with pytest.raises(Refused, match="why"):
        _wait(_Api(_task(code)))


def test_a_task_that_is_never_listed_is_not_waited_for_without_an_end() -> None:
    with pytest.raises(Refused, match="not listed"):
        _wait(_Api([]))
