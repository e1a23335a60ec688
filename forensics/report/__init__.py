"""The result document and its renderers.

`gather` reads a case's tables into the frozen `Document`; `text` and the others only render it.
"""

from forensics.report.gather import gather
from forensics.report.json import document_json, document_schema, failure_lines, plain_json
from forensics.report.text import render_report
from forensics.report.trace_text import render_answer, render_trace

__all__ = ["document_json", "document_schema", "failure_lines", "gather", "plain_json", "render_answer", "render_report", "render_trace"]
