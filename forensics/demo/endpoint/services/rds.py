"""Relational Database Service: the query protocol. Shapes from botocore's model (rds/2014-10-31)."""

from __future__ import annotations

from forensics.demo.endpoint.listing import Kind, Listing, Pages
from forensics.demo.endpoint.service import Service, XmlNames

__all__ = ["SERVICE"]

INSTANCE = Kind(
    collection="DBInstances",
    param="DBInstanceIdentifier",
    names=("DBInstanceIdentifier", "DBInstanceArn"),
    missing=("DBInstanceNotFound", "DBInstance {name} not found.", 404),
)
# Lists whose items are called after them, less the plural.
_PLAIN = (
    *("DBInstances", "DBSecurityGroups", "DBParameterGroups", "Subnets", "ProcessorFeatures"),
    *("ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBClusterIdentifiers", "OptionGroupMemberships"),
    *("DomainMemberships", "DBInstanceAutomatedBackupsReplications"),
)
_OTHERS = {
    "AssociatedRoles": "DBInstanceRole",
    "StatusInfos": "DBInstanceStatusInfo",
    "TagList": "Tag",
    "VpcSecurityGroups": "VpcSecurityGroupMembership",
}

SERVICE = Service(
    signing_name="rds",
    protocol="query",
    version="2014-10-31",
    operations={
        "DescribeDBInstances": Listing(
            INSTANCE,
            "DBInstances",
            Pages("MaxRecords", "Marker", "Marker", 100),
            among=("DBInstanceIdentifier",),
        )
    },
    xml=XmlNames(items={name: name.removesuffix("s") for name in _PLAIN} | _OTHERS),
    bad_token=("InvalidParameterValue", "Invalid Marker"),
    invalid="InvalidParameterValue",
)
