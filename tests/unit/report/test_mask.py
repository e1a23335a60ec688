"""What is masked by default, and what must not be: an investigation lives on ids, names and places."""

from dataclasses import dataclass

import pytest

from forensics.report.mask import masked, masked_text

SECRETS = [
    ("login failed password=hunter22 for x", "hunter22"),
    ('{"dbPassword": "s3cr3t-value", "user": "x"}', "s3cr3t-value"),
    (r"{\"api_key\":\"abcdef123456\"}", "abcdef123456"),
    ("Authorization: Bearer abcdefghijklmnop", "abcdefghijklmnop"),
    ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
    ("cookie: session=abc123def", "abc123def"),
    ("export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY", "wJalrXUtnFEMI"),
    ("key AKIAIOSFODNN7EXAMPLE used", "AKIAIOSFODNN7EXAMPLE"),
    ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abc-def_", "eyJzdWIi"),
    ("postgres://admin:pa55w0rd@db.internal:5432/shop", "pa55w0rd"),
    ("-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----", "MIIEow"),
    ("mail to ada.lovelace@example.com bounced", "ada.lovelace"),
    ("card 4111 1111 1111 1111 declined", "4111 1111"),
    ("GET /x?X-Amz-Signature=0123456789abcdef&a=b", "0123456789abcdef"),
    ("push with ghp_abcdefghijklmnopqrstuvwx0123", "ghp_"),
    ("ssn 078-05-1120 given", "078-05-1120"),
]
PLAIN = [
    "RequestId: 4e82fc64-3d3c-44f8-89c6-04e0732fd5fd Version: $LATEST",
    "39944341068072166340639304986095247797573068868605177758",
    "1-6ac306f9-3ef09ca49f154e4deb589b90",
    "arn:aws:sts::111122223333:assumed-role/governance/tag-policy",
    "at 1759629001523000 took 161 ms, order 4111111111111112",
    "2026/10/05/[$LATEST]d6d0ffa07cfd4b59eee7c0b554561664",
    "forensics sql \"select * from lake.log_event where event_id = '3994'\"",
    "TokenExpired: the token has expired",
    "/aws/lambda/password-reset",
    "file:///var/task/index.mjs:19:17",
]


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_masked(text, secret):
    shown = masked_text(text)
    assert secret not in shown
    assert "[masked]" in shown
    assert masked_text(shown) == shown


@pytest.mark.parametrize("text", PLAIN)
def test_what_an_investigation_needs_stays(text):
    assert masked_text(text) == text


@dataclass(frozen=True)
class Leaf:
    text: str | None
    count: int


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]
    named: dict[str, Leaf]


def test_every_text_of_a_document_is_masked_and_nothing_else_changes():
    secret = Leaf("pwd=hunter22", 3)
    shown = masked(Tree((secret, Leaf(None, 4)), {"a@b.example": secret}))
    gone = Leaf("pwd=[masked]", 3)
    assert shown == Tree((gone, Leaf(None, 4)), {"[masked]": gone})


@pytest.mark.parametrize("piece", ["a", "a.b-", "1-", "a@", "://a", "a.", "token", "eyJa-", "4111 "])
def test_a_long_line_of_a_stranger_is_no_trap(piece):
    """An unbounded pattern took minutes for one of these, and any renderer hung on it."""
    text = piece * (100_000 // len(piece))
    assert len(masked_text(text)) <= len(text)


def test_a_user_without_a_name_in_an_url_is_masked():
    assert masked_text("redis://:hunter22@cache.internal:6379") == "redis://[masked]@cache.internal:6379"
