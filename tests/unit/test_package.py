"""What is installed is what is described: names, version, commands of the Makefile."""

import importlib
import os
import pkgutil
import re
from importlib import metadata
from pathlib import Path

import pytest

import forensics

ROOT = Path(__file__).resolve().parents[2]
MODULES = ["forensics", *(found.name for found in pkgutil.walk_packages(forensics.__path__, "forensics."))]


@pytest.mark.parametrize("name", [name for name in MODULES if not name.endswith(".__main__")])
def test_public_names_exist(name: str) -> None:
    module = importlib.import_module(name)
    public = getattr(module, "__all__", [])
    assert len(public) == len(set(public))
    assert [wanted for wanted in public if not hasattr(module, wanted)] == []


def test_package_lists_its_public_names() -> None:
    assert "__version__" in forensics.__all__


def test_version_is_the_installed_one() -> None:
    assert metadata.version("trace-forensics") == forensics.__version__


def test_types_are_shipped() -> None:
    assert Path(forensics.__file__).with_name("py.typed").is_file()


@pytest.mark.skipif(os.environ.get("FORENSICS_INSTALL") != "wheel", reason="the install is editable")
def test_wheel_is_what_is_tested() -> None:
    assert not Path(forensics.__file__).is_relative_to(ROOT / "forensics")


@pytest.mark.skipif(os.environ.get("FORENSICS_INSTALL") != "wheel", reason="the install is editable")
@pytest.mark.parametrize(
    ("shipped", "source"), [(".", "forensics"), ("_sql", "queries"), ("_sample_data", "sample_data")]
)
def test_wheel_holds_the_very_files_of_the_repository(shipped: str, source: str) -> None:
    """So what is asked of a view or a rule need not be asked twice."""
    there = Path(forensics.__file__).parent / shipped
    for file in (ROOT / source).rglob("*"):
        if file.is_file() and file.suffix != ".pyc":
            assert (there / file.relative_to(ROOT / source)).read_bytes() == file.read_bytes(), file


@pytest.mark.source
def test_every_make_target_has_a_help_text() -> None:
    targets = re.findall(r"^([a-z][a-z-]*):(?!=)(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert targets
    assert [name for name, rest in targets if "## " not in rest] == []


@pytest.mark.source
def test_ci_runs_the_command_of_the_readme() -> None:
    assert "\nmake test\n" in (ROOT / "README.md").read_text()
    assert "\nmake test " in (ROOT / ".ci" / "run").read_text()
