"""Steps that always followed and did not."""

from __future__ import annotations

import pytest

LEFT_OUT, OMITTED = "failures.left_out", "failures.omitted"
Tables = dict[str, str]


def given(
    steps: str, *, sent: bool = False, failed: str = "", extra: int = 10, untraced: bool = False
) -> Tables:
    """A request every ten seconds, `1` where the step was taken and `0` where not; the case ends later."""
    runs = [
        f"r{n:03} | front | AWS::Lambda::Function | {n}0 | {n}5 | ok | t{n} | s{n}" for n in range(len(steps))
    ]
    calls, edges = [], []
    for n, taken in enumerate(steps):
        calls.append(f"r{n:03} | table | AWS::DynamoDB::Table | PutItem | t{n} | s{n}")
        if taken == "1" and sent:
            runs.append(f"c{n:03} | back | AWS::Lambda::Function | {n}3 | {n}4 | ok | t{n} | c{n}")
            edges.append(f"r{n:03} | c{n:03} | front | back | link")
        elif taken == "1":
            calls.append(f"r{n:03} | flow | AWS::Sfn | StartExecution | t{n} | s{n}")
    members = [f"r{n:03} | r{n:03} | 0" for n in range(len(steps))]
    if failed:
        runs.append(f"bad | other | AWS::Lambda::Function | 0 | 1 | failed | t{failed} | sx")
        members.append(f"{failed} | bad | 1")
    runs.append(
        f"end | idle | AWS::Lambda::Function | {len(steps) + extra}0 | {len(steps) + extra}0 | ok | - | -"
    )
    if untraced:
        runs, calls = [f"{run.rsplit(' | ', 2)[0]} | - | -" for run in runs], []
    return {
        "lake.invocation": "\n".join(
            ("invocation | node | kind | started_at | ended_at | status | trace_key | segment_key", *runs)
        ),
        "lake.call": "\n".join(("caller | node | kind | operation | trace_key | segment_key", *calls)),
        "links.edge": "\n".join(("caller | callee | caller_node | callee_node | kind", *edges)),
        "chains.member": "\n".join(("chain | invocation | hop", *members)),
    }


def changed(node: str, at: float, kind: str = "AWS::Lambda::Function", action: str = "Update") -> Tables:
    return {
        "lake.change": f"""
            change | occurred_at | node    | kind    | action   | source
            c1     | {at}        | {node}  | {kind}  | {action} | cloudtrail
        """
    }


@pytest.mark.parametrize("steps", ["", "1", "0", "1" * 40, "01" * 30, "1" * 19 + "0" * 20])
def test_what_is_always_done_or_was_optional_from_the_beginning_is_no_omission(check, steps) -> None:
    check(LEFT_OUT, given(steps), "invocation")


def test_the_first_after_twenty_that_does_without(check) -> None:
    check(LEFT_OUT, given("1" * 24 + "011"), """
        invocation | node  | step                | callee_node | is_sent | asked | before | missing | of_asked
        r024       | front | flow StartExecution | flow        | false   | 27    | 24     | 1       | 1
    """)  # fmt: skip


def test_a_message_that_may_still_be_on_its_way_is_not_missing(check) -> None:
    steps = "1" * 30 + "0"
    check(LEFT_OUT, given(steps, sent=True, extra=10), "invocation | is_sent\nr030 | true")
    late = given(steps, sent=True, extra=10)
    run = "c000 | back | AWS::Lambda::Function |"
    late["lake.invocation"] = late["lake.invocation"].replace(f"{run} 03 ", f"{run} 243 ")
    check(LEFT_OUT, late, "invocation")


def test_a_message_is_missed_without_traces_too(check) -> None:
    steps = "1" * 30 + "0"
    check(LEFT_OUT, given(steps, sent=True, untraced=True), "invocation | is_sent\nr030 | true")
    stray = given(steps, sent=True, untraced=True)
    stray["lake.invocation"] += "\nstray | back | AWS::Lambda::Function | 303 | 304 | ok | - | -"
    check(LEFT_OUT, stray, "invocation")


