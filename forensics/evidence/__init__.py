"""How answers of AWS about metrics and changes, and exported logs, become rows of evidence, without secrets.

`collect` gets the answers over the network and `importers` from files; both make their rows here,
so that the same answer gives the same row. Functions take plain JSON values and return rows as
dicts of `schema.EVIDENCE`'s columns; what they do not know of is None.
"""

from forensics.evidence.change import CHANGE_KEYS, change_rows
from forensics.evidence.exported import EQUALS_OF_PIECE, ExportedEvent, Flaw, exported_events, stream_named
from forensics.evidence.metric import METRIC_KEYS, datapoint_rows, metric_rows
from forensics.evidence.times import micros

__all__ = [
    "CHANGE_KEYS",
    "EQUALS_OF_PIECE",
    "METRIC_KEYS",
    "ExportedEvent",
    "Flaw",
    "change_rows",
    "datapoint_rows",
    "exported_events",
    "metric_rows",
    "micros",
    "stream_named",
]
