"""Which nodes of a window differ from a baseline, and most likely began it, where nothing need have crashed.

Three kinds of deviation are measured per node, each local by construction: time that no callee explains
(`slowness`), what is done and in which order (`habits`), and failures that begin there (`habits` too).
`ranking` puts them on one scale, the one of what the other nodes reach in the same window by chance, and
discounts what a node further down explains. No name, class or threshold of a system is known here.
"""

from forensics.rootcause.suspects.periods import Period
from forensics.rootcause.suspects.ranking import suspects

__all__ = ["Period", "suspects"]