def test_calls_are_missed_only_where_calls_are_seen(check) -> None:
    check(LEFT_OUT, given("1" * 30 + "0" * 5, untraced=True), "invocation")
    asked = given("1" * 30 + "0", sent=True, untraced=True)
    asked["links.edge"] = asked["links.edge"].replace("| link", "| call")
    check(LEFT_OUT, asked, "invocation")
    started = {table: rows.replace("back | AWS::Lambda::Function", "back | AWS::StepFunctions::StateMachine")
               for table, rows in asked.items()}  # fmt: skip
    check(LEFT_OUT, started, "invocation | step | is_sent\nr030 | back | true")


def test_a_consumer_that_nobody_is_known_to_have_asked_may_be_the_one(check) -> None:
    tables = given("1" * 30 + "0", sent=True)
    tables["lake.invocation"] += "\nstray | back | AWS::Lambda::Function | 303 | 304 | ok | - | -"
    check(LEFT_OUT, tables, "invocation")


def test_what_failed_in_its_chain_has_a_verdict_of_its_own(check) -> None:
    check(LEFT_OUT, given("1" * 30 + "0", failed="r030"), "invocation")


def test_absence_counts_only_where_collection_was_complete(check) -> None:
    tables = given("1" * 30 + "0")
    tables["evidence.gap"] = """
        kind   | what | starts_at            | ends_at
        traces | some | 2026-01-01T00:04:59Z | 2026-01-01T00:05:01Z
    """
    check(LEFT_OUT, tables, "invocation")


def test_who_recorded_no_call_at_all_was_not_watched(check) -> None:
    tables = given("1" * 30 + "0")
    tables["lake.call"] = "\n".join(
        line for line in tables["lake.call"].splitlines() if not line.startswith("r030")
    )
    check(LEFT_OUT, tables, "invocation")


def test_few_count_after_a_change_and_many_without(check) -> None:
    few = given("1" * 30 + "0111" * 8)
    check(OMITTED, few, "invocation")
    rows = "\n".join(f"r{n:03} | 30 | 8 | c1 | -" for n in range(30, 62, 4))
    check(OMITTED, few | changed("front", 290), f"invocation | before | missing | change | carrier\n{rows}")
    check(OMITTED, few | changed("other", 290), "invocation")
    check(OMITTED, few | changed("front", 290, action="TagResource"), "invocation")
    many = given("1" * 30 + "0" * 20 + "1" * 10)
    rows = "\n".join(f"r{n:03} | -" for n in range(30, 50))
    check(OMITTED, many, f"invocation | change\n{rows}")


def test_one_that_is_missing_proves_nothing(check) -> None:
    check(OMITTED, given("1" * 60 + "0" + "1" * 10) | changed("front", 590), "invocation")


def test_that_a_new_version_reads_no_more_is_no_fault(check) -> None:
    tables = given("1" * 30 + "0" * 20)
    tables["lake.call"] = tables["lake.call"].replace("StartExecution", "GetItem")
    check(OMITTED, tables | changed("front", 290), "invocation")


def test_what_another_call_stands_for_is_replaced(check) -> None:
    tables = given("1" * 30 + "0" * 20)
    tables["lake.call"] += "".join(
        f"\nr{n:03} | newer | AWS::Sfn | StartExecution | t{n} | s{n}" for n in range(30, 50)
    )
    check(OMITTED, tables | changed("front", 290), "invocation")


def test_the_carrier_that_was_changed_and_else_the_nearest_that_filters(check) -> None:
    tables = given("1" * 30 + "0" * 20, sent=True)
    tables["links.source"] = """
        node  | source | service | is_configured | is_seen
        back  | inbox  | sqs     | true          | false
        inbox | topic  | sns     | true          | false
        topic | bus    | events  | true          | false
    """
    rows = [f"r{n:03} | topic | AWS::SNS::Topic" for n in range(30, 50)]
    check(OMITTED, tables, "\n".join(("invocation | carrier | carrier_kind", *rows)))
    by_change = tables | changed("bus", 290, "AWS::Events::EventBus")
    rows = [f"r{n:03} | bus | AWS::Events::EventBus" for n in range(30, 50)]
    check(OMITTED, by_change, "\n".join(("invocation | carrier | carrier_kind", *rows)))
