"""What a name beside it tells: the value of a password, a token, a cookie, in whatever stands between."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forensics.report.mask.shapes import GONE

__all__ = ["mask_named"]

# A person chooses a password, so it may be a word; the others are made by machines and never are one.
_CHOSEN = r"pass(?:word|wd|phrase|code)|(?<=[_-])pass|pwd|(?<!:)secret"
_MADE = (
    r"token|api[ _-]?key|(?:secret|private|access|encryption|signing|account|shared|client|app|auth)[ _-]?key"
    r"|credential|authorization|session[ _-]?id|ssn|social[ _-]?security|card[ _-]?number|cvv|iban"
    r"|phone(?:[ _-]?(?:number|no))?|msisdn"
)
# One of them is in every name: most texts hold none.
_STEMS = (
    "pass", "pwd", "secret", "token", "key", "credential", "authori", "cookie", "session", "ssn", "social",
    "card", "cvv", "iban", "phone", "msisdn",
)  # fmt: skip
_QUOTE = r"\\{0,8}[\"']"
# Between a name and its value: `=`, `:`, `=>`, the next member of a pair of name and value, a blank after
# `--name`, the end of an XML tag; then what DynamoDB and OTLP write around a text. `:secret:` is of an ARN.
_HEAD = re.compile(
    rf"""(?ix)
    (?P<name> (?P<chosen>{_CHOSEN}) | (?P<cookie>cookie) | {_MADE} ) (?P<many>s)?\d?
    (?: (?:{_QUOTE})?\]? \s{{0,8}} (?: ={{1,3}}>? | :(?!:) | %3[ad] ) \s{{0,8}}
      | (?:{_QUOTE}) \s{{0,4}},\s{{0,4}} (?:{_QUOTE})value(?:{_QUOTE}) \s{{0,4}}:\s{{0,4}}
      | (?(chosen)\s+(?=')|(?!)) | (?:\s[^<>]{{0,200}})?>(?=[^<]{{1,1000}}</) | (?P<blank>[ ]+) )
    (?: \{{\s{{0,4}} (?:{_QUOTE})(?:S|N|B|string_?Value)(?:{_QUOTE}) \s{{0,4}}:\s{{0,4}} )?
    (?P<scheme>(?:{_QUOTE})?(?:bearer|basic|digest|negotiate|token|apikey|AWS4-HMAC-SHA256)\s+)?
    (?P<quote>{_QUOTE})?
    """
)
# A token that says which page comes next, or that two requests are one, opens nothing, and joins records.
_HARMLESS = re.compile(
    r"(?i)(?:next|page|pagination|continuation|client[ _-]?request|idempotency|sync|cancellation)[ _-]?$"
)
_FLAG = re.compile(r"(?:^|\s)--[\w-]*$")
# What stands in place of a secret is short.
_SHORT = 200
# Where it ends that has no quotes: a comma or a bracket ends it only where something else goes on behind it.
_BARE = re.compile(
    r"""(?x)(?: [^\s"'\\,;&<>)}\]%] | %(?!26|22|2C) | ,(?!\s|$|["']?[\w.-]{1,60}["']?\s?[=:])
        | [)}\]](?![\s,;)}\]"']|$) )++"""
)
# A chosen one may hold blanks: it then ends where the next name of a line of `name=value` begins.
_MORE = re.compile(r"(?:[ ][^\s=;,&\"']{1,40}){1,6}(?=;|[ ][\w.-]{1,60}=)")
_COOKIES = re.compile(r"[^\s;\"'=]{1,256}=[^\s;\"']*+(?:;[ ]?[^\s;\"'=]{1,256}(?:=[^\s;\"']*+)?)*+")
_LIST = re.compile(r"\[[^\]]*+\]?")
# An object: its names are looked at one by one.
_INNER = re.compile(r"\{\s{0,4}(?:\\{0,8}[\"']|[\w.-]{1,60}\s?[=:]|\})")
_UUID = re.compile(r"(?i)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# What stands where a secret would, and is none: nothing, a reference, a placeholder, or what we wrote.
_NONE = re.compile(
    r"""(?ix) (?:null|none|nil|undefined|true|false|yes|no|empty|n/a|\(null\)|\(none\))[.,;:!]?
    | \*{3,} | x{3,} | %[sdv] | <[\w -]{1,40}>? | \[?(?:masked|redacted|filtered|hidden|secret|removed)\]?
    | hashed:.* | arn:aws.* | \$(?:\{|\().* | (?-i:\$[A-Z_][A-Z0-9_]+) | \{\{.*"""
)
_WORD = r"(?:[A-Za-z][a-z]{0,14}|[A-Z]{2,15})(?:['’]t)?"
_WORDS = re.compile(rf"{_WORD}(?:[ _,.;:!-]{{1,3}}{_WORD})*+[ .,;:!?]{{0,3}}")
# With which a sentence about a password goes on.
_SAID = frozenset(
    """are attempt attempts be been before can can't cannot changed check contains could did do does doesn't
    empty expected expired expires failed failure field had has have hash incorrect input invalid is isn't
    length less longer may mismatch missing more must need needed needs never not only policy please provided
    rejected required reset rotated rotation should shorter too unknown unset updated validation verification
    was wasn't weak were will without wrong""".split()  # noqa: SIM905  # a list of as many literals is no easier to read
)


def mask_named(text: str) -> str:
    """Linear in the text's length: what is long is passed over once, masked or not."""
    lower = text.lower()
    return "".join(_pieces(text)) if any(stem in lower for stem in _STEMS) else text


def _pieces(text: str) -> Iterator[str]:
    done = 0
    while head := _HEAD.search(text, done):
        start = head.end()
        end = start if _is_prose(text, head) else _end(text, head, start)
        if end == start or _stays(head, text[start:end]):
            end = start
            yield text[done:start]
        elif _is_harmless(text, head):
            yield text[done:end]
        else:
            yield text[done:start] + GONE
        done = end
    yield text[done:]


def _is_prose(text: str, head: re.Match[str]) -> bool:
    """A name and a blank, but no `--name value`."""
    before = text[max(0, head.start() - 40) : head.start()]
    return head["blank"] is not None and not _FLAG.search(before)


def _is_harmless(text: str, head: re.Match[str]) -> bool:
    at = head.start("name")
    return head["name"].lower() == "token" and _HARMLESS.search(text[max(0, at - 20) : at]) is not None


def _end(text: str, head: re.Match[str], start: int) -> int:
    if quote := head["quote"]:
        return _closed(text, start, quote)
    if not text.startswith(GONE, start) and (list_ := _LIST.match(text, start)):
        return list_.end()
    if _INNER.match(text, start):
        return start
    if head["cookie"] and (cookies := _COOKIES.match(text, start)):
        return cookies.end()
    if head[0].endswith(">") and not head[0].endswith("=>"):
        return text.index("<", start)
    bare = _BARE.match(text, start)
    if bare is None:
        return start
    more = _MORE.match(text, bare.end()) if head["chosen"] else None
    return more.end() if more else bare.end()


def _closed(text: str, start: int, quote: str) -> int:
    """The same quote with as many backslashes before it, or the end of the line: a message may be cut."""
    end = re.compile(rf"(?<!\\){re.escape(quote)}|\n|\Z").search(text, start)
    return end.start() if end else len(text)


def _stays(head: re.Match[str], value: str) -> bool:
    """Whether a value is none: a state, a placeholder, a count, an id, a folder. Others may stand in it."""
    name, plain = head["name"].lower(), value.strip()
    if len(value) > _SHORT:
        return False
    if _NONE.fullmatch(plain):
        return True
    if head["chosen"]:
        first = re.split(r"[^\w'’]", plain.lower(), maxsplit=1)[0]
        return first in _SAID or (name == "pwd" and plain.startswith("/"))
    if head["scheme"]:
        return False
    if name.startswith("session") and _UUID.fullmatch(plain):
        return True
    counts = bool(head["many"]) and plain.replace(",", "").isdigit()
    return counts or sum(map(str.isalnum, plain)) < 3 or bool(_WORDS.fullmatch(plain))
