"""Reports of real systems: what nobody made up has other names, depths and gaps."""

import pytest


@pytest.fixture(scope="module", params=["iatk", "servibench", "trainticket/2023-01-29/0843"])
def recorded(request, real, gathered, drawn):
    return request.param.split("/")[0], drawn(gathered([real / request.param]))


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_every_screen_of_a_real_system(visit, recorded, width, scheme):
    name, file = recorded
    tab = visit(file, width, scheme)
    assert len(list(tab.tour(f"{name}-{width}-{scheme}"))) == 6
    tab.by_keyboard()
    tab.show("chain")
    assert tab.page.locator(".row").count() > 5, "also where nothing failed"
    tab.is_clean()
