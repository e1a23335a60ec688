"""Subnets, gateways, routes, security groups, network interfaces."""

from __future__ import annotations

from .names import ACCOUNT

TAGS = [{"Key": "Name", "Value": "private a"}]
EC2 = {
    "Subnets": [
        {
            "SubnetId": f"subnet-{n}",
            "VpcId": "vpc-1",
            "AvailabilityZone": f"eu-west-1{zone}",
            "AvailableIpAddressCount": 3,
            "CidrBlock": f"10.0.{n}.0/28",
            "MapPublicIpOnLaunch": False,
            "State": "available",
            "Tags": TAGS if n == 1 else [],
        }
        for n, zone in ((1, "a"), (2, "b"))
    ],
    "NatGateways": [
        {
            "NatGatewayId": "nat-1",
            "SubnetId": "subnet-2",
            "VpcId": "vpc-1",
            "State": "available",
            "NatGatewayAddresses": [{"AllocationId": "eipalloc-1", "PublicIp": "192.0.2.1"}],
            "CreateTime": "2026-10-05T01:00:00+00:00",
            "Tags": TAGS,
        }
    ],
    "RouteTables": [
        {
            "RouteTableId": "rtb-1",
            "VpcId": "vpc-1",
            "Associations": [{"SubnetId": "subnet-1", "RouteTableId": "rtb-1", "Main": False}],
            "PropagatingVgws": [],
            "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}],
        }
    ],
    "SecurityGroups": [
        {
            "GroupId": "sg-1",
            "GroupName": "db",
            "Description": "the database",
            "VpcId": "vpc-1",
            "IpPermissions": [
                {
                    "IpProtocol": "tcp",
                    "FromPort": 5432,
                    "ToPort": 5432,
                    "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "inside"}],
                    "UserIdGroupPairs": [{"GroupId": "sg-2", "UserId": ACCOUNT}],
                }
            ],
            "IpPermissionsEgress": [],
        }
    ],
    "NetworkInterfaces": [
        {
            "NetworkInterfaceId": "eni-1",
            "SubnetId": "subnet-1",
            "InterfaceType": "lambda",
            "Description": "AWS Lambda VPC ENI-pay",
            "Groups": [{"GroupId": "sg-2", "GroupName": "pay"}],
            "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": "10.0.1.4"}],
            "Attachment": {"Status": "attached", "DeleteOnTermination": False},
            "TagSet": TAGS,
        }
    ],
}
