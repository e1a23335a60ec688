"""What the clock should have started and did not: nothing failed, and nothing ran.

`expression` says when a schedule runs; `runs` reads what ran by the clock, and where the case would show
it; `silence` finds the stretch in which it did not; `verdict` says whose doing that was.
"""

from forensics.rootcause.schedule.verdict import silences

__all__ = ["silences"]
