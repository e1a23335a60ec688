"""Security Token Service: the query protocol. Shapes from botocore's model (sts/2011-06-15)."""

from __future__ import annotations

from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]


def get_caller_identity(world: World, call: Call) -> Body:
    account = world.account_of(call.access_key)
    return {
        "Arn": f"arn:aws:iam::{account}:user/on-call",
        "UserId": "AIDASTANDIN0ENDPOINT",
        "Account": account,
    }


def assume_role(world: World, call: Call) -> Body:
    """Any role of this account, with credentials that work like all others, or of another one."""
    arn, session = call.params.get("RoleArn", ""), call.params.get("RoleSessionName", "")
    account = "".join(arn.split(":")[4:5])
    if account != world.account and account not in world.settings.other_accounts:
        raise Refusal("AccessDenied", f"not authorized to perform: sts:AssumeRole on resource: {arn}", 403)
    assumed = arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/")
    return {
        "Credentials": {
            "AccessKeyId": "ASIASTANDIN0ENDPOINT" if account == world.account else f"ASIA{account}ROLE",
            "SecretAccessKey": "stand-in-secret",
            "SessionToken": "stand-in-session",
            "Expiration": "2099-01-01T00:00:00Z",
        },
        "AssumedRoleUser": {"AssumedRoleId": f"AROASTANDIN:{session}", "Arn": f"{assumed}/{session}"},
    }


SERVICE = Service(
    signing_name="sts",
    protocol="query",
    version="2011-06-15",
    operations={"AssumeRole": assume_role, "GetCallerIdentity": get_caller_identity},
)
