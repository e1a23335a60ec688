"""API Gateway, REST and HTTP APIs: two services of rest-json that are signed for by one name.

Shapes from botocore's models (apigateway/2015-07-09, apigatewayv2/2018-11-29).
"""

from __future__ import annotations

from forensics.demo.endpoint.listing import Item, Kind, Listing, Pages, paged
from forensics.demo.endpoint.service import Body, Call, Service
from forensics.demo.endpoint.world import World

__all__ = ["HTTP", "REST"]

_MISSING = ("NotFoundException", "Invalid API identifier specified {account}:{name}", 404)
REST_API = Kind("RestApis", "restapi_id", ("id",), _MISSING)
RESOURCE = Kind("Resources", "", ("id",), _MISSING, of=REST_API)
STAGE = Kind("Stages", "", ("stageName",), _MISSING, of=REST_API)
HTTP_API = Kind("Apis", "apiId", ("apiId",), _MISSING)
_NO_DOMAIN = ("NotFoundException", "Invalid domain name identifier specified", 404)
REST_DOMAIN = Kind("DomainNames", "domain_name", ("domainName",), _NO_DOMAIN)
HTTP_DOMAIN = Kind("DomainNames", "domainName", ("domainName",), _NO_DOMAIN)

_REST_PAGES = Pages("limit", "position", "position", 500, 25)
_HTTP_PAGES = Pages("maxResults", "nextToken", "nextToken", 100)
_REST_ROUTES = {
    "GET /domainnames": "GetDomainNames",
    "GET /domainnames/{domain_name}/basepathmappings": "GetBasePathMappings",
    "GET /restapis": "GetRestApis",
    "GET /restapis/{restapi_id}/resources": "GetResources",
    "GET /restapis/{restapi_id}/stages": "GetStages",
}
_HTTP_ROUTES = {
    "GET /v2/apis": "GetApis",
    "GET /v2/apis/{apiId}/integrations": "GetIntegrations",
    "GET /v2/apis/{apiId}/routes": "GetRoutes",
    "GET /v2/apis/{apiId}/stages": "GetStages",
    "GET /v2/domainnames": "GetDomainNames",
    "GET /v2/domainnames/{domainName}/apimappings": "GetApiMappings",
}


def get_stages(world: World, call: Call) -> Body:
    """All at once."""
    deployment = call.params.get("deploymentId")
    found = STAGE.all(world, call)
    return {"item": [stage for stage in found if deployment in (None, stage.get("deploymentId"))]}


def get_resources(world: World, call: Call) -> Body:
    """Of its methods only the names, unless `embed` says `methods`."""
    shown, following = paged(world, call, _REST_PAGES, RESOURCE.all(world, call))
    if "methods" not in (call.params.get("embed") or ()):
        shown = [_bare(item) for item in shown]
    return {"item": shown} | following


def _bare(item: Item) -> Item:
    methods = item.get("resourceMethods")
    return item | {"resourceMethods": {name: {} for name in methods}} if methods else item


def _belonging(collection: str, owner: Kind = HTTP_API) -> Listing:
    return Listing(Kind(collection, "", (), _MISSING, of=owner), "items", _HTTP_PAGES)


_PATHS = Kind("BasePathMappings", "", (), _NO_DOMAIN, of=REST_DOMAIN)


REST = Service(
    signing_name="apigateway",
    protocol="rest-json",
    operations={
        "GetBasePathMappings": Listing(_PATHS, "item", _REST_PAGES),
        "GetDomainNames": Listing(REST_DOMAIN, "item", _REST_PAGES),
        "GetResources": get_resources,
        "GetRestApis": Listing(REST_API, "item", _REST_PAGES),
        "GetStages": get_stages,
    },
    routes=_REST_ROUTES,
    errors={"throttled": ("TooManyRequestsException", 429)},
    bad_token=("BadRequestException", "Invalid position parameter specified"),
    invalid="BadRequestException",
    # IAM knows methods of HTTP here, not operations.
    actions=dict.fromkeys(_REST_ROUTES.values(), "GET"),
)

HTTP = Service(
    name="apigatewayv2",
    signing_name="apigateway",
    protocol="rest-json",
    operations={
        "GetApiMappings": _belonging("ApiMappings", HTTP_DOMAIN),
        "GetApis": Listing(HTTP_API, "items", _HTTP_PAGES),
        "GetDomainNames": Listing(HTTP_DOMAIN, "items", _HTTP_PAGES),
        "GetIntegrations": _belonging("Integrations"),
        "GetRoutes": _belonging("Routes"),
        "GetStages": _belonging("Stages"),
    },
    routes=_HTTP_ROUTES,
    errors={"throttled": ("TooManyRequestsException", 429)},
    bad_token=("BadRequestException", "Invalid nextToken"),
    invalid="BadRequestException",
    actions=dict.fromkeys(_HTTP_ROUTES.values(), "GET"),
)
