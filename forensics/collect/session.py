"""Who asks, and where: sessions by boto3's own chain, and clients that check every page."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import boto3
import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import BotoCoreError, ClientError

from forensics import __version__
from forensics.collect.express import EXPRESS, Express
from forensics.collect.pages import PageError, check_page, unpacked_object
from forensics.collect.parser import FastParserFactory
from forensics.collect.wire import read_whole
from forensics.errors import CredentialsError, UsageError

__all__ = ["Access", "Meter", "Session"]

_ALL = "all"


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach AWS. What is empty comes from boto3's own chain (AWS_PROFILE, AWS_REGION,
    AWS_ENDPOINT_URL, the configuration files, the role of the machine). Among `regions`, `all` is
    every region of the partition. Of several `role_arns` each is an account to be read."""

    regions: tuple[str, ...] = ()
    profile: str | None = None
    role_arns: tuple[str, ...] = ()
    endpoint_url: str | None = None

    @property
    def all_regions(self) -> bool:
        return _ALL in self.regions

    @property
    def named_regions(self) -> tuple[str, ...]:
        """Those that were asked for by name."""
        return tuple(region for region in self.regions if region != _ALL)


@dataclass(slots=True)
class Meter:
    """What the wire saw, over all threads: calls, refused pages, throttled calls by operation;
    bytes of accepted pages; how far AWS's clock is ahead of ours (s, from the Date header).
    `scanned_bytes` are those of Logs Insights' queries, which cost.
    """

    calls: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    scanned_bytes: int = 0
    clock_offset_s: float | None = None
    answered_operations: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, counter: Counter[str], operation: str) -> None:
        with self.lock:
            counter[operation] += 1

    def answered(self, headers: Any, size: int) -> None:
        """Take note of a response: its size, and the clock that its Date header shows."""
        with self.lock:
            self.bytes += size
            if self.clock_offset_s is None and (date := headers.get("date")):
                try:
                    self.clock_offset_s = parsedate_to_datetime(date).timestamp() - time.time()
                except ValueError:
                    self.clock_offset_s = 0.0

    def now(self) -> datetime:
        """The time by AWS's clock, UTC; what is recent is decided by it and not by ours."""
        return datetime.fromtimestamp(time.time() + (self.clock_offset_s or 0.0), UTC)


