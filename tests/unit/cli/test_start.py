"""What a command waits for before it does anything."""

from __future__ import annotations

import subprocess
import sys


def test_commands_that_only_read_import_nothing_that_only_others_need() -> None:
    asked = "import sys, forensics.api, forensics.cli; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True)
    loaded = {name.partition(".")[0] for name in said.stdout.split()}
    assert "duckdb" in loaded
    assert loaded.isdisjoint({"polars", "pandas", "numpy", "boto3", "botocore", "networkx"})
