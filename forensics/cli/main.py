"""The application: its commands, and how errors end."""

from __future__ import annotations

import inspect
import os
import re
import shlex
import sys
import traceback
from importlib.metadata import version

import typer
from typer.exceptions import TyperException

from forensics.cli import (
    analyse,
    catalog,
    connect,
    demo,
    diff,
    doctor,
    export,
    iam_policy,
    import_,
    invocation,
    map,
    plan,
    pull,
    report,
    shell,
    sql,
    status,
    trace,
    verify,
    why,
)
from forensics.cli.console import error
from forensics.errors import ForensicsError

__all__ = ["app", "main"]

# Hints that are a command on a case, and nothing else.
_QUESTION = re.compile(r"forensics (?:map|status|why \S+|analyse|sql (?:'[^']*'|\"[^\"]*\"))")

app = typer.Typer(
    name="forensics",
    help="Offline log-and-trace forensics for serverless and containers on AWS: "
    "read telemetry into a case, explain every failure, ask with SQL.",
    epilog="Begin with `forensics demo`, which needs no AWS account. With one: `forensics pull --since 1h "
    "--case case-42`, then `forensics report --case case-42`; what it names, `forensics why ID` explains. "
    "`export FORENSICS_CASE=case-42` saves the --case.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
_COMMANDS = (
    demo, doctor, iam_policy, plan, pull, import_, status, analyse, report, why, trace, invocation, map,
    export, diff, sql, shell, connect, catalog, verify,
)  # fmt: skip
for command in _COMMANDS:
    command.register(app)
for registered in app.registered_commands:  # the first sentence whole: typer cuts it after 45 characters
    told = registered.help or inspect.getdoc(registered.callback) or ""
    registered.short_help = " ".join(told.split("\n\n")[0].split())


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"forensics {version('trace-forensics')}")
        raise typer.Exit


@app.callback()
def _options(
    version_: bool = typer.Option(
        False, "--version", callback=_say_version, is_eager=True, help="Print the version and exit."
    ),
) -> None:
    """What stands before a command."""


def main(arguments: list[str] | None = None) -> int:
    """Run a command; returns the exit code of the contract, and prints no traceback."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if not arguments:
            app(["--help"], standalone_mode=False)
            return 2
        code = app(arguments, standalone_mode=False)
        sys.stdout.flush()
        return code if isinstance(code, int) else 0
    except ForensicsError as problem:
        error(str(problem), _of_case(problem.hint, arguments))
        return problem.exit_code
    except typer.Abort:
        return 130
    except TyperException as problem:  # the words of the command are off
        error(str(problem).splitlines()[0], f"forensics {_command(arguments)}--help")
        return 2
    except KeyboardInterrupt:
        print("\ninterrupted, what was finished is saved", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # whoever read us (`| head`) had enough; without this Python complains at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as problem:
        if "--verbose" in arguments:
            traceback.print_exc()
        error(
            f"unexpected {type(problem).__name__}: {problem}", "run it again with --verbose for the traceback"
        )
        return 1


def _of_case(hint: str, arguments: list[str]) -> str:
    """A command to run next names the case that this one named; the rooms below know only its folder."""
    if not _QUESTION.fullmatch(hint) or "--case" not in arguments[:-1]:
        return hint
    return f"{hint} --case {shlex.quote(arguments[arguments.index('--case') + 1])}"


def _command(arguments: list[str]) -> str:
    """The command whose help tells more, where there is one of that name."""
    known = {
        command.name or command.callback.__name__ for command in app.registered_commands if command.callback
    }
    return f"{arguments[0]} " if arguments and arguments[0] in known else ""
