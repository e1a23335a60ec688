"""The shell, as a script from a pipe and as a person at a terminal."""

from __future__ import annotations

import io
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from forensics.cli.complete import candidates

COMMANDS = [r"\d", r"\recipes", r"\r", r"\timing", r"\o", r"\p", r"\c", r"\?", r"\q"]


@pytest.fixture
def script(run, analysed, monkeypatch):
    """Feed lines to the shell through a pipe: exit code, stdout, stderr."""

    def feed(text):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        return run("shell", "--case", analysed / "case", "--quiet")

    return feed


def test_a_statement_goes_on_until_its_semicolon(script):
    code, out, err = script("select 1\n  as one,\n\n 2 as two;\nselect 'a;\nb' as text; select 3 as three;")
    assert (code, err) == (0, "")
    assert [line.split() for line in out.splitlines() if "─" not in line] == [
        ["one", "two"], ["1", "2"], ["text"], ["a;", "b"], ["three"], ["3"],
    ]  # fmt: skip


def test_the_last_statement_may_end_without_a_semicolon(script):
    assert script("select 7 as n")[1].split()[-1] == "7"
    code, _, err = script("select 'open")
    assert code == 1
    assert "quoted" in err


def test_an_error_is_told_and_the_script_goes_on(script):
    code, out, err = script("select node from lake.spam;\n\\nonsense\n\\r slowest_chain\nselect 5 as n;\n")
    assert code == 1
    assert out.split()[-1] == "5"
    assert "did you mean lake.span" in err
    assert r"no command \nonsense" in err
    assert "did you mean slowest_chains" in err


def test_the_commands(script):
    code, out, err = script(
        "\\d\n\\d failures.failure\n\\recipes\n\\?\n\\r failures_by_node since=2000-01-01\n\\timing\n"
        "\\o csv\n"
        "select node, '=1' as x from failures.failure;\n\\q\nselect 9;\n"
    )
    assert code == 0
    for text in ("lake.span ", "node where it began", "slowest_chains", r"\timing", "orders  orders"):
        assert text in out
    assert out.splitlines()[-2:] == ["node,x", "orders,'=1"]
    assert re.search(r"timing is on\n\d+\.\d{3} s\n", err)


def test_a_format_that_is_none_is_refused(script):
    code, _, err = script("\\o parquet\n")
    assert code == 2
    assert "table, json, ndjson, csv" in err


def test_a_recipe_takes_values_that_are_bound(script):
    hostile = '\\r first_occurrence text="\'; drop view lake.span"\n'
    code, out, _ = script(
        f"\\o json\n\\r first_occurrence text=stock\n{hostile}\\r first_occurrence 'text=o st'\n"
    )
    assert code == 0
    assert out.count("no stock") == 2
    assert "[]" in out


@pytest.mark.parametrize(
    ("text", "start", "offered"),
    [
        ("select * from la", "la", "lake."),
        ("select * from lake.spa", "lake.spa", "lake.span"),
        ("select exception_t from lake.span", "exception_t", "exception_type"),
        ("select s.dura from lake.span as s", "s.dura", "s.duration_ms"),
        ("select dura", "dura", "duration_ms"),
        ("sel", "sel", "select"),
        (r"\rec", r"\rec", r"\recipes"),
        (r"\d lake.sp", "lake.sp", "lake.span"),
        (r"\r slow", "slow", "slowest_chains"),
        (r"\r slowest_chains ", "", "n="),
        (r"\o nd", "nd", "ndjson"),
    ],
)
def test_tab_offers(text, start, offered):
    assert offered in candidates(text, start, COMMANDS)


# --- at a terminal -----------------------------------------------------------------------------------


class Terminal:
    """A shell behind a pseudo-terminal."""

    def __init__(self, case: Path, home: Path, *words: str) -> None:
        self.master, slave = pty.openpty()
        environment = {
            **os.environ, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "PAGER": "cat",
            "TERM": "dumb", "COLUMNS": "200", "LINES": "24",
        }  # fmt: skip
        command = [sys.executable, "-m", "forensics", *(words or ("shell",)), "--case", str(case)]
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True,
            preexec_fn=_own_terminal,
        )  # fmt: skip
        os.close(slave)
        self.seen = ""

    def send(self, text: str) -> None:
        os.write(self.master, text.encode())

    def until(self, wanted: str, seconds: float = 120) -> str:
        """What was printed up to these words."""
        end = time.monotonic() + seconds
        while wanted not in self.seen:
            assert time.monotonic() < end, f"no {wanted!r} in {self.seen!r}"
            if select.select([self.master], [], [], 0.2)[0]:
                try:
                    self.seen += os.read(self.master, 65536).decode()
                except OSError:
                    break
        before, _, self.seen = self.seen.partition(wanted)
        return before

    def close(self) -> int:
        code = self.process.wait(120)
        os.close(self.master)
        return code


def _own_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    # a shell starts its background jobs with Ctrl-C ignored, and they hand that on
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def terminal(analysed, tmp_path):
    shells = []

    def start(*words):
        shells.append(Terminal(analysed / "case", tmp_path, *words))
        return shells[-1]

    yield start
    for shell in shells:
        if shell.process.poll() is None:
            shell.process.kill()
            shell.process.wait()


def test_a_person_asks_completes_and_leaves(terminal, tmp_path):
    shell = terminal()
    shell.until("forensics> ")
    shell.send("select node\n")
    shell.until("      -> ")
    shell.send("from failures.fai\t;\n")
    shown = shell.until("forensics> ")
    assert "failures.failure" in shown
    assert "orders" in shown
    shell.send("\\q\n")
    assert shell.close() == 0
    history = tmp_path / "state" / "forensics" / "shell_history"
    assert "select node" in history.read_text()
    assert history.stat().st_mode & 0o077 == 0

    again = terminal()
    again.until("forensics> ")
    again.send("\x1b[A\x1b[A\n")  # two up: the line before the last
    again.until("forensics> ")
    again.send("\x04")
    assert again.close() == 0


def test_ctrl_c_ends_the_query_and_not_the_shell(terminal):
    shell = terminal()
    shell.until("forensics> ")
    shell.send("select count(*) from range(1000000000000) as r(a) where hash(a) % 7 = 3;\n")
    time.sleep(2)
    shell.send("\x03")
    shell.until("interrupted")
    shell.until("forensics> ")
    shell.send("select 41 + 1 as answer;\n")
    assert "42" in shell.until("forensics> ")
    shell.send("\x04")
    assert shell.close() == 0


def test_ctrl_c_ends_sql_with_130(terminal):
    query = "select count(*) from range(1000000000000) as r(a) where hash(a) % 7 = 3"
    shell = terminal("sql", query)
    time.sleep(6)
    os.killpg(shell.process.pid, signal.SIGINT)
    shell.until("interrupted")
    assert shell.close() == 130


def test_nothing_that_a_log_says_reaches_the_terminal_raw(terminal):
    shell = terminal()
    shell.until("forensics> ")
    for form in ("table", "csv", "json", "ndjson"):
        shell.send(f"\\o {form}\n")
        shell.until("forensics> ")
        shell.send("select 'a' || chr(27) || '[31m' || chr(155) || chr(8238) || chr(7) || 'z' as x;\n")
        shown = shell.until("forensics> ").partition("as x;")[2]
        assert "z" in shown
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202e]", shown), repr(shown)
    shell.send("\\q\n")
    assert shell.close() == 0
