"""The list of hazards: complete, and every test that it names exists."""

import ast
import tomllib
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
HAZARDS = tomllib.loads((TESTS / "reliability.toml").read_text("utf-8"))["hazard"]
NAMED = [test for hazard in HAZARDS for test in hazard["tests"]]

pytestmark = pytest.mark.source


def functions(file: str) -> set[str]:
    tree = ast.parse((TESTS.parent / file).read_text("utf-8"))
    return {f"{file}::{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("named", sorted(set(NAMED)))
def test_a_named_test_exists(named):
    file, _, name = named.partition("::")
    assert (TESTS.parent / file).is_file()
    assert not name or named in functions(file)


def test_every_test_of_a_fault_belongs_to_a_hazard():
    files = [f"tests/faults/{path.name}" for path in (TESTS / "faults").glob("test_*.py")]
    tests = {test for file in files if file not in NAMED for test in functions(file) if "::test_" in test}
    assert tests - set(NAMED) == set()


def test_a_hazard_without_a_test_says_so():
    assert [hazard["name"] for hazard in HAZARDS if not hazard["tests"] and not hazard.get("open")] == []


def test_no_hazard_of_the_specification_is_missing():
    page = TESTS.parent.parent / "shared" / "reliability.md"
    if not page.is_file():
        pytest.skip("the page that lists the hazards is not here")
    rows = [line.split(" | ")[0].removeprefix("| ") for line in page.read_text("utf-8").splitlines()]
    wanted = [name for name in rows if name and not name.startswith(("#", "The ", "hazard", "|"))]
    assert [hazard["name"] for hazard in HAZARDS] == wanted
