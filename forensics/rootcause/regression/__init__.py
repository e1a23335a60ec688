"""When nothing crashed: what became slower, where it began, and by how much.

`pace` reads how long every element took, slice by slice (`chains.pace`); `scan` finds the stretch in which
one differs from the time before; `origins` leads many slow elements back to few nodes; `verdict` goes to
the records and says it.
"""

from forensics.rootcause.regression.verdict import regressions

__all__ = ["regressions"]
