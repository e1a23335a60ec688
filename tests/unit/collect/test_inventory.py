"""An account's configuration over HTTP: everything comes back, and no value of a variable does."""

import json
import re
from datetime import datetime, timedelta

import pyarrow.parquet as pq
import pytest

from forensics.case import Case
from forensics.collect import Access, PullRequest, pull
from forensics.demo import generate, load_scenario
from forensics.demo.endpoint import serve
from forensics.inventory import ASKS, Redactor, load_key

SCENARIO = load_scenario("checkout-59-rolled-back")
# "The ListFunctions operation returns a subset of the FunctionConfiguration fields", and so do its versions.
UNLISTED = ("State", "LastUpdateStatus", "RuntimeVersionConfig")
SECRET = "correct-horse-battery"


def plant(configuration):
    """Secrets where the API shows them in clear."""
    for number, function in enumerate(configuration["lambda"]["Functions"]):
        function["Environment"] = {"Variables": {"DB_URL": f"{SECRET}-{number}", "EMPTY": ""}}
    for versions in configuration["lambda"]["Versions"].values():
        for version in versions:
            version["Environment"] = {"Variables": {"DB_URL": f"{SECRET}-old"}}
    for definition in configuration["ecs"]["TaskDefinitions"]:
        for container in definition["containerDefinitions"]:
            container["environment"] = [{"name": "DB_URL", "value": f"{SECRET}-container"}]
    for machine in configuration["stepfunctions"]["StateMachines"]:
        definition = json.loads(machine["definition"])
        definition["Comment"] = f"password={SECRET}"
        machine["definition"] = json.dumps(definition)


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    folder = tmp_path_factory.mktemp("account")
    generate(SCENARIO, folder)
    configuration = json.loads((folder / "configuration.json").read_text())
    plant(configuration)
    (folder / "configuration.json").write_text(json.dumps(configuration))
    for name in ("logs", "traces"):
        (folder / f"{name}.ndjson.gz").unlink()
    with (
        pytest.MonkeyPatch.context() as patch,
        serve(folder, account=SCENARIO.account, region=SCENARIO.region) as endpoint,
    ):
        for name, value in endpoint.environment().items():
            patch.setenv(name, value)
        yield configuration, endpoint


@pytest.fixture(scope="module")
def request_(account):
    _, endpoint = account
    access = Access(regions=(endpoint.region,), endpoint_url=endpoint.url)
    starts, ends = SCENARIO.starts_at, SCENARIO.starts_at + timedelta(hours=1)
    return PullRequest(
        starts, ends, log_groups=(), traces=False, groups=("*",), access=access, quota_share=1000
    )


def collect(path, request):
    with Case(path, writable=True, create=True) as case:
        result = pull(case, request)
        rows = [r for f in case.files("evidence", "resource") for r in pq.read_table(f).to_pylist()]
        return result, rows


@pytest.fixture(scope="module")
def pulled(request_, tmp_path_factory):
    return collect(tmp_path_factory.mktemp("pulled") / "case", request_)


def test_nothing_is_missing(pulled):
    result, rows = pulled
    assert result.is_complete
    assert result.open_units == 0
    assert len({(row["kind"], row["arn"]) for row in rows}) == len(rows)
    assert all(row["arn"] and row["node"] and row["account"] == SCENARIO.account for row in rows)


def test_a_second_pull_of_the_hour_reads_no_resource_again(request_, tmp_path):
    collect(tmp_path / "case", request_)
    result, _ = collect(tmp_path / "case", request_)
    assert sum(result.added.values()) == 0
    assert not any(ask.of and ask.full in result.calls for ask in ASKS)


def test_no_value_of_a_variable_is_anywhere_in_the_case(request_, tmp_path):
    _, rows = collect(tmp_path / "case", request_)
    assert sum("hashed:" in row["configuration"] for row in rows) > 40
    assert all(SECRET not in row["configuration"] for row in rows)
    files = [file for file in (tmp_path / "case").rglob("*") if file.is_file()]
    assert len(files) > 3
    for file in files:
        assert SECRET.encode() not in file.read_bytes(), file


def test_every_resource_of_the_account_comes_back(account, pulled):
    configuration, _ = account
    _, rows = pulled
    held = [_normal(json.loads(row["configuration"])) for row in rows]
    missing = [
        (service, collection, item)
        for service, collections in configuration.items()
        for collection, items in collections.items()
        for item in _items(items, collection)
        if not any(_holds(one, _normal(_shown(item, collection))) for one in held)
    ]
    assert missing == []


def _shown(item, collection):
    """As it is kept: without secrets, and of versions only what their list shows."""
    cut = UNLISTED if collection == "Versions" else ()
    return Redactor(load_key()).clean({name: value for name, value in item.items() if name not in cut})


def _items(items, collection):
    """Of a collection that is kept by owner, what each owner has."""
    if isinstance(items, list):
        return items
    if collection == "AccountSettings":
        return [items]
    return [one for value in items.values() for one in (value if isinstance(value, list) else [value])]


def _normal(value):
    """Times as seconds, and nothing that is empty: protocols differ in how they write either."""
    if isinstance(value, dict):
        named = {name.lower(): _normal(one) for name, one in value.items()}
        return {name: one for name, one in named.items() if one not in ({}, [], None, "")}
    if isinstance(value, list):
        return [_normal(one) for one in value]
    if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value):
        return round(datetime.fromisoformat(value).timestamp(), 3)
    if isinstance(value, str) and value.startswith('{"Version"'):  # botocore reads policies of IAM
        return _normal(json.loads(value))
    return round(value, 3) if isinstance(value, float) else value


def _holds(whole, part):
    """Whether every member of the part is somewhere in the whole, with its value."""
    if isinstance(whole, dict) and all(whole.get(name) == value for name, value in part.items()):
        return True
    inner = whole.values() if isinstance(whole, dict) else whole if isinstance(whole, list) else ()
    return any(_holds(one, part) for one in inner if isinstance(one, dict | list))
