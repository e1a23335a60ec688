"""A real Chromium, and reports to open in it. `make browser` installs what is missing, where it may."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from forensics.api import Case, import_into
from forensics.demo import generate, load_scenario
from forensics.model import Page
from forensics.report.html import render_html

TITLES = {
    "issues": "Issues",
    "map": "Service map",
    "chain": "Chain",
    "compare": "Compare",
    "evidence": "Evidence",
}
# To be looked at: what no assertion sees. `.gitignore` names the folder.
PICTURES = Path(__file__).parents[2] / "build" / "screenshots"
SHOWN = "title => document.querySelector('.screen:not([hidden]) h1').innerText === title"
ASKED = ("http:", "https:", "ws:", "wss:", "ftp:")


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: make .venv/.ready"
    )
    binary = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if binary is None:
        pytest.skip("Chromium is not installed: `make browser` as root, or apt-get install chromium")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=binary, args=["--no-sandbox"])
        yield opened
        opened.close()


@dataclass
class Opened:
    """A report in a tab, with what it asked for and complained of."""

    page: object
    path: Path
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def show(self, screen: str) -> None:
        self.page.evaluate("where => { location.hash = where }", screen)
        self.page.wait_for_function(
            "name => !document.getElementById(`screen-${name}`).hidden", arg=screen.split("/")[0]
        )

    def keep(self, name: str) -> None:
        """A picture of the whole screen."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)

    def tour(self, name: str) -> Iterator[str]:
        """Every screen, reached by mouse; a picture of each is kept."""
        for screen, title in {"overview": None, **TITLES}.items():
            self.page.click(f"nav a[data-screen={screen}]")
            if title:
                self.page.wait_for_function(SHOWN, arg=title)
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (
                f"{screen} is cut"
            )
            self.keep(f"{name}-{screen}")
            yield screen

    def by_keyboard(self) -> None:
        """Every screen but the first once more, by the number of its tab."""
        for number, title in enumerate(TITLES.values(), 2):
            self.page.keyboard.press(str(number))
            self.page.wait_for_function(SHOWN, arg=title)

    def is_clean(self) -> bool:
        assert self.asked == [], "the report asked for something"
        assert self.said == [], "the console says something"
        return True


@pytest.fixture
def visit(browser):
    """Opens a file with a width and a scheme of colours."""
    contexts = []

    def opened(path: Path, width: int = 1440, scheme: str = "light") -> Opened:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        tab = Opened(page, path)
        page.on("request", lambda r: tab.asked.append(r.url) if r.url.startswith(ASKED) else None)
        page.on("console", lambda m: tab.said.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: tab.said.append(str(e)))
        page.goto(path.as_uri())
        page.wait_for_selector("html[data-ready=yes]")
        return tab

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def gathered(tmp_path_factory):
    """What the HTML report shows of what is imported."""

    def made(sources: list[Path]) -> Page:
        folder = tmp_path_factory.mktemp("case") / "case"
        import_into(folder, sources)
        with Case(folder) as case:
            return case.page(case.report())

    return made


@pytest.fixture(scope="session")
def drawn(tmp_path_factory):
    """Its file."""

    def made(page: Page) -> Path:
        file = tmp_path_factory.mktemp("report") / "report.html"
        file.write_text(render_html(page, case=" --case case"), "utf-8")
        return file

    return made


@pytest.fixture(scope="session")
def demo_page(tmp_path_factory, gathered):
    made = generate(load_scenario("first-night"), tmp_path_factory.mktemp("demo") / "telemetry")
    return gathered([made.traces, made.logs])


@pytest.fixture(scope="session")
def demo(demo_page, drawn):
    return drawn(demo_page)
