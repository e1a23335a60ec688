"""`forensics`: parse words, call `api`, print, return an exit code. One file per command."""

from __future__ import annotations

from forensics.cli.main import main

__all__ = ["main"]
