"""What `pip install` brings for the HTML report is what `web/` was built to."""

import hashlib
from importlib.resources import files
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[3] / "web"


def asset(name):
    return (files("forensics.report") / "assets" / name).read_text("utf-8")


@pytest.mark.source
@pytest.mark.parametrize("name", ["report.js", "report.css"])
def test_the_bundle_was_built_from_these_sources(name):
    digest = hashlib.sha256()
    for path in sorted((WEB / "src").iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    digest.update((WEB / "package-lock.json").read_bytes())
    assert digest.hexdigest() in asset(name), "cd web && npm ci && npm run build"


def test_what_is_bundled_is_licensed():
    for name in ("@dagrejs/dagre", "@dagrejs/graphlib"):
        assert f"{name} " in asset("LICENCES.txt")
