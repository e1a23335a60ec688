"""Scenarios from TOML: found, laid over the account they name, decoded and checked.

Whatever a writer of scenarios can get wrong is said with the file and the place in it, before
anything is generated.
"""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import msgspec

from forensics.demo.mistakes import mistakes
from forensics.demo.scenario import Scenario
from forensics.errors import UsageError

_ACCOUNTS = "accounts"
# What names an element of a list, so that an override finds it.
_NAMED_BY = {"call": "to", "deliver": "to", "state": "name", "node": "name"}


def list_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that come with the package, sorted."""
    names = (Path(entry.name) for entry in _sample_data().iterdir() if entry.is_file())
    return tuple(sorted(name.stem for name in names if name.suffix == ".toml"))


def load_scenario(name_or_path: str | Path) -> Scenario:
    """Read a scenario by its name (`first-night`) or from a file of your own.

    Raises UsageError where there is none of that name, or the file does not hold together.
    """
    path = Path(name_or_path)
    if path.suffix == ".toml":
        return parse_scenario(_read(path), path.stem, str(path))
    if str(name_or_path) not in list_scenarios():
        close = difflib.get_close_matches(str(name_or_path), list_scenarios(), 3, 0.5)
        hint = f"did you mean {', '.join(close)}?" if close else "forensics demo --list"
        raise UsageError(f"no scenario is called {name_or_path}", hint)
    file = f"{name_or_path}.toml"
    return parse_scenario((_sample_data() / file).read_text("utf-8"), str(name_or_path), file)


def parse_scenario(text: str, name: str, source: str) -> Scenario:
    """A scenario from the text of its file.

    `account_file = "shop"` lays the file over `sample_data/accounts/shop.toml`: its own keys win,
    its nodes, faults and changes are added, `[override.NODE]` changes single fields of a node, and
    `sampling` is that of every route.
    """
    try:
        written = tomllib.loads(text)
        scenario = msgspec.convert(_laid_over(written, source), type=Scenario)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _broken(source, str(error)) from error
    for mistake in mistakes(scenario):
        raise _broken(source, mistake)
    return msgspec.structs.replace(scenario, name=name)


def _laid_over(written: dict[str, Any], source: str) -> dict[str, Any]:
    account = written.pop("account_file", "")
    overrides = written.pop("override", {})
    sampling = written.pop("sampling", None)
    base = _account(account, source) if account else {}
    whole = base | written
    whole["node"] = base.get("node", []) + written.get("node", [])
    _override(whole["node"], overrides, "node", source)
    if sampling is not None:
        whole["route"] = [route | {"sampling": sampling} for route in whole.get("route", [])]
    return whole


def _account(name: str, source: str) -> dict[str, Any]:
    file = _sample_data() / _ACCOUNTS / f"{name}.toml"
    if not name.replace("-", "").isalnum() or not file.is_file():
        raise _broken(source, f"account_file names {name}, which does not come with the package")
    return tomllib.loads(file.read_text("utf-8"))


def _override(elements: list[dict[str, Any]], changes: Mapping[str, Any], what: str, source: str) -> None:
    """Change the elements that `changes` names; lists of named elements are changed the same way."""
    key = _NAMED_BY[what]
    for name, fields in changes.items():
        found = [element for element in elements if element[key] == name]
        if not found:
            raise _broken(source, f"override names the {what} {name}, which there is not")
        for element in found:
            for field, value in fields.items():
                if field in _NAMED_BY and isinstance(value, dict):
                    _override(element.setdefault(field, []), value, field, source)
                else:
                    element[field] = value


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise UsageError(f"cannot read the scenario {path}: {why}", "forensics demo --list") from error


def _sample_data() -> Traversable:
    """Package data in a wheel; in an editable install the folder at the root of the repository."""
    packaged = files("forensics") / "_sample_data"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "sample_data"


def _broken(source: str, mistake: str) -> UsageError:
    return UsageError(
        f"{source}: {mistake}.",
        hint="Compare with a scenario that works: forensics demo --list",
    )
