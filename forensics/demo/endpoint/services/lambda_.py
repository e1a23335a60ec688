"""Lambda: rest-json.

Rules from the Lambda API reference, shapes from botocore's model (lambda/2015-03-31).
"""

from __future__ import annotations

import re
from typing import Any

from forensics.demo.endpoint.listing import Entry, Kind, Listing, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

Item = dict[str, Any]

_MISSING = "Function not found: arn:aws:lambda:{region}:{account}:function:{name}"
_NO_POLICY = ("ResourceNotFoundException", "The resource you requested does not exist.", 404)
# A name, a partial ARN (111122223333:function:name) or an ARN, each with or without a qualifier.
_NAME = re.compile(r"(?:.*:)?function:([^:]+)(?::([^:]+))?|([^:]+)(?::([^:]+))?")
# What ListFunctions leaves out: "The ListFunctions operation returns a subset of the
# FunctionConfiguration fields."
_UNLISTED = frozenset(
    [
        *("State", "StateReason", "StateReasonCode", "LastUpdateStatus", "LastUpdateStatusReason"),
        *("LastUpdateStatusReasonCode", "RuntimeVersionConfig"),
    ]
)


def _split(said: str) -> tuple[str, str]:
    """Name and qualifier."""
    match = _NAME.fullmatch(said)
    return (match[1] or match[3], match[2] or match[4] or "") if match else (said, "")


def _listed(item: Item) -> Item:
    return {name: value for name, value in item.items() if name not in _UNLISTED}


FUNCTION = Kind(
    collection="Functions",
    param="FunctionName",
    names=("FunctionName", "FunctionArn"),
    missing=("ResourceNotFoundException", _MISSING, 404),
    read=lambda said: _split(said)[0],
)


def _belonging(collection: str) -> Kind:
    return Kind(collection, "", (), FUNCTION.missing, of=FUNCTION)


def _pages(most: int) -> Pages:
    return Pages("MaxItems", "Marker", "NextMarker", most, clamps=True)


def list_functions(world: World, call: Call) -> Body:
    """At most 50 a page, whatever MaxItems says; FunctionVersion=ALL adds the published versions."""
    found = FUNCTION.all(world, call)
    if call.params.get("FunctionVersion") == "ALL":
        found = [version for item in found for version in _versions(world, item)]
    shown, following = paged(world, call, _pages(50), found)
    return {"Functions": [_listed(item) for item in shown]} | following


def list_versions(world: World, call: Call) -> Body:
    """$LATEST first."""
    found = _versions(world, FUNCTION.find(world, call))
    shown, following = paged(world, call, _pages(50), found)
    return {"Versions": [_listed(item) for item in shown]} | following


def _versions(world: World, item: Item) -> list[Item]:
    return [item, *world.configuration.items("lambda", "Versions", FUNCTION.key(item))]


def get_function_configuration(world: World, call: Call) -> Body:
    """Of $LATEST, of a version, or of the version that an alias points at."""
    return _qualified(world, call)


def get_function(world: World, call: Call) -> Body:
    configuration = _qualified(world, call)
    name = FUNCTION.key(configuration)
    answer: Item = {"Configuration": configuration}
    for collection in ("Code", "Tags", "Concurrency"):
        found = world.configuration.entry("lambda", collection, name)
        answer |= {collection: found} if found else {}
    return answer


def _qualified(world: World, call: Call) -> Item:
    item = FUNCTION.find(world, call)
    qualifier = call.params.get("Qualifier") or _split(call.params["FunctionName"])[1] or "$LATEST"
    aliases = world.configuration.items("lambda", "Aliases", FUNCTION.key(item))
    version = next((alias["FunctionVersion"] for alias in aliases if alias["Name"] == qualifier), qualifier)
    for one in _versions(world, item):
        if one.get("Version", "$LATEST") == version:
            return one
    raise Refusal("ResourceNotFoundException", f"Function not found: {item['FunctionArn']}:{qualifier}", 404)


