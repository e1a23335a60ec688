"""What tells by itself: keys of known make, tokens, addresses of people, numbers that check."""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["GONE", "mask_shapes"]

GONE = "[masked]"


@dataclass(frozen=True)
class _Rule:
    """`stems`: one of them stands in every text that it finds something in; most texts hold none."""

    stems: tuple[str, ...]
    pattern: re.Pattern[str]


_KEYS = (
    "AKIA", "ASIA", "IQoJ", "GZXI", "eyJ", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-",
    "xox", "_live_", "_test_", "whsec_", "sk-", "hf_", "AIza", "ya29.", "npm_", "SG.", "slack.com",
    "PRIVATE KEY",
)  # fmt: skip
# Each begins at the start of a word and is bounded, or is taken whole: else one long line of a stranger's
# takes minutes. Formats: those that the makers publish, as gitleaks and trufflehog list them.
_RULES = (
    _Rule(
        _KEYS,
        re.compile(
            r"""(?x)
            -----BEGIN[ A-Z]{0,40}PRIVATE[ ]KEY-----[\s\S]*?(?:-----END[ A-Z]{0,40}PRIVATE[ ]KEY-----|\Z)
            | (?<![\w-])eyJ[\w-]{6,}+\.[\w-]{6,}+(?:\.[\w-]*+)?
            | (?<=hooks\.slack\.com/services/)[\w/]{20,}
            | \b(?:(?:AKIA|ASIA)[0-9A-Z]{16}\b
                | (?:IQoJb3JpZ2lu|F[wQ]oGZXIvYXdz)[\w+/=%-]{20,}
                | gh[pousr]_[A-Za-z0-9]{20,} | github_pat_\w{20,} | glpat-[\w-]{16,} | xox[abeoprs]-[\w-]{10,}
                | [srp]k_(?:live|test)_\w{10,} | whsec_\w{16,} | sk-[\w-]{20,} | hf_\w{30,} | AIza[\w-]{30,}
                | ya29\.[\w-]{20,} | npm_\w{30,} | SG\.[\w-]{16,}+\.[\w-]{16,})"""
        ),
    ),
    _Rule(
        ("ignature", "sig=", "SIG=", "earer", "asic", "EARER", "ASIC"),
        re.compile(
            r"""(?ix) (?:(?<=signature=)|(?<=signature":")|(?<=[?&]sig=)) [\w%/+=-]{16,}
            | (?:(?<=\bbearer[ ])|(?<=\bbasic[ ]))
              (?=[\w.~+/=-]{20} | [\w.~+/=-]{0,256}?(?:\d|(?-i:[a-z][A-Z]))) [\w.~+/=-]{8,}"""
        ),
    ),
    # Nobody has a mailbox in a domain of AWS' own or one kept for private names: X-Ray writes database@host.
    # A password may hold an @, and where that was not escaped a slash: but not where port and path stand.
    _Rule(
        ("@", "%40", "%2540"),
        re.compile(
            r"""(?x) (?<=://)[^\s/@:"'<>]{0,256}:[^\s/"'<>]{1,256}(?=@)
            | (?<=://)(?![^\s/@:"'<>]{0,256}:\d{1,5}(?!\d))[^\s/@:"'<>]{0,256}:[^\s@"'<>]{1,256}(?=@)
            | (?<![\w.+%-])[\w.+%-]{1,64}(?:@|%(?:25)?40)(?!\dx\.)
              (?![\w.-]{0,253}?\.(?:amazonaws\.com|internal|local)\b)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,63}\b"""
        ),
    ),
    _Rule(
        ("+", "-"),
        re.compile(
            r"""(?x) (?<![\w+/=.-])\+[1-9](?:[ .()-]{0,2}\d){7,14}(?![\w/+=-])
            | (?<![\w.-])(?:\([2-9]\d{2}\)[ ]?|[2-9]\d{2}-)[2-9]\d{2}-\d{4}(?![\w.-])
            | (?<![\w.-])\d{3}-\d{2}-\d{4}(?![\w.-])"""
        ),
    ),
    # Ranges and lengths as the networks publish them; Amex 4-6-5, Diners Club 4-6-4; an IBAN in fours.
    _Rule(
        ("",),
        re.compile(
            r"""(?x) (?<![\w.-])(?:
                (?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|64[4-9]\d|6[25]\d{2}|35[2-8]\d)(?:[ -]?\d{4}){3}
                | 3[47]\d{2}[ -]?\d{6}[ -]?\d{5}
                | (?:30[0-59]\d|3[689]\d{2})[ -]?\d{6}[ -]?\d{4})(?![\w.-])
            | \b[A-Z]{2}\d{2}(?:[ ][A-Z0-9]{4}){2,7}(?:[ ][A-Z0-9]{1,3})?\b"""
        ),
    ),
)
_CARD = re.compile(r"[\d -]{14,}")
_IBAN = re.compile(r"[A-Z]{2}\d{2} [A-Z0-9 ]+")


def mask_shapes(text: str) -> str:
    for rule in _RULES:
        if any(stem in text for stem in rule.stems):
            text = rule.pattern.sub(_shape, text)
    return text


def _shape(found: re.Match[str]) -> str:
    text = found[0]
    if _CARD.fullmatch(text) and not _is_card(text):
        return text
    return text if _IBAN.fullmatch(text) and not _is_iban(text) else GONE


def _is_card(text: str) -> bool:
    """Luhn's check: one in ten numbers of the same length passes it."""
    digits = [int(c) for c in reversed(text) if c.isdigit()]
    return sum(d if n % 2 == 0 else (2 * d - 9 if d > 4 else 2 * d) for n, d in enumerate(digits)) % 10 == 0


def _is_iban(text: str) -> bool:
    """ISO 13616: letters count from 10 on, and the whole is 1 modulo 97."""
    plain = text.replace(" ", "")
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1
