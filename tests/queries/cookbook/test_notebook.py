"""The example notebook runs from its first cell to its last, without a kernel or any other service."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).resolve().parents[3] / "examples" / "first_look.ipynb"


@pytest.mark.source
def test_the_example_notebook_runs(night, tmp_path, monkeypatch):
    (tmp_path / "demo-case").symlink_to(night.folder / "case")
    monkeypatch.chdir(tmp_path)
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    names: dict[str, Any] = {}
    shown = [run("".join(cell["source"]), names) for cell in cells]
    told = "\n".join(text for text in shown if text)
    assert "25 failures in 4 issues" in told
    assert "shop-api/prod" in told
    assert len([text for text in shown if text]) >= len(cells) - 2


def run(source: str, names: dict[str, Any]) -> str:
    """A cell as a notebook runs it: what its last expression shows."""
    body = ast.parse(source).body
    last = ast.Expression(body.pop().value) if isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
    if last is None:
        return ""
    value = eval(compile(last, "<cell>", "eval"), names)
    as_html = getattr(value, "_repr_html_", None)
    return "" if value is None else as_html() if as_html else repr(value)


@pytest.mark.source
def test_the_example_notebook_holds_no_outputs():
    for cell in json.loads(NOTEBOOK.read_text())["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None
