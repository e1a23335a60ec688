"""The sample account: telemetry of a small shop that breaks in known ways, with the truth beside it."""

from forensics.demo.generate import Generated, generate
from forensics.demo.reading import list_scenarios, load_scenario, parse_scenario
from forensics.demo.scale import scaled
from forensics.demo.scenario import Scenario

__all__ = [
    "Generated",
    "Scenario",
    "generate",
    "list_scenarios",
    "load_scenario",
    "parse_scenario",
    "scaled",
]
