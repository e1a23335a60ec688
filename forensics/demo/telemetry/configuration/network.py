"""EC2: the subnets, what they leave through, and who may talk to whom."""

from __future__ import annotations

from forensics.demo.scenario import NAT, SUBNET, Node, Scenario
from forensics.demo.telemetry.arns import arn_of, vpc_id
from forensics.demo.telemetry.configuration.past import Item, Past, text

_FREE = 231


def network(account: Scenario, past: Past) -> Item:
    subnets = [node for node in account.nodes if node.kind == SUBNET]
    gateways = [node for node in account.nodes if node.kind == NAT]
    if not subnets:
        return {}
    return {
        "Subnets": [_subnet(account, past, node, number) for number, node in enumerate(subnets)],
        "NatGateways": [_gateway(account, past, node, subnets) for node in gateways],
        "RouteTables": [_routes(account, node) for node in subnets],
        "SecurityGroups": [_group(account, past)],
        "NetworkInterfaces": [_interface(account, node, subnets) for node in gateways],
    }


def _zone(account: Scenario, node: Node, number: int) -> str:
    zones = node.zones or (account.zones[number % len(account.zones)],)
    return f"{account.region}{zones[0]}"


def _subnet(account: Scenario, past: Past, node: Node, number: int) -> Item:
    """Addresses run out where a fault says so, if it still does at the end."""
    full = [f for f in account.faults if f.node == node.name and f.kind == "no_address"]
    still = any(fault.until_minute >= account.minutes for fault in full)
    item = {
        "SubnetId": vpc_id("subnet", node.name),
        "SubnetArn": arn_of(account, node),
        "VpcId": vpc_id("vpc", account.account),
        "OwnerId": account.account,
        "State": "available",
        "CidrBlock": f"10.0.{number}.0/24",
        "AvailableIpAddressCount": 0 if still else _FREE - 17 * number,
        "AvailabilityZone": _zone(account, node, number),
        "DefaultForAz": False,
        "MapPublicIpOnLaunch": False,
        "Tags": [{"Key": "Name", "Value": f"app-private-{_zone(account, node, number)[-1]}"}],
    }
    return past.applied(node, item)


def _gateway(account: Scenario, past: Past, node: Node, subnets: list[Node]) -> Item:
    number = next((n for n, subnet in enumerate(subnets) if subnet.nat == node.name), 0)
    item = {
        "NatGatewayId": vpc_id("nat", node.name),
        "VpcId": vpc_id("vpc", account.account),
        "SubnetId": vpc_id("subnet", f"public {node.name}"),
        "State": "available",
        "CreateTime": text(past.made(node.name)),
        "ConnectivityType": "public",
        "NatGatewayAddresses": [
            {
                "AllocationId": vpc_id("eipalloc", node.name),
                "NetworkInterfaceId": vpc_id("eni", node.name),
                "PrivateIp": f"10.0.{100 + number}.12",
                "PublicIp": f"203.0.113.{200 + number}",
                "IsPrimary": True,
                "Status": "succeeded",
            }
        ],
        "Tags": [],
    }
    return past.applied(node, item)


def _routes(account: Scenario, node: Node) -> Item:
    table = vpc_id("rtb", node.name)
    routes: list[Item] = [
        {
            "DestinationCidrBlock": "10.0.0.0/16",
            "GatewayId": "local",
            "Origin": "CreateRouteTable",
            "State": "active",
        }
    ]
    if node.nat:
        routes.append(
            {
                "DestinationCidrBlock": "0.0.0.0/0",
                "NatGatewayId": vpc_id("nat", node.nat),
                "Origin": "CreateRoute",
                "State": "active",
            }
        )
    return {
        "RouteTableId": table,
        "VpcId": vpc_id("vpc", account.account),
        "OwnerId": account.account,
        "Routes": routes,
        "Associations": [
            {
                "Main": False,
                "RouteTableAssociationId": vpc_id("rtbassoc", node.name),
                "RouteTableId": table,
                "SubnetId": vpc_id("subnet", node.name),
                "AssociationState": {"State": "associated"},
            }
        ],
        "PropagatingVgws": [],
        "Tags": [],
    }


def _group(account: Scenario, past: Past) -> Item:
    everywhere = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    inside = {
        "IpProtocol": "tcp",
        "FromPort": 8080,
        "ToPort": 8080,
        "IpRanges": [{"CidrIp": "10.0.0.0/16"}],
    }
    return {
        "GroupId": vpc_id("sg", "app"),
        "GroupName": "app",
        "Description": "Functions and services",
        "OwnerId": account.account,
        "VpcId": vpc_id("vpc", account.account),
        "IpPermissions": [inside],
        "IpPermissionsEgress": [everywhere],
        "Tags": [],
    }


def _interface(account: Scenario, node: Node, subnets: list[Node]) -> Item:
    number = next((n for n, subnet in enumerate(subnets) if subnet.nat == node.name), 0)
    return {
        "NetworkInterfaceId": vpc_id("eni", node.name),
        "Description": f"Interface for NAT Gateway {vpc_id('nat', node.name)}",
        "InterfaceType": "nat_gateway",
        "OwnerId": account.account,
        "PrivateIpAddress": f"10.0.{100 + number}.12",
        "Status": "in-use",
        "SubnetId": vpc_id("subnet", f"public {node.name}"),
        "VpcId": vpc_id("vpc", account.account),
        "AvailabilityZone": _zone(account, node, number),
        "RequesterManaged": True,
    }
