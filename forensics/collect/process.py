"""What a pull sets for the whole process while it runs: memory, the collector, Ctrl-C."""

from __future__ import annotations

import ctypes
import gc
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pyarrow as pa

__all__ = ["frugal", "interruptible"]

_M_ARENA_MAX = -8  # malloc.h


@contextmanager
def frugal() -> Iterator[None]:
    """Arrow's memory from malloc: its own allocator keeps a third more, and a tenth of the CPU goes
    into pages that it gives back and takes again. And the collector need not look at boto3's models.
    """
    _share_arenas()
    before = pa.default_memory_pool()
    pa.set_memory_pool(pa.system_memory_pool())
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        pa.set_memory_pool(before)


def _share_arenas() -> None:
    """Two of glibc's arenas for all threads: each keeps what it once had, a tenth of a pull's memory.

    It costs nothing, since threads that touch Python's objects take turns anyway. It stays so for
    the process; other C libraries have no such thing.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


@contextmanager
def interruptible(stop: threading.Event) -> Iterator[Callable[[], bool]]:
    """Ctrl-C sets `stop` instead of breaking into a commit. Only the main thread gets signals."""
    seen = threading.Event()

    def interrupted(number: int, frame: object) -> None:
        if seen.is_set():  # asked twice: now, and what is not committed is read again
            raise KeyboardInterrupt
        seen.set()
        stop.set()

    if threading.current_thread() is not threading.main_thread():
        yield seen.is_set
        return
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield seen.is_set
    finally:
        signal.signal(signal.SIGINT, before)
