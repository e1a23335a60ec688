"""README's picture: the first screen of the demo's report.

    python tests/browser/picture.py [FILE]

The demo is the same each time, so that the picture changes where the report does (and, in its letters' edges,
where the machine's fonts do: it is made by hand, not compared).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

FILE = Path(__file__).parents[2] / "examples" / "report.png"
_DEMO = [sys.executable, "-m", "forensics", "demo", "--case", "demo-case", "--quiet"]


def main() -> None:
    from playwright.sync_api import sync_playwright

    file = Path(sys.argv[1]) if len(sys.argv) > 1 else FILE
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        sys.exit("error: no Chromium here\nhint: make browser")
    with tempfile.TemporaryDirectory(prefix="picture-") as folder, sync_playwright() as started:
        subprocess.run(_DEMO, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        browser = started.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 850}, color_scheme="light")
        page.goto((Path(folder) / "demo-case" / "reports" / "report.html").as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        page.screenshot(path=file)
        browser.close()
    sys.stderr.write(f"Wrote {file}\n")


if __name__ == "__main__":
    main()
