"""Since when records could still be read at the last look."""

from __future__ import annotations

VIEW = "lake.kept"
DAYS = 86_400


def group(name: str, days: int | None, seen: int | None, arn: str = "") -> dict[str, object]:
    told = "{}" if days is None else f'{{"retentionInDays":{days}}}'
    return {
        "kind": "AWS::Logs::LogGroup", "node": name, "arn": arn or name, "configuration": told,
        "seen_at": None if seen is None else f"{seen * DAYS}", "configuration_key": 1,
    }  # fmt: skip


def given(groups: list[dict[str, object]], invocations: str = "", function: str = "{}") -> dict[str, object]:
    head = "kind | node | arn | configuration | seen_at | configuration_key\n"
    rows = "".join(
        " | ".join("-" if row[key.strip()] is None else str(row[key.strip()]) for key in head.split("|"))
        + "\n"
        for row in groups
    )
    fn = f"kind | node | arn | configuration\nAWS::Lambda::Function | fn | fn | {function}\n"
    return {
        "lake.resource": head + rows,
        "lake.resource_latest": fn,
        "lake.invocation": "invocation | node | log_group | kind\n" + invocations,
    }


OURS = "what | node | days | seen_at | since\n"
TRACES = "traces | - | 30 | {} | {}\n"


def test_empty_and_a_file_that_does_not_tell_when(check) -> None:
    check(VIEW, given([]), "what")
    check(VIEW, given([group("/aws/lambda/fn", 14, None)]), "what")


def test_what_a_group_keeps_counts_from_the_last_look(check) -> None:
    looks = [group("/aws/lambda/fn", 400, 40), group("/aws/lambda/fn", 14, 45)]
    check(
        VIEW,
        given(looks),
        OURS + f"lines | fn | 14 | {45 * DAYS} | {31 * DAYS}\n" + TRACES.format(45 * DAYS, 15 * DAYS),
    )


def test_config_writes_it_with_a_capital(check) -> None:
    one = group("/aws/lambda/fn", 14, 45) | {"configuration": '{"RetentionInDays":14}'}
    check(
        VIEW,
        given([one]),
        OURS + f"lines | fn | 14 | {45 * DAYS} | {31 * DAYS}\n" + TRACES.format(45 * DAYS, 15 * DAYS),
    )


def test_a_group_that_keeps_everything_has_no_end(check) -> None:
    check(VIEW, given([group("/aws/lambda/fn", None, 45)]), OURS + TRACES.format(45 * DAYS, 15 * DAYS))


def test_of_two_groups_the_one_that_reaches_back_furthest(check) -> None:
    wrote = "i1 | fn | g | AWS::Lambda::Function\n"
    both = [group("/aws/lambda/fn", 14, 45), group("g", 30, 45)]
    check(
        VIEW,
        given(both, wrote),
        OURS + f"lines | fn | 30 | {45 * DAYS} | {15 * DAYS}\n" + TRACES.format(45 * DAYS, 15 * DAYS),
    )
    check(VIEW, given(both[:1], wrote), OURS + TRACES.format(45 * DAYS, 15 * DAYS))


def test_two_groups_of_one_name_may_keep_differently(check) -> None:
    two = [group("/aws/lambda/fn", 14, 45, "a"), group("/aws/lambda/fn", None, 45, "b")]
    check(VIEW, given(two), OURS + TRACES.format(45 * DAYS, 15 * DAYS))


def test_a_function_writes_where_it_is_configured_to(check) -> None:
    elsewhere = '{"LoggingConfig":{"LogGroup":"g"}}'
    check(
        VIEW,
        given([group("/aws/lambda/fn", 14, 45)], function=elsewhere),
        OURS + TRACES.format(45 * DAYS, 15 * DAYS),
    )
    check(
        VIEW,
        given([group("g", 14, 45)], function=elsewhere),
        OURS + f"lines | fn | 14 | {45 * DAYS} | {31 * DAYS}\n" + TRACES.format(45 * DAYS, 15 * DAYS),
    )
