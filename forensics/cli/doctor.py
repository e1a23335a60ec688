"""`forensics doctor`: would `pull` work?"""

from __future__ import annotations

from pathlib import Path

import typer

from forensics.cli.access import (
    AskOption,
    EndpointOption,
    ExportOption,
    GroupOption,
    InventoryOption,
    ProfileOption,
    RegionOption,
    RoleOption,
    TracesOption,
)
from forensics.cli.console import write
from forensics.cli.options import CaseOption, VerboseOption
from forensics.report.safe import safe

__all__ = ["register"]

_MARKS = {"ok": "✓", "warning": "!", "failed": "✗"}
_CREDENTIALS = 4


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    case: CaseOption = Path("case"),
    log_group: GroupOption = None,
    traces: TracesOption = True,
    group: AskOption = None,
    inventory: InventoryOption = True,
    region: RegionOption = None,
    profile: ProfileOption = None,
    role_arn: RoleOption = None,
    endpoint_url: EndpointOption = None,
    export_to: ExportOption = None,
    verbose: VerboseOption = False,
) -> int:
    """Try credentials and every permission with the cheapest call; clock, disk, trace store.

    Exit code 4 where something that pull needs is refused.
    """
    from forensics.api.pull import check
    from forensics.cli.asked import request_of

    request = request_of(
        since="1h", until=None, log_groups=log_group, traces=traces, quota_share=0.5, regions=region,
        groups=group, inventory=inventory,
        profile=profile, role_arns=role_arn, endpoint_url=endpoint_url, export_to=export_to,
    )  # fmt: skip
    rows = check(request, case)
    lines = []
    for row in rows:
        lines.append(f"{_MARKS[row.state]} {safe(row.name)}: {safe(row.detail)}\n")
        if row.hint:
            lines.append(f"    hint: {safe(row.hint)}\n")
    write(lines, None)
    return _CREDENTIALS if any(row.state == "failed" for row in rows) else 0
