"""The way to look at the endpoint and to change it while it runs: `/_control`, JSON in and out.

GET gives counters and settings. POST takes `settings` (fields replace those in force),
`advance_hours` (its clock goes on; page tokens live 24 h) and `reset_counters`.
"""

from __future__ import annotations

from typing import Any

import msgspec

from forensics.demo.endpoint.app import App
from forensics.demo.endpoint.counters import Counters
from forensics.demo.endpoint.request import Reply, Request
from forensics.demo.endpoint.settings import Settings

__all__ = ["PATH", "control"]

PATH = "/_control"


class _Command(msgspec.Struct, forbid_unknown_fields=True):
    settings: dict[str, Any] = {}
    advance_hours: int = 0
    reset_counters: bool = False


def control(app: App, request: Request) -> Reply:
    if request.method == "POST":
        try:
            _change(app, msgspec.json.decode(request.body, type=_Command))
        except msgspec.DecodeError as error:
            return Reply(400, [msgspec.json.encode({"error": str(error)})])
    return Reply(200, [msgspec.json.encode(_state(app))])


def _change(app: App, command: _Command) -> None:
    if command.settings:
        fields = msgspec.to_builtins(app.world.settings) | command.settings
        app.use(msgspec.convert(fields, Settings))
    if command.reset_counters:
        app.counters = Counters()
    app.world.advanced_hours += command.advance_hours


def _state(app: App) -> dict[str, Any]:
    """`number`: how many requests it has answered, which `until_request` and `gone` refer to."""
    settings = msgspec.to_builtins(app.world.settings)
    return app.counters.report() | {"number": app.number, "hours": app.world.hours, "settings": settings}
