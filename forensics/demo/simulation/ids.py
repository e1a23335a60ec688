"""Identifiers in the forms that AWS gives them, drawn from the scenario's seed."""

from __future__ import annotations

from random import Random

from forensics.demo.story import Micros

_BASE32 = "0123456789ABCDEFGHIJKLMNOPQRSTUV"


class Ids:
    """Every kind of id; the same seed and the same order of asking give the same ids."""

    def __init__(self, rng: Random) -> None:
        self._bits = rng.getrandbits
        self._choices = rng.choices
        self._sequence = 49_600_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000_000

    def span(self) -> str:
        return f"{self._bits(64):016x}"

    def trace(self, at: Micros) -> str:
        return f"1-{at // 1_000_000:08x}-{self._bits(96):024x}"

    def hex32(self) -> str:
        return f"{self._bits(128):032x}"

    def request(self) -> str:
        """A random UUID (version 4), as Lambda, SQS and API Gateway give."""
        bits = self._bits(128) & ~(0xF000C << 60) | (0x40008 << 60)
        text = f"{bits:032x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def table_request(self) -> str:
        """DynamoDB's own kind: 52 characters of base 32."""
        return "".join(self._choices(_BASE32, k=52))

    def bucket_request(self) -> str:
        """S3's own kind: 16 characters."""
        return f"{self._bits(64):016X}"

    def sequence(self) -> str:
        """The number of a record in a stream: it grows."""
        self._sequence += self._bits(20) + 1
        return str(self._sequence)

    def order(self) -> str:
        return f"ord-{self._bits(32):08x}"

    def host(self) -> str:
        return f"i-{self._bits(68):017x}"
