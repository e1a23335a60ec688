"""Initialisations that failed, and environments that had to start anew."""

import pytest

from forensics.model import Before, Locator


@pytest.mark.parametrize(("reason", "category"), [("exit", "crash"), ("out_of_memory", "out_of_memory")])
def test_a_time_out_after_the_environment_crashed_is_the_crashs(m, reason, category):
    before = Before("earlier#1", reason, 0, Locator("log_event", event_id="e1"))
    chain = m.chain([m.invocation("fn:wish", end_reason="timeout", before=before)], [])
    assert m.blamed(chain) == ("wish", category, "likely")


def test_an_exception_after_the_environment_crashed_is_its_own(m):
    before = Before("earlier#1", "exit", 0, Locator("log_event", event_id="e1"))
    chain = m.chain([m.invocation("fn:wish", error_type="KeyError", before=before)], [])
    assert m.blamed(chain) == ("wish", "unhandled_exception", "proven")


def test_a_time_out_in_an_initialisation_that_failed_is_no_slow_request(m):
    said = m.line("initialisation invoke timeout", kind="init_report")
    chain = m.chain([m.invocation("fn:price", end_reason="timeout", logs=(said,))], [])
    assert m.blamed(chain) == ("price", "init_failure", "proven")


def test_an_exception_thrown_while_loading_says_more_than_that_it_failed(m):
    said = m.line("initialisation init error", kind="init_report")
    thrown = m.invocation(
        "fn:price", end_reason="error", error_type="KeyError", error_message="'RATE'", logs=(said,)
    )
    assert m.blamed(m.chain([thrown], []))[:2] == ("price", "unhandled_exception")


def test_a_variable_that_is_not_set_is_a_matter_of_configuration(m):
    text = "KeyError: 'URL'\n  File \"/var/lang/lib/python3.13/os.py\", line 714, in __getitem__"
    said = m.line(text, kind="error", exception_type="KeyError", exception_message="'URL'")
    chain = m.chain([m.invocation("fn:sync", end_reason="error", error_type="KeyError",
                                  error_message="'URL'", logs=(said,))], [])  # fmt: skip
    assert m.blamed(chain)[:2] == ("sync", "configuration")


def test_what_rust_advises_under_a_panic_is_no_variable_that_is_not_set(m):
    text = "thread 'main' panicked at src/main.rs:42:10:\ncalled `Option::unwrap()` on a `None` value\n"
    text += "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"
    said = m.line(text, kind="error", exception_type="panic", exception_message="called `Option::unwrap()`")
    chain = m.chain([m.invocation("fn:geo", end_reason="error", error_type="panic", logs=(said,))], [])
    assert m.blamed(chain)[:2] == ("geo", "unhandled_exception")
