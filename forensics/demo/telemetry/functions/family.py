"""Which language a function is written in, by the name of its runtime."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

Family = Literal["python", "nodejs", "java", "go", "dotnet", "ruby", "raw"]
# Where an exception ended up that nobody caught: the handler, the start of the program, the process.
How = Literal["invoke", "init", "crash"]


@lru_cache
def family_of(runtime: str) -> Family:
    """Go brings its own runtime on `provided.al2023`; what else runs on a bare system just prints."""
    match runtime.rstrip("0123456789.x"):
        case "python" | "nodejs" | "java" | "dotnet" | "ruby" as known:
            return known
    return "raw" if runtime in ("provided", "provided.al2") else "go"
