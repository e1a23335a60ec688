"""What roles open by name."""

# ruff: noqa: E501 - a row of a table is one line

from __future__ import annotations

import json
from typing import Any

import pytest

VIEW = "lake.role_grant"
_TABLE = "arn:aws:dynamodb:eu-west-1:1:table/{}"


def resource(kind: str, node: str, arn: str, **configuration: Any) -> dict[str, Any]:
    return {
        "kind": f"AWS::{kind}", "node": node, "arn": arn, "configuration": json.dumps(configuration), "configuration_key": 1,
    }  # fmt: skip


STORES = [
    resource("DynamoDB::Table", "stock", _TABLE.format("stock")),
    resource("DynamoDB::Table", "stock_old", _TABLE.format("stock_old")),
    resource("S3::Bucket", "photos", "arn:aws:s3:::photos"),
]


def role(*statements: Any, name: str = "shop") -> dict[str, Any]:
    documents = [{"PolicyDocument": {"Statement": one}} for one in statements]
    return resource("IAM::Role", name, f"arn:aws:iam::1:role/{name}", RolePolicyList=documents)


def allow(*patterns: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Resource": list(patterns) if len(patterns) > 1 else patterns[0]}


def test_empty_and_a_role_without_policies(check) -> None:
    check(VIEW, {"evidence.resource": []}, "role")
    check(VIEW, {"evidence.resource": [role(), *STORES]}, "role")


@pytest.mark.parametrize(
    ("statements", "opened"),
    [
        ([[allow(_TABLE.format("stock"))]], ["stock"]),
        ([allow(_TABLE.format("stock"))], ["stock"]),  # one statement is a list of one
        ([[allow(_TABLE.format("stock*"), "arn:aws:s3:::photos/*")]], ["photos", "stock", "stock_old"]),
        # `_` is a letter like any other, `?` stands for one
        ([[allow(_TABLE.format("stock_"))]], []),
        ([[allow(_TABLE.format("stock?old"))]], ["stock_old"]),
        ([[allow(_TABLE.format("*"), "*", "arn:aws:s3:::*")]], []),
        ([[allow(_TABLE.format("stock"), effect="Deny")]], []),
        ([[{"Effect": "Allow", "NotResource": "x"}]], []),
    ],
)
def test_who_may_what(check, statements, opened) -> None:
    rows = "".join(f"shop | {name}\n" for name in opened)
    check(VIEW, {"evidence.resource": [role(*statements), *STORES]}, f"role | resource\n{rows}")


def test_the_version_in_force_of_a_policy_of_the_account(check) -> None:
    arn = "arn:aws:iam::1:policy/p"
    versions = [
        {"IsDefaultVersion": True, "Document": {"Statement": [allow(_TABLE.format("stock"))]}},
        {"IsDefaultVersion": False, "Document": {"Statement": [allow("arn:aws:s3:::photos")]}},
    ]
    attached = resource("IAM::Role", "shop", "r", AttachedManagedPolicies=[{"PolicyArn": arn}])
    policy = resource("IAM::ManagedPolicy", "p", arn, PolicyVersionList=versions)
    check(VIEW, {"evidence.resource": [attached, policy, *STORES]}, """
        role | resource | resource_kind        | configured_by
        shop | stock    | AWS::DynamoDB::Table | arn:aws:iam::1:policy/p
    """)  # fmt: skip


def test_a_document_as_text_is_read_too(check) -> None:
    text = json.dumps({"Statement": allow(_TABLE.format("stock"))})
    given = resource("IAM::Role", "shop", "r", RolePolicyList=[{"PolicyDocument": text}])
    check(VIEW, {"evidence.resource": [given, *STORES]}, "role | resource\nshop | stock")
