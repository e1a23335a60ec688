"""From each failure backward to where it began, every sentence with the record behind it.

`walk` follows a failing chain from its symptom, asking the rules at each place; `rules/` holds
one file per cause family; `verdict` makes the result; `explain` runs it over a case.
"""

from forensics.rootcause.classify import classify
from forensics.rootcause.explain import classify_absorbed, explain_failures, explain_slowness

__all__ = ["classify", "classify_absorbed", "explain_failures", "explain_slowness"]
