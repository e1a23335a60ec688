"""What the programs of each language write: one file per runtime, all with the same functions."""

from forensics.demo.telemetry.functions.family import Family
from forensics.demo.telemetry.functions.programs import dotnet, go, java, nodejs, python, raw, ruby
from forensics.demo.telemetry.functions.programs.program import Program

PROGRAMS: dict[Family, Program] = {
    "python": python.PROGRAM,
    "nodejs": nodejs.PROGRAM,
    "java": java.PROGRAM,
    "go": go.PROGRAM,
    "dotnet": dotnet.PROGRAM,
    "ruby": ruby.PROGRAM,
    "raw": raw.PROGRAM,
}

__all__ = ["PROGRAMS", "Program"]