def get_account_settings(world: World, call: Call) -> Body:
    """Every account has limits; those that nobody set are the ones that "Lambda quotas" begins with."""
    return {
        part: world.configuration.entry("lambda", "AccountSettings", part) or default
        for part, default in _SETTINGS.items()
    }


_SETTINGS = {
    "AccountLimit": {
        "TotalCodeSize": 75 << 30,
        "CodeSizeUnzipped": 250 << 20,
        "CodeSizeZipped": 50 << 20,
        "ConcurrentExecutions": 1000,
        "UnreservedConcurrentExecutions": 1000,
    },
    "AccountUsage": {"TotalCodeSize": 0, "FunctionCount": 0},
}


def _is_of(world: World, call: Call, item: Item) -> bool:
    """FunctionName as in all other operations; a mapping holds the ARN only, maybe of an alias."""
    said = call.params.get("FunctionName")
    if not said:
        return True
    name, qualifier = _split(said)
    mine, mines = _split(item.get("FunctionArn", ""))
    return name == mine and qualifier in ("", mines)


SERVICE = Service(
    signing_name="lambda",
    protocol="rest-json",
    operations={
        "GetAccountSettings": get_account_settings,
        "GetFunction": get_function,
        "GetFunctionConcurrency": Entry(FUNCTION, "Concurrency"),
        "GetFunctionConfiguration": get_function_configuration,
        "GetPolicy": Entry(FUNCTION, "Policies", _NO_POLICY),
        "ListAliases": Listing(
            _belonging("Aliases"), "Aliases", _pages(50), equal={"FunctionVersion": "FunctionVersion"}
        ),
        "ListEventSourceMappings": Listing(
            Kind("EventSourceMappings", "", (), FUNCTION.missing),
            "EventSourceMappings",
            _pages(100),
            equal={"EventSourceArn": "EventSourceArn"},
            where=_is_of,
        ),
        "ListFunctionEventInvokeConfigs": Listing(
            _belonging("EventInvokeConfigs"), "FunctionEventInvokeConfigs", _pages(50)
        ),
        "ListFunctionUrlConfigs": Listing(_belonging("FunctionUrls"), "FunctionUrlConfigs", _pages(50)),
        "ListFunctions": list_functions,
        "ListProvisionedConcurrencyConfigs": Listing(
            _belonging("ProvisionedConcurrency"), "ProvisionedConcurrencyConfigs", _pages(50)
        ),
        "ListVersionsByFunction": list_versions,
    },
    routes={
        "GET /2015-03-31/event-source-mappings": "ListEventSourceMappings",
        "GET /2015-03-31/functions": "ListFunctions",
        "GET /2015-03-31/functions/{FunctionName}": "GetFunction",
        "GET /2015-03-31/functions/{FunctionName}/aliases": "ListAliases",
        "GET /2015-03-31/functions/{FunctionName}/configuration": "GetFunctionConfiguration",
        "GET /2015-03-31/functions/{FunctionName}/policy": "GetPolicy",
        "GET /2015-03-31/functions/{FunctionName}/versions": "ListVersionsByFunction",
        "GET /2016-08-19/account-settings": "GetAccountSettings",
        "GET /2019-09-25/functions/{FunctionName}/event-invoke-config/list": "ListFunctionEventInvokeConfigs",
        "GET /2019-09-30/functions/{FunctionName}/concurrency": "GetFunctionConcurrency",
        "GET /2019-09-30/functions/{FunctionName}/provisioned-concurrency?List=ALL": (
            "ListProvisionedConcurrencyConfigs"
        ),
        "GET /2021-10-31/functions/{FunctionName}/urls": "ListFunctionUrlConfigs",
    },
    errors={"throttled": ("TooManyRequestsException", 429), "internal_error": ("ServiceException", 500)},
    bad_token=("InvalidParameterValueException", "Invalid Marker"),
    invalid="InvalidParameterValueException",
    message="Message",
)
