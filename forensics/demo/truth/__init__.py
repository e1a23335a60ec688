"""The truth beside the telemetry: what failed, where it began, and what can be known of it.

Tables of a fixed schema (`tables`), written while the story goes by (`writing`), and a document to
be read (`document`). `records`, `evidence` and `decidable` hold the rules of what is left behind,
what proves an edge, and where `unknown` is the right answer.
"""

from forensics.demo.truth.tables import TABLES
from forensics.demo.truth.writing import Truth

__all__ = ["TABLES", "Truth"]
