"""axe-core finds no serious violation, and nothing is cut, light and dark, on a desk and on a phone."""

from pathlib import Path

import pytest

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
ASK = """() => axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations
    .filter(v => ['serious', 'critical'].includes(v.impact))
    .map(v => [v.id, ...v.nodes.slice(0, 3).map(n => n.html.slice(0, 160) + n.failureSummary)].join()))"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_no_serious_violation(visit, demo, width, scheme):
    tab = visit(demo, width, scheme)
    tab.page.evaluate(AXE)
    for screen in tab.tour(f"demo-{width}-{scheme}"):
        assert tab.page.evaluate(ASK) == [], screen
