"""The bytes of a file, unpacked where it is gzip or Zstandard: told by content, not by name."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import zstandard

__all__ = ["BrokenStream", "unpacked"]

_CHUNK = 1_000_000
# A block of 4 bytes unpacks to 128 kB, so that what goes in at once is kept small.
_ZSTD_INPUT = 8_192


class BrokenStream(Exception):
    """The compressed file breaks off or is damaged; what came before it is good."""


def unpacked(path: Path) -> Iterator[bytes]:
    """The file's bytes in pieces, in order. Raises BrokenStream and OSError."""
    with open(path, "rb") as source:
        magic = source.read(4)
        source.seek(0)
        try:
            if magic[:2] == b"\x1f\x8b":
                yield from _gzip(source)
            elif magic == b"\x28\xb5\x2f\xfd":
                yield from _zstandard(source)
            else:
                yield from iter(lambda: source.read(_CHUNK), b"")
        except (EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError) as error:
            raise BrokenStream(f"the compressed file breaks off: {error}") from error


def _gzip(source: BinaryIO) -> Iterator[bytes]:
    """`read` would lose what it had unpacked before the damage; `read1` hands it over first."""
    with gzip.GzipFile(fileobj=source) as stream:
        yield from iter(lambda: stream.read1(_CHUNK), b"")


def _zstandard(source: BinaryIO) -> Iterator[bytes]:
    """Frame by frame: the library's own stream reader takes a cut-off file for its end."""
    frame = None
    rest = source.read(_ZSTD_INPUT)
    while rest:
        frame = frame or zstandard.ZstdDecompressor().decompressobj()
        if piece := frame.decompress(rest):
            yield piece
        rest = b""
        if frame.eof:
            rest, frame = frame.unused_data, None
        rest = rest or source.read(_ZSTD_INPUT)
    if frame is not None:
        raise EOFError("it ended in the middle of a frame")
