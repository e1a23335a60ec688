"""Traces as X-Ray's BatchGetTraces returns them: the segment documents of what happened.

Shapes follow the X-Ray developer guide ("segment documents") and documents recorded on real
accounts: two segments of one name per execution of a function, copies of subsegments (`inferred`)
for what sends no segments of its own, links between the trace that sent a message and those that
received it.
"""

from __future__ import annotations

from forensics.demo.telemetry.xray.trace import as_returned, documents
from forensics.demo.telemetry.xray.values import Document

__all__ = ["Document", "as_returned", "documents"]
