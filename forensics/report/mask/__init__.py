"""Secrets and personal data that strangers wrote into logs and messages, masked before anything renders.

By shape (`shapes`) and by a telling name beside it (`named`), so it can miss: what has neither stays.
Addresses of hosts stay too, since whom a call went to is what one looks for, and so do UUIDs of sessions,
since they are what records are joined by.

How others do it, and what was taken: Sentry's Relay (`relay-pii/src/regexes.rs`) replaces a whole value
beside a telling name, as here; detect-secrets (`plugins/keyword.py`, `filters/heuristic.py`) lists words
that stand where a secret would (`null`, `none`, `<password>`) and takes no UUID for one; gitleaks asks for
entropy, which a password of a person's lacks.
"""

from __future__ import annotations

from forensics.report.mask.document import masked, masked_text

__all__ = ["masked", "masked_text"]
