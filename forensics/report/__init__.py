"""The result document and its renderers.

`gather` reads a case's tables into the frozen `Document`; `text`, `trace_text`, `json` and `rows`
only render. Nothing is imported here, so that a command loads just the renderer that it needs.
"""
