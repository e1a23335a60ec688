"""Take secrets out of a configuration: a keyed hash stands where a value was, the name stays.

Three rules, from sure to careful: values of environment and stage variables always; members whose
name says that they hold a secret; texts that look like one wherever they stand. References (`valueFrom`,
an ARN) are no secrets and stay. JSON within a text (a definition, a policy) is looked into.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any

__all__ = ["HASHED", "Redactor"]

HASHED = "hashed:"
_DIGITS = 32  # 128 bits

# Maps of name -> value, and lists of {name, value}: Lambda, stages of API Gateway, ECS, CodeBuild, Batch.
_VARIABLES = frozenset({"variables", "stagevariables", "environmentvariables", "environment"})
_SECRET_NAME = re.compile(
    r"(?:pass(?:word|wd|phrase)|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?"
    r"|authori[sz]ation|cookie|connection[-_]?string|dsn)$",
    re.IGNORECASE,
)
# Members that end like a secret and are a name, a state or a position.
_NO_SECRET = frozenset({"nexttoken", "clientrequesttoken", "clienttoken", "idempotencytoken", "tasktoken"})
_REFERENCE = re.compile(r"arn:|\$|\{\{resolve:|/aws/reference/")
# What shows itself for what it is. Sources: IAM's unique identifiers, RFC 7519, RFC 7468, RFC 3986,
# and the documented prefixes of Slack, GitHub, Stripe, Google and SendGrid.
_SHAPES = re.compile(
    r"""
    (?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}
    |-----BEGIN[ A-Z]*PRIVATE\ KEY-----.*?(?:-----END[ A-Z]*PRIVATE\ KEY-----|$)
    |\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]+)?
    |\bxox[abeoprs]-[\w-]{10,}|\bgh[opsur]_\w{20,}|\bgithub_pat_\w{20,}|\b[rs]k_(?:live|test)_\w{10,}
    |\bAIza[\w-]{30,}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bglpat-[\w-]{16,}
    |(?<=://)[^\s/@:]*:[^\s/@]+(?=@)
    |(?i:\b(?:bearer|basic)\ )(?=[\w.~+/=-]*\d)[\w.~+/=-]{12,}
    |(?i:(?<!:)(?:pass(?:word|wd)?|secret|token|api[-_]?key)["']?\s*[=:]\s*["']?)(?!hashed:|arn:|\$)[^\s"',;&]{4,}
    """,
    re.VERBOSE | re.DOTALL,
)


class Redactor:
    """Hashes by one key (HMAC-SHA-256, RFC 2104)."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def hashed(self, value: object) -> object:
        """What stands for a value. An empty one stays: that it is empty is no secret, and often the fault."""
        if value is None or value == "" or (isinstance(value, str) and value.startswith(HASHED)):
            return value
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
        digest = hmac.new(self._key, text.encode("utf-8", "surrogatepass"), sha256).hexdigest()
        return f"{HASHED}{digest[:_DIGITS]}"

    def clean(self, value: Any) -> Any:
        """The same value without secrets. Raises RecursionError where it is nested too deeply."""
        if isinstance(value, dict):
            return {name: self._member(name, member) for name, member in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean(one) for one in value]
        return self._text(value) if isinstance(value, str) else value

    def _member(self, name: str, value: Any) -> Any:
        lowered = name.replace("-", "").replace("_", "").lower()
        if lowered == "tags" and isinstance(value, dict):  # `environment` is a favourite name of a tag
            return {tag: self._text(text) if isinstance(text, str) else text for tag, text in value.items()}
        if lowered in _VARIABLES:
            return self._variables(value)
        if isinstance(value, str):
            secret = _SECRET_NAME.search(name) and lowered not in _NO_SECRET
            return self.hashed(value) if secret and not _REFERENCE.match(value) else self._text(value)
        return self.clean(value)

    def _variables(self, value: Any) -> Any:
        """Every value of a map or of a list of pairs; a map around them (`Variables`) is looked into."""
        if isinstance(value, list):
            return [self._pair(one) if isinstance(one, dict) else self.hashed(one) for one in value]
        if isinstance(value, dict):
            return {
                name: self._inner(name, member) if isinstance(member, dict | list) else self.hashed(member)
                for name, member in value.items()
            }
        return self.hashed(value)

    def _inner(self, name: str, member: Any) -> Any:
        """`Environment.Error` tells why Lambda could not read the variables, and holds none."""
        return self.clean(member) if name == "Error" else self._variables(member)

    def _pair(self, pair: dict[str, Any]) -> dict[str, Any]:
        """{name, value}; a reference to where the value lies ({name, valueFrom}) stays."""
        return {
            name: self.hashed(value) if name.lower() == "value" else self.clean(value)
            for name, value in pair.items()
        }

    def _text(self, text: str) -> str:
        if text[:1] in "{[" and (inner := _parsed(text)) is not None:
            cleaned = self.clean(inner)
            # As it came where nothing had to go: evidence is verbatim.
            return (
                text if cleaned == inner else json.dumps(cleaned, ensure_ascii=False, separators=(",", ":"))
            )
        return _SHAPES.sub(self._shape(), text)

    def _shape(self) -> Callable[[re.Match[str]], str]:
        return lambda found: str(self.hashed(found[0]))


def _parsed(text: str) -> Any:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict | list) else None
