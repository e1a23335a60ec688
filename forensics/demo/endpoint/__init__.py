"""A stand-in for AWS on loopback: real HTTP, AWS's rules, and AWS's bad days on command.

    with serve(folder, Settings(hazards=(Hazard(kind="truncated", rate=0.1),))) as endpoint:
        client = boto3.client("logs", endpoint_url=endpoint.url)
        endpoint.change(hazards=[])
        endpoint.state()["requests"]

Or as a command: `python -m forensics.demo.endpoint FOLDER --port 8123`, to be changed by POST to
`/_control`. Files become an index on disk (`index`), requests go from `connection` through `app`
(who asks for what) to a handler in `services/`, and `hazards` damages what it answers. A new service
is a file there. Logs and traces, metrics, changes, alarms and executions come from files of lines
(`reading`), what the account looks like from `configuration.json` (`configuration`).
"""

from forensics.demo.endpoint.oracle import expected_events, expected_traces
from forensics.demo.endpoint.process import Endpoint, serve
from forensics.demo.endpoint.settings import (
    Hazard,
    HazardKind,
    Late,
    Limits,
    Partial,
    Settings,
    load_settings,
)

__all__ = [
    "Endpoint",
    "Hazard",
    "HazardKind",
    "Late",
    "Limits",
    "Partial",
    "Settings",
    "expected_events",
    "expected_traces",
    "load_settings",
    "serve",
]
