"""Who took a message when its taker failed and told nothing: by what is left on both sides."""

from __future__ import annotations

VIEW = "links.presumed"
_HEADER = "invocation | node | status | started_at"
# Four orders of `shop` that `sync` is known to have had ten seconds later.
_ORDERS = [f"s{n} | shop | ok | {100 * n}" for n in range(1, 5)]
_TAKEN = [f"t{n} | sync | ok | {100 * n + 10}" for n in range(1, 5)]


def given(*rows: str, known: int = 4, calls: str = "", returns_after_s: str = "90") -> dict[str, str]:
    pairs = [f"s{n} | t{n} | link" for n in range(1, known + 1)]
    sent = [f"s{n} | queue" for n in range(1, 5)]
    return {
        "lake.invocation": "\n".join((_HEADER, *_ORDERS, *_TAKEN, *rows)),
        "links.reach": "caller | callee | kind\n" + "\n".join(pairs),
        "links.correlated": "caller | callee",
        "links.source": f"node | source | returns_after_s\nsync | queue | {returns_after_s}",
        "lake.call": "\n".join(("caller | node", *sent, *filter(None, [calls]))),
    }


def test_nothing_failed(check) -> None:
    check(VIEW, given(), "caller")


def test_a_message_of_which_no_good_run_tells_was_in_the_first_that_failed(check) -> None:
    failed = "s5 | shop | ok | 500", "x | sync | failed | 510", "y | sync | failed | 700"
    check(VIEW, given(*failed, calls="s5 | queue"), """
        caller | callee | candidates
        s5     | x      | 1
    """)  # fmt: skip


def test_senders_without_a_trace_are_known_by_having_ended_well(check) -> None:
    failed = "s5 | shop | {} | 500", "x | sync | failed | 510"
    for known in ("", "s1 | queue"):
        tables = given(*failed) | {"lake.call": f"caller | node\n{known}"}
        well, badly = (
            tables | {"lake.invocation": tables["lake.invocation"].format(how)} for how in ("ok", "failed")
        )
        check(VIEW, well, "caller | callee | candidates\ns5 | x | 1")
        check(VIEW, badly, "caller")


def test_senders_without_a_trace_that_send_now_and_then_are_not_known(check) -> None:
    silent = [f"f{n} | shop | ok | {20 + n}" for n in range(4)]
    tables = given(*silent, "s5 | shop | ok | 500", "x | sync | failed | 510")
    check(VIEW, tables | {"lake.call": "caller | node"}, "caller")


def test_who_called_not_what_all_senders_called_sent_nothing(check) -> None:
    failed = "s5 | shop | ok | 500", "x | sync | failed | 510"
    check(VIEW, given(*failed, calls="s5 | table"), "caller")


def test_what_failed_before_any_message_takes_or_after_all_do_is_another(check) -> None:
    failed = "s5 | shop | ok | 500", "x | sync | failed | 505", "y | sync | failed | 515"
    check(VIEW, given(*failed, calls="s5 | queue"), "caller")


def test_what_went_well_when_it_had_come_back_had_failed_before(check) -> None:
    rows = "s5 | shop | ok | 500", "x | sync | failed | 510", "t5 | sync | ok | 605"
    tables = given(*rows, calls="s5 | queue")
    tables["links.reach"] += "\ns5 | t5 | link"
    check(VIEW, tables, """
        caller | callee | candidates
        s5     | x      | 1
    """)  # fmt: skip
    later = given(*rows, calls="s5 | queue", returns_after_s="120")
    check(VIEW, later | {"links.reach": tables["links.reach"]}, "caller")


def test_a_node_whose_good_runs_do_not_tell_what_they_took_says_nothing(check) -> None:
    failed = "s5 | shop | ok | 500", "x | sync | failed | 510"
    check(VIEW, given(*failed, calls="s5 | queue", known=3), "caller")


def test_where_messages_are_filtered_away_none_is_presumed(check) -> None:
    filtered = [f"f{n} | shop | ok | {20 + n}" for n in range(4)]
    tables = given(*filtered, "s5 | shop | ok | 500", "x | sync | failed | 510", calls="s5 | queue")
    tables["lake.call"] += "\n" + "\n".join(f"f{n} | queue" for n in range(4))
    check(VIEW, tables, "caller")


def test_a_run_whose_sender_is_known_took_nobody_elses(check) -> None:
    failed = "s5 | shop | ok | 500", "x | sync | failed | 510"
    tables = given(*failed, calls="s5 | queue")
    check(VIEW, tables | {"links.correlated": "caller | callee | kind\ns9 | x | call"}, "caller")
