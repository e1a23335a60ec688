"""What `doctor` says: credentials, each permission, the trace store, the clock, the disk.

Every permission is tried with the cheapest call that needs it: one record, one second, no ids.
"""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from forensics.collect.actions import action_of
from forensics.collect.aws import Api, Refused
from forensics.collect.exports import split_destination
from forensics.collect.pacing import Pacer, start_rate
from forensics.collect.permitted import actions_by_state, tried_actions
from forensics.collect.plan import identify
from forensics.collect.quotas import applied_quotas
from forensics.collect.request import PullRequest
from forensics.collect.session import Access, Session
from forensics.errors import CredentialsError, ForensicsError, TemporaryError

__all__ = ["Check", "check_access"]

_SKEW_S = 300.0  # Signature Version 4 allows five minutes
_LEAST_BYTES = 1_000_000_000
_NO_TRACE = "1-00000000-000000000000000000000000"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of `doctor`: `state` is ok, warning or failed; `hint` what to do about it."""

    name: str
    state: str
    detail: str
    hint: str = ""


def check_access(request: PullRequest, folder: Path) -> tuple[Check, ...]:
    """Try all that `pull` with this request would need, and the disk below `folder`.

    Raises nothing that AWS or the network can cause: what fails is a row.
    """
    return (*_check_aws(request), _disk(folder))


def _check_aws(request: PullRequest) -> Iterator[Check]:
    for role in request.access.role_arns or ("",):
        try:
            session = Session(request.access)
            session = session.assuming(role) if role else session
            regions = session.regions()
        except ForensicsError as error:
            yield Check("credentials", "failed", str(error), error.hint)
        else:
            yield from _check_regions(request, session, regions)


def _check_regions(request: PullRequest, session: Session, regions: tuple[str, ...]) -> Iterator[Check]:
    pacer, stop = Pacer(request.quota_share), threading.Event()
    for region in regions:
        try:
            api = identify(session, region, pacer, stop)
        except ForensicsError as error:
            if request.access.all_regions and region != regions[0]:
                yield Check(f"credentials {region}", "warning", f"{error} (is the region enabled?)")
                continue
            yield Check("credentials", "failed", str(error), error.hint)
            return
        yield from _check_region(request, replace(api, patience_s=5.0))
    yield _clock(session)


def _check_region(request: PullRequest, api: Api) -> Iterator[Check]:
    yield _identity(api)
    yield _endpoint(api, request.access)
    if request.logs:
        yield _quota(api, request)
        answer: dict[str, Any] = {}
        yield _try(api, "DescribeLogGroups", lambda: answer.update(api.call("DescribeLogGroups", limit=1)))
        yield _filter_events(api, answer)
        yield from _exports(api, request)
    if request.traces:
        yield _try(api, "GetTraceSummaries", lambda: api.call("GetTraceSummaries", **_one_second(api)))
        yield _try(api, "BatchGetTraces", lambda: api.call("BatchGetTraces", TraceIds=[_NO_TRACE]))
        yield _trace_store(api)
    yield from _measured(api, request)
    yield from _inventory(api, request)


def _measured(api: Api, request: PullRequest) -> Iterator[Check]:
    """Metrics and changes: pull goes on without what is refused."""
    asked: list[tuple[str, dict[str, Any]]] = []
    if request.wants("metrics"):
        asked += [("ListMetrics", {"Namespace": "AWS/Lambda"}), ("GetMetricData", _one_metric(api))]
    if request.wants("changes"):
        asked += [("LookupEvents", {"MaxResults": 1}), ("DescribeAlarmHistory", {"MaxRecords": 1})]
        asked += [("codedeploy.ListDeployments", {})]
    for operation, params in asked:
        found = _try(api, operation, partial(api.call, operation, **params))
        yield replace(found, state="warning") if found.state == "failed" else found


def _one_metric(api: Api) -> dict[str, Any]:
    about = {"Namespace": "AWS/Lambda", "MetricName": "Invocations"}
    query = {"Id": "m", "MetricStat": {"Metric": about, "Period": 60, "Stat": "Sum"}}
    return {"MetricDataQueries": [query]} | _one_second(api)


def _inventory(api: Api, request: PullRequest) -> Iterator[Check]:
    """A row for each group, and for each action that is refused: pull goes on without it."""
    counts: Counter[str] = Counter()
    for group, action, why in actions_by_state(tried_actions(api, request)):
        counts[group] += why is None
        if why is not None:
            hint = f"forensics iam-policy --group {group}, or pull without it"
            yield Check(f"{action} {api.region}", "warning", why, hint)
    for group, count in counts.items():
        yield Check(f"{group} {api.region}", "ok", f"{count} actions answered")


def _identity(api: Api) -> Check:
    if api.account is None:
        return Check(
            f"credentials {api.region}", "warning", "STS does not answer, so the account is not known"
        )
    return Check(f"credentials {api.region}", "ok", f"account {api.account}")


def _endpoint(api: Api, access: Access) -> Check:
    url = api.session.client("logs", api.region).meta.endpoint_url
    state = "ok" if url.startswith("https://") or access.endpoint_url else "warning"
    return Check(f"endpoint {api.region}", state, url)


def _quota(api: Api, request: PullRequest) -> Check:
    """The account's own where it may be asked, as `pull` paces itself by."""
    own = applied_quotas(api).get("FilterLogEvents") if request.wants("quotas") else None
    rate = own or start_rate("FilterLogEvents", api.region)[0]
    text = f"FilterLogEvents {rate:g}/s ({'of this account' if own else 'as published'})"
    return Check(f"quota {api.region}", "ok", f"{text}, {rate * request.quota_share:g}/s of it used")


