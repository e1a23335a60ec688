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
    ('{"password": "correct horse, battery (staple)", "user": "x"}', "staple"),
    (r'{\"password\": \"correct \\\"horse\\\" staple\", \"user\": 1}', "staple"),
    ("{'password': 'horse, has (all)'}", "all"),
    ("user=ada password=a,b(c)d role=admin", "a,b(c)d"),
    ("password=correct horse staple user=ada", "staple"),
    ("Server=db;Password=p w d;Timeout=30", "w d"),
    ("Config(user=x, password=hunter22)", "hunter22"),
    ("password=$ecret99", "$ecret99"),
    ("login password: hunter", "hunter"),
    ("CREATE USER x WITH PASSWORD 'hunter22'", "hunter22"),
    ("psql --password hunter22 --host x", "hunter22"),
    ("<wsse:Password Type='t'>hunter22</wsse:Password>", "hunter22"),
    ("body=user%3Dx%26password%3Dhunter22%26a%3Db", "hunter22"),
    ('{"password":{"S":"hunter22"}}', "hunter22"),
    (r'{\"pin_secret\": {\"N\": \"1234567\"}}', "1234567"),
    ('{"name":"DB_PASSWORD","value":"hunter22"}', "hunter22"),
    ('{"key":"authorization","value":{"stringValue":"Bearer abc"}}', "abc"),
    ('"multiValueHeaders":{"Authorization":["Bearer abc","x"]}', "abc"),
    ("Cookie: a=1234; sid=abcd; theme=dark", "abcd"),
    ("Authorization: AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20261005/us-east-1/s3/aws4_request, "
     "SignedHeaders=host, Signature=fe5f80f77d5fa3beca038a248ff027d0", "fe5f80f77d5fa3"),
    ("https://b.s3.amazonaws.com/x?Signature=vjbyPxybdZaNmGa%2ByT272YEAiv4%3D&Expires=1", "vjbyPxybdZ"),
    ("rejected Bearer abcdefghijklmnopqrst", "abcdefghijklmnop"),
    ("rejected Bearer mF_aBcdefgh.ijk", "mF_aBcdefgh"),
    ("to ada%40example.com", "ada"),
    ("q=ada%2Btag%2540mail.example.com", "ada"),
    ("postgres://admin:p@ss:w0rd@db.internal:5432/shop", "ss:w0rd"),
    ("postgres://admin:pa/ss@db.internal:5432/shop", "pa/ss"),
    ("call +1 (415) 555-0123 or +49 89 1234567", "555-0123"),
    ("call +1 415 555 2671 or +49 89 1234567", "1234567"),
    ("call (415) 555-0123", "555-0123"),
    ('{"phoneNumber": "4155550123"}', "4155550123"),
    ("card 3056 930902 5904 declined", "930902"),
    ("card 6011000990139424 declined", "6011000990139424"),
    ("IBAN DE89 3704 0044 0532 0130 00", "0532"),
    ("client_secret=abc, Client token=s.abcd1234", "s.abcd1234"),
    ("token: secret: hunter22", "hunter22"),
    ("session_id=s3ss10nabcdef", "s3ss10nabcdef"),
    ("aws_session_token IQoJb3JpZ2luX2VjEGsaCXVzLWVhc3QtMSJHMEUCIQ", "X2VjEGsaCXVz"),
]  # fmt: skip
PLAIN = [
    # a database and its host, as X-Ray writes them
    "orders@orders.cluster-abc.eu-west-1.rds.amazonaws.com failed",
    "redis@cache.prod.internal timed out",
    "token: expired",
    "Token: verification failed",
    "cookie: missing",
    "NextToken=null",
    "token=undefined",
    "Invalid password: must be set",
    '{"password": "is required"}',
    "wrong password: attempt 3 of 5",
    "session_id=4e82fc64-3d3c-44f8-89c6-04e0732fd5fd",
    "NextToken=AAAAbbbb1234",
    "ClientRequestToken: 12ab34cd56",
    '"usage":{"prompt_tokens":1523,"max_tokens":4096}',
    "PWD=/var/task",
    "password=${DB_PASSWORD}",
    "arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/db-AbCdEf",
    "SyntaxError: Unexpected token: }",
    """Unexpected token '<', "<html>" is not valid JSON""",
    "Basic authentication failed",
    "Bearer token missing",
    'Bearer realm="x", error="invalid_token"',
    "The request signature we calculated does not match",
    "at 2026-10-05T02:10:01+02:00",
    "https://example.com:8443/path@2x.png",
    "took 1.5e+10000000 of +0200",
    "AB12 3456 7890 1234",
    "412-555",
    "AWS_SECRET_ACCESS_KEY=hashed:0a1b2c",
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


@pytest.mark.parametrize(
    "piece",
    ["a", "a.b-", "1-", "a@", "://a", "a.", "token", "eyJa-", "4111 ", "password=", 'password="', "pwd='x\\",
     "pwd=a ", "password=a,b(", "token=[", "cookie:a=", "cookie:a=b; ", "<token>", "--a-token ", "+1 (",
     "%40", "://a:a@", "://a:1/", "AB12 CD34 ", "Bearer a", "-----BEGIN PRIVATE KEY-----", "secret\\\\\\",
     "token: a ", "password=must,b(", "token:a-", "nextToken=", "password=arn:aws", "tokens=1,"],
)  # fmt: skip
def test_a_long_line_of_a_stranger_is_no_trap(piece):
    """An unbounded pattern took minutes for one of these, and any renderer hung on it."""
    text = piece * (100_000 // len(piece))
    assert len(masked_text(text)) < 3 * len(text)


def test_a_user_without_a_name_in_an_url_is_masked():
    assert masked_text("redis://:hunter22@cache.internal:6379") == "redis://[masked]@cache.internal:6379"
