"""Elastic Kubernetes Service: rest-json. Shapes from botocore's model (eks/2017-11-01)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Kind, Listing, One, Pages
from forensics.demo.endpoint.service import Service

__all__ = ["SERVICE"]

CLUSTER = Kind(
    collection="Clusters",
    param="name",
    names=("name",),
    missing=("ResourceNotFoundException", "No cluster found for name: {name}.", 404),
)
_PAGES = Pages("maxResults", "nextToken", "nextToken", 100)
_NO_UPDATE = ("ResourceNotFoundException", "No update found for ID: {name}", 404)
UPDATE = Kind("Updates", "updateId", ("id",), _NO_UPDATE, of=CLUSTER)

SERVICE = Service(
    signing_name="eks",
    protocol="rest-json",
    operations={
        "DescribeCluster": One(CLUSTER, "cluster"),
        "DescribeUpdate": One(UPDATE, "update"),
        "ListClusters": Listing(CLUSTER, "clusters", _PAGES, lambda item: item["name"]),
        "ListUpdates": Listing(UPDATE, "updateIds", _PAGES, lambda item: item["id"]),
    },
    routes={
        "GET /clusters": "ListClusters",
        "GET /clusters/{name}": "DescribeCluster",
        "GET /clusters/{name}/updates": "ListUpdates",
        "GET /clusters/{name}/updates/{updateId}": "DescribeUpdate",
    },
    invalid="InvalidParameterException",
)