def _filter_events(api: Api, listed: dict[str, Any]) -> Check:
    groups = [g for g in listed.get("logGroups", ()) if g.get("logGroupClass", "STANDARD") == "STANDARD"]
    if not groups:
        return Check(f"logs:FilterLogEvents {api.region}", "warning", "no log group to try it on")
    now = api.now_ms()
    params = {"logGroupName": groups[0]["logGroupName"], "startTime": now - 1, "endTime": now, "limit": 1}
    return _try(api, "FilterLogEvents", lambda: api.call("FilterLogEvents", **params))


def _exports(api: Api, request: PullRequest) -> Iterator[Check]:
    """Whether tasks may be watched and the bucket read; creating one would write, so it is not tried."""
    if not request.export_to:
        return
    bucket, prefix = split_destination(request.export_to)
    yield _try(api, "DescribeExportTasks", lambda: api.call("DescribeExportTasks", limit=1))
    asked = {"Bucket": bucket, "Prefix": f"{prefix}/", "MaxKeys": 1}
    yield _try(api, "ListObjectsV2", lambda: api.call("ListObjectsV2", **asked))
    words = f"--export-to {request.export_to} --account {api.account or 'ID'} --region {api.region}"
    detail = f"{bucket} must let CloudWatch Logs write, which only an export can show"
    hint = f"forensics iam-policy --bucket-policy {words}"
    yield Check(f"bucket policy {api.region}", "warning", detail, hint)


def _one_second(api: Api) -> dict[str, Any]:
    now = api.session.meter.now().replace(microsecond=0)
    return {"StartTime": now - timedelta(seconds=1), "EndTime": now}


def _trace_store(api: Api) -> Check:
    """Which store the account's traces go to decides how they can be read."""
    name = f"trace store {api.region}"
    try:
        answer = api.call("GetTraceSegmentDestination")
    except CredentialsError as error:
        return Check(name, "failed", str(error), error.hint)
    except (Refused, TemporaryError) as error:
        return Check(name, "warning", str(error), "allow xray:GetTraceSegmentDestination")
    if answer.get("Destination") == "CloudWatchLogs":
        hint = "pull reads its log group aws/spans, since BatchGetTraces finds only the indexed share"
        return Check(name, "ok", f"Transaction Search ({answer.get('Status', '')})", hint)
    return Check(name, "ok", "X-Ray")


def _try(api: Api, operation: str, call: Callable[[], object]) -> Check:
    name = f"{action_of(operation)} {api.region}"
    try:
        call()
    except (Refused, TemporaryError, CredentialsError) as error:
        hint = "forensics iam-policy" if isinstance(error, Refused) and error.for_good else ""
        return Check(name, "failed", str(error), hint or getattr(error, "hint", ""))
    except ForensicsError as error:
        return Check(name, "failed", str(error), error.hint)
    return Check(name, "ok", "permitted")


def _clock(session: Session) -> Check:
    offset = session.meter.clock_offset_s
    if offset is None:
        return Check("clock", "warning", "AWS sent no Date header")
    state = "ok" if abs(offset) < _SKEW_S / 5 else "warning" if abs(offset) < _SKEW_S else "failed"
    hint = "" if state == "ok" else "set this machine's clock: AWS refuses signatures that are 5 min off"
    return Check("clock", state, f"AWS is {offset:+.0f} s from this machine", hint)


def _disk(folder: Path) -> Check:
    there = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    free = shutil.disk_usage(there).free
    state = "ok" if free >= _LEAST_BYTES else "warning"
    hint = "" if state == "ok" else "a million log events take about 100 MB"
    return Check("disk", state, f"{free / 1e9:.1f} GB free", hint)
