"""README as a stranger types it: commands that are understood, answers that are the ones it shows."""

import io
import re
import shlex
from pathlib import Path

import pytest
import typer

from forensics.cli import main
from forensics.cli.main import app

README = Path(__file__).resolve().parents[2] / "README.md"
pytestmark = pytest.mark.source
# Those that talk to AWS, take minutes, or are answered elsewhere.
_NOT_TYPED = ("demo", "doctor", "plan", "pull", "import")


def blocks():
    return re.findall(r"^```\n(.*?)^```$", README.read_text(), re.MULTILINE | re.DOTALL)


def commands():
    """The words of every command that a block holds; what follows a # is for the reader."""
    lines = [line.removeprefix("$ ") for block in blocks() for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("forensics ")]


@pytest.fixture(scope="module")
def after_make_demo(tmp_path_factory):
    """A folder in which the demo ran, in place of an older one of its."""
    folder = tmp_path_factory.mktemp("readme")
    stale = folder / "demo-case" / "stale"
    stale.mkdir(parents=True)
    (folder / "demo-case" / ".forensics-demo").touch()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["demo", "--quiet"]) == 0
    assert not stale.exists()
    return folder


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_every_command_is_one(words):
    group = typer.main.get_command(app)
    group.commands[words[0]].make_context(words[0], words[1:])


def test_every_command_that_there_is_stands_in_the_table():
    named = re.findall(r"^\| `([a-z-]+)", README.read_text(), re.MULTILINE)
    assert {*typer.main.get_command(app).commands} - {"analyse"} <= {*named}


def test_what_it_says_of_the_demo_can_be_typed(after_make_demo, monkeypatch, capsys):
    monkeypatch.chdir(after_make_demo)
    monkeypatch.setenv("FORENSICS_CASE", "demo-case")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    typed = [words for words in commands() if words[0] not in _NOT_TYPED and "case-42" not in words]
    known = {tuple(words): None for words in typed if "1-5f84c7a1-0123456789abcdef01234567" not in words}
    assert len(known) > 15
    wrong = [words for words in known if main([*words, "--force"] if "-f" in words else [*words]) != 0]
    assert not wrong, capsys.readouterr().err


@pytest.mark.parametrize("block", [b for b in blocks() if b.startswith("$ ")], ids=lambda b: b.split("\n")[0])
def test_what_it_shows_is_what_is_answered(block, after_make_demo, monkeypatch, capsys):
    monkeypatch.chdir(after_make_demo)
    command, *shown = block.splitlines()
    if "--case" not in command:
        monkeypatch.setenv("FORENSICS_CASE", "demo-case")
    assert main(shlex.split(command)[2:]) == 0
    said = iter(capsys.readouterr().out.splitlines())
    missing = [line for line in shown if line.strip(" …") and line not in said]
    assert not missing


def test_the_account_is_served_for_a_pull_of_ones_own(tmp_path, monkeypatch, capsys):
    """What `demo --serve` prints makes another shell a user of the stand-in."""
    done = []

    def in_another_shell():
        exports, note = capsys.readouterr()
        for word in shlex.split(exports)[1:]:
            monkeypatch.setenv(*word.split("=", 1))
        words = shlex.split(note[note.index("forensics pull") :].splitlines()[0])[1:-1]
        done.append(main([*words, str(tmp_path / "case"), "--group", "logs"]))
        raise KeyboardInterrupt

    monkeypatch.setattr("signal.pause", in_another_shell)
    assert main(["demo", "--serve"]) == 0
    assert done == [0]
    assert "7,266 log events" in capsys.readouterr().err
