"""Every region of every account that is asked for, and who lets us in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

from forensics.collect.aws import Api, Refused
from forensics.collect.logs import account_in
from forensics.collect.outcome import place
from forensics.collect.pacing import Pacer
from forensics.collect.plan.tasks import Plan
from forensics.collect.request import PullRequest
from forensics.collect.session import Session
from forensics.collect.windows import Window, iso, to_ms
from forensics.errors import CredentialsError, TemporaryError, UsageError
from forensics.model import Gap

__all__ = ["identify", "open_regions"]


def open_regions(
    request: PullRequest, session: Session, pacer: Pacer, stop: threading.Event, plan: Plan
) -> Iterator[Api]:
    """Each region that lets this account in, noted in the plan. Raises what `make_plan` raises."""
    for own, region in _places(request, session, plan):
        api = _identify(request, own, region, pacer, stop, plan)
        if api is None:
            continue
        _check_window(request, api)
        plan.read_until = plan.read_until or session.meter.now()
        plan.regions.add(region)
        if api.account:
            plan.accounts.add(api.account)
        yield api


def _places(request: PullRequest, session: Session, plan: Plan) -> Iterator[tuple[Session, str]]:
    """Every region of every account. One of several roles that cannot be assumed is a gap."""
    window = Window(to_ms(request.starts_at), to_ms(request.ends_at))
    for role in request.access.role_arns or ("",):
        try:
            own = session.assuming(role) if role else session
        except CredentialsError as error:
            if len(request.access.role_arns) < 2:
                raise
            account, reason = account_in(role) or role, f"{error} {place(account_in(role), '')}"
            plan.gaps.append(
                Gap("account", account, iso(window.start), iso(window.end), reason, closable=True)
            )
            continue
        yield from ((own, region) for region in own.regions())


def _identify(
    request: PullRequest, session: Session, region: str, pacer: Pacer, stop: threading.Event, plan: Plan
) -> Api | None:
    """The Api of a region; None, and a gap, where one of all regions does not let this account in.

    Most regions are enabled by default, but not all, and one that is not refuses good credentials.
    """
    try:
        return identify(session, region, pacer, stop)
    except (CredentialsError, TemporaryError) as error:
        if not request.access.all_regions or region == session.regions()[0]:
            raise
        reason = f"{error} (is the region enabled for this account?) {place(None, region)}"
        window = Window(to_ms(request.starts_at), to_ms(request.ends_at))
        plan.gaps.append(Gap("region", region, iso(window.start), iso(window.end), reason, closable=False))
        return None


def _check_window(request: PullRequest, api: Api) -> None:
    """Raises UsageError where all of the window is still to come, by AWS's clock."""
    now = api.now_ms()
    if to_ms(request.starts_at) > now:
        text = f"the window begins at {iso(to_ms(request.starts_at))}, and AWS's clock says {iso(now)}"
        raise UsageError(f"{text}: nothing of it is past", "forensics pull --since 2h")


def identify(session: Session, region: str, pacer: Pacer, stop: threading.Event) -> Api:
    """The Api of a region with the account that STS names, else the one in a log group's ARN.

    Raises CredentialsError where AWS refuses the credentials, TemporaryError where it answers, but
    not this: the account is a part of every record's identity, and must not differ between runs.
    """
    api = Api(session, region, None, pacer, stop)
    try:
        account = str(api.call("GetCallerIdentity")["Account"])
    except (Refused, KeyError):
        account = None
    except TemporaryError:
        if session.meter.clock_offset_s is not None:
            raise
        account = None  # a network that reaches logs and X-Ray, but not STS
    return replace(api, account=account or _account_of_a_group(api))


def _account_of_a_group(api: Api) -> str | None:
    try:
        arns = [str(group.get("arn", "")) for group in api.call("DescribeLogGroups", limit=1)["logGroups"]]
    except Refused:
        return None
    return next((account for arn in arns if (account := account_in(arn))), None)
