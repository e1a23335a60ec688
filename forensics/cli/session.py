"""What the shell does with a line: collects SQL until a semicolon, obeys commands, prints answers."""

from __future__ import annotations

import shlex
import sys
import time
from collections.abc import Callable, Iterable

from forensics.api import Case, catalog
from forensics.cli.complete import candidates
from forensics.cli.console import Bar, error, note
from forensics.cli.pager import paged
from forensics.cli.sql import Format, parameters
from forensics.errors import ForensicsError, QueryError, UsageError
from forensics.queries import recipe
from forensics.report.catalog import render_catalog
from forensics.report.rows import render_rows

__all__ = ["Session"]

HELP = r"""SQL ends with a semicolon. Commands:
  \d              views              \d NAME          one view or schema, its columns
  \recipes        the cookbook       \r NAME k=v …    run a recipe
  \timing         time each answer   \o FORMAT        table, json, ndjson or csv
  \p              print what was typed so far         \c   forget it
  \?              this               \q               leave (or Ctrl-D)
Ctrl-C ends a query, EXPLAIN SELECT shows its plan.
"""


class _Quit(Exception):
    pass


class Session:
    """One conversation. `talk` asks a person for lines, `read` takes a script."""

    def __init__(self, case: Case, *, unsafe: bool, quiet: bool) -> None:
        self._case = case
        self._unsafe, self._quiet = unsafe, quiet
        self._form = Format.table
        self._timing = False
        self._typed: list[str] = []
        self._commands: dict[str, Callable[[list[str]], None]] = {
            r"\d": self._describe,
            r"\recipes": lambda _: self._show(render_catalog(catalog("recipes"), "text")),
            r"\r": self._run_recipe,
            r"\timing": self._toggle_timing,
            r"\o": self._set_format,
            r"\p": lambda _: self._show(["\n".join(self._typed) + "\n"]),
            r"\c": lambda _: self._typed.clear(),
            r"\?": lambda _: self._show([HELP]),
            r"\q": self._quit,
        }

    def talk(self, ask: Callable[[str], str]) -> int:
        if not self._quiet:
            note(r"SQL ends with a semicolon; \? lists commands, Tab completes, \q leaves.")
        while True:
            try:
                self._take(ask("      -> " if self._typed else "forensics> "))
            except EOFError:
                print()
                return 0
            except _Quit:
                return 0
            except KeyboardInterrupt:
                self._typed.clear()
                print("\ninterrupted", file=sys.stderr)
            except ForensicsError as problem:
                error(str(problem), problem.hint)

    def read(self, lines: Iterable[str]) -> int:
        """Goes on after an error, and says at the end that there was one."""
        code = 0
        for line in [*lines, ";"]:  # what is typed last may end without a semicolon
            try:
                self._take(line.rstrip("\n"))
            except _Quit:
                break
            except ForensicsError as problem:
                error(str(problem), problem.hint)
                code = problem.exit_code
        if self._typed:
            error("the script ends inside of a quoted text")
            code = 1
        return code

    def words(self, line: str, start: str) -> list[str]:
        return candidates("\n".join([*self._typed, line]), start, list(self._commands))

    def _take(self, line: str) -> None:
        if line.lstrip().startswith("\\") and not self._typed:
            self._obey(line)
            return
        if line.strip() or self._typed:
            self._typed.append(line)
        if not line.rstrip().endswith(";"):
            return
        text = "\n".join(self._typed)
        try:
            statements = self._case.split(text)
        except QueryError as problem:
            if "unterminated" in str(problem):  # the semicolon is part of a text that is still open
                return
            self._typed.clear()
            raise
        self._typed.clear()
        for statement in statements:
            self._answer(statement.rstrip().rstrip(";"), {})

    def _obey(self, line: str) -> None:
        name, _, rest = line.strip().rstrip(";").partition(" ")
        if name not in self._commands:
            raise UsageError(f"no command {name}", r"\? lists the commands")
        lexer = shlex.shlex(rest, posix=True)
        lexer.whitespace_split, lexer.escape, lexer.commenters = True, "", ""
        try:
            self._commands[name](list(lexer))
        except ValueError:
            raise UsageError(f"an open quote in {line}", r"\? lists the commands") from None

    def _describe(self, words: list[str]) -> None:
        if words:
            self._show(render_catalog(catalog(words[0]), "text"))
            return
        views = catalog("views").views
        width = max(len(view.name) for view in views)
        self._show(f"{view.name:<{width}}  {view.description.split('. ')[0]}\n" for view in views)

    def _run_recipe(self, words: list[str]) -> None:
        if not words:
            raise UsageError("which recipe?", r"\recipes lists them")
        found = recipe(words[0])
        self._answer(found.sql, found.values(parameters(words[1:])))

    def _toggle_timing(self, _: list[str]) -> None:
        self._timing = not self._timing
        note(f"timing is {'on' if self._timing else 'off'}")

    def _set_format(self, words: list[str]) -> None:
        known = [form.value for form in Format if form is not Format.parquet]
        if not words or words[0] not in known:
            raise UsageError(f"a format is one of {', '.join(known)}", r"\o csv")
        self._form = Format(words[0])

    def _quit(self, _: list[str]) -> None:
        raise _Quit

    def _answer(self, sql: str, values: dict[str, str | None]) -> None:
        began = time.monotonic()
        with Bar(quiet=self._quiet) as bar:
            rows = self._case.stream(sql, values, unsafe=self._unsafe, on_progress=bar)
            shown = render_rows(rows, self._form.value, terminal=sys.stdout.isatty())
            self._show(bar.until_first(shown))
        if self._timing:
            note(f"{time.monotonic() - began:.3f} s")

    def _show(self, pieces: Iterable[str]) -> None:
        paged(pieces)
