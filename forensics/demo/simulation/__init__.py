"""Lets the account of a scenario live through its window, one request or delivery at a time.

`account` is the clock: it takes what is due and hands it to those who know how that goes (`entries`,
`work`, `calls`, `carriers`, `streams`, `events`, `workflows`). A call that waits for its answer is
followed at once, everything else waits its turn: so memory holds what is under way and nothing else.
"""

from forensics.demo.simulation.account import simulate

__all__ = ["simulate"]