class Session:
    """boto3 sessions of one run, and one client per (service, region).

    Raises CredentialsError where there are none, UsageError where no region is known.
    """

    def __init__(
        self, access: Access, *, workers: int = 8, role: str = "", meter: Meter | None = None
    ) -> None:
        self._access = access
        self._role = role
        self._workers = workers
        self._clients: dict[tuple[str, str], Any] = {}
        self._express: dict[tuple[Any, str], Express | None] = {}
        self._parsers = FastParserFactory()
        self._lock = threading.Lock()
        self.meter = meter or Meter()
        try:
            self._boto = self._open()
        except BotoCoreError as error:
            raise CredentialsError(f"AWS session: {error}", "aws configure list") from error
        if self._boto.get_credentials() is None:
            raise CredentialsError("no AWS credentials found", "aws configure, or set AWS_PROFILE")

    def assuming(self, role: str) -> Session:
        """A session of that role, with the same meter. Raises CredentialsError where that is not allowed."""
        other = Session(self._access, workers=self._workers, role=role, meter=self.meter)
        try:
            other._boto.get_credentials().get_frozen_credentials()
        except (ClientError, BotoCoreError) as error:
            hint = "ask for sts:AssumeRole on it, and for your account in its trust policy"
            raise CredentialsError(f"role {role} cannot be assumed: {error}", hint) from error
        return other

    def regions(self) -> tuple[str, ...]:
        """The regions asked for; else AWS_REGION, which boto3 does not read, or boto3's own.

        Of all regions that one comes first: where it refuses the credentials, all would.
        """
        default = os.environ.get("AWS_REGION") or self._boto.region_name
        regions = self._access.named_regions or ((default,) if default else ())
        if self._access.all_regions:
            regions = (*regions, *self._partition(regions[0] if regions else ""))
        if not regions:
            raise UsageError("no AWS region given", "add --region eu-west-1, or set AWS_REGION")
        return tuple(dict.fromkeys(regions))

    def _partition(self, region: str) -> list[str]:
        """The regions of its partition, as botocore knows them: to list them takes no permission."""
        try:
            partition = self._boto.get_partition_for_region(region)
        except BotoCoreError:
            partition = "aws"
        return sorted(self._boto.get_available_regions("logs", partition_name=partition))

    def client(self, service: str, region: str) -> Any:
        with self._lock:  # boto3 sessions are not safe to make clients from in several threads
            key = (service, region)
            if key not in self._clients:
                self._clients[key] = self._make_client(self._boto, service, region)
            return self._clients[key]

    def ask(self, service: str, operation: str, region: str, params: dict[str, Any]) -> dict[str, Any]:
        """One page, checked, as botocore's parser gives it. Raises PageError and what botocore raises."""
        client = self.client(service, region)
        express = self._express.get((client, operation))
        if express is None:
            page: dict[str, Any] = getattr(client, xform_name(operation))(**params)
            return page
        status, headers, body = express.send(params)
        return self._answer(client, operation, {"status_code": status, "headers": headers, "body": body})

    def _answer(self, client: Any, operation: str, response: dict[str, Any]) -> dict[str, Any]:
        """What botocore makes of a response."""
        model = client.meta.service_model.operation_model(operation)
        added: dict[str, Any] = {}
        self._check(model, response, added)
        parser = self._parsers.create_parser(model.service_model.resolved_protocol)
        parsed: dict[str, Any] = parser.parse({**response, "context": {}}, model.output_shape)
        if response["status_code"] >= 300:
            raise ClientError(parsed, operation)
        return {**parsed, **added}

    def _sent(self, client: Any, operation: str, request: Any) -> None:
        """botocore has sent a request: the next of its kind need not be made from the start."""
        if operation not in EXPRESS or (client, operation) in self._express:
            return
        try:
            self._express[client, operation] = Express(client, request)
        except (ValueError, KeyError):  # an unusual endpoint or signer: botocore goes on making them
            self._express[client, operation] = None

    def _open(self) -> boto3.Session:
        core = botocore.session.Session(profile=self._access.profile)
        core.register_component("response_parser_factory", self._parsers)
        session = boto3.Session(botocore_session=core)
        if self._role:
            fetcher = AssumeRoleCredentialFetcher(
                client_creator=self._role_client,
                source_credentials=session.get_credentials(),
                role_arn=self._role,
                extra_args={"RoleSessionName": "trace-forensics"},
            )
            core._credentials = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
        return session

    def _role_client(self, service: str, **options: Any) -> Any:
        """The client that the role is assumed with, by the credentials of the profile."""
        source = boto3.Session(profile_name=self._access.profile)
        region = next(iter(self._access.named_regions), None) or source.region_name
        return source.client(service, region_name=region, endpoint_url=self._access.endpoint_url, **options)

    def _make_client(self, boto: boto3.Session, service: str, region: str) -> Any:
        config = Config(
            # A page that its hook refuses is not retried by botocore, and its own retries do not
            # know our buckets: so every retry is ours.
            retries={"mode": "standard", "total_max_attempts": 1},
            max_pool_connections=self._workers,
            connect_timeout=10,
            read_timeout=60,
            parameter_validation=False,
            user_agent_extra=f"trace-forensics/{__version__}",
        )
        client = boto.client(
            service, region_name=region, endpoint_url=self._access.endpoint_url, config=config
        )
        read_whole(client, lambda operation, request: self._sent(client, operation, request))
        client.meta.events.register("before-parse", self._check)
        return client

    def _check(
        self,
        operation_model: Any,
        response_dict: dict[str, Any],
        customized_response_dict: dict[str, Any],
        **_: Any,
    ) -> None:
        """botocore's `before-parse` hook: refuse what is no page, hand on what was decoded.

        What the ledger keeps of the page is added to the answer as `Page`.
        """
        if operation_model.has_streaming_output and response_dict["status_code"] < 300:
            customized_response_dict["Content"] = self._object(operation_model.name, response_dict)
            return
        body = response_dict["body"]
        headers = {key.lower(): value for key, value in response_dict["headers"].items()}
        self.meter.answered(headers, len(body))
        if response_dict["status_code"] >= 300:
            return
        operation = operation_model.name
        service = operation_model.service_model.service_name
        try:
            protocol = operation_model.service_model.resolved_protocol
            page = check_page(service, operation, headers, body, protocol)
        except PageError:
            self.meter.count(self.meter.refused, operation)
            raise
        response_dict["page"] = page
        if page is not None:
            customized_response_dict["Page"] = page

    def _object(self, operation: str, response: dict[str, Any]) -> bytes:
        """The content of an object of S3. Raises PageError where it did not come whole."""
        headers = {key.lower(): value for key, value in response["headers"].items()}
        try:
            body = response["body"].read()
            self.meter.answered(headers, len(body))
            return unpacked_object(headers, body)
        except (PageError, BotoCoreError) as error:  # botocore's: its length or its checksum is wrong
            self.meter.count(self.meter.refused, operation)
            raise PageError(f"{operation}: {error}") from error
