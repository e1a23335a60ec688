"""Jobs that their service stopped, and subnets that are full."""

import pytest

FULL = "EC2 error while attempting to Create Network Interface in '{}': InsufficientFreeAddressesInSubnet"


def stopped(m, code, said, *lines):
    job = m.invocation("svc:rows", is_virtual=True, error_type=code, error_message=said, logs=lines)
    return m.chain([job], [])


@pytest.mark.parametrize(
    ("code", "said", "category", "band"),
    [
        ("TaskFailedToStart", "CannotPullContainerError: manifest unknown", "init_failure", "proven"),
        (
            "TaskFailedToStart",
            "ResourceInitializationError: AccessDeniedException",
            "permission_denied",
            "proven",
        ),
        ("EssentialContainerExited", "exited: rows exited with 1", "crash", "likely"),
        ("EssentialContainerExited", "exited: rows exited with 137", "container_killed", "proven"),
        (
            "EssentialContainerExited",
            "exited: rows exited with 137, OutOfMemoryError: x",
            "container_killed",
            "proven",
        ),
        ("SpotInterruption", "Your Spot Task was interrupted.", "container_killed", "proven"),
    ],
)
def test_a_stop_code_says_why_a_job_ended(m, code, said, category, band):
    assert m.blamed(stopped(m, code, said)) == ("rows", category, band)


def test_the_subnet_that_is_named_was_full(m):
    subnet = "subnet-0a41c7de22b9f3861"
    chain = stopped(m, "TaskFailedToStart", FULL.format(subnet))
    assert m.blamed(chain) == (subnet, "resource_exhausted", "proven")


def test_of_two_subnets_none_is_blamed(m):
    chain = stopped(
        m, "TaskFailedToStart", FULL.format("subnet-0a41c7de22b9f3861' or 'subnet-0d17e5a90cc4f2b7e")
    )
    assert m.blamed(chain) == ("rows", "resource_exhausted", "proven")


def test_whoever_wants_an_interface_may_find_none(m):
    chain = m.chain(
        [m.invocation("fn:sync", error_type="ClientError", error_message=FULL.format("subnet-0a41c7de"))], []
    )
    assert m.blamed(chain) == ("subnet-0a41c7de", "resource_exhausted", "proven")


def test_a_service_with_records_is_judged_by_these(m):
    chain = m.chain([m.invocation("svc:rows", error_type="TaskFailedToStart", error_message="boom")], [])
    assert m.blamed(chain)[1] == "unhandled_exception"


@pytest.mark.parametrize(
    ("thrown", "blamed"),
    [
        (("KeyError", "'price'", "ERROR"), ("rows", "unhandled_exception", "proven")),
        (
            ("ConnectionError", "connect ECONNREFUSED https://rates.example/v1", "ERROR"),
            ("rates.example", "connection", "likely"),
        ),
        # warned of, it was dealt with
        (("KeyError", "'price'", "WARN"), ("rows", "crash", "likely")),
    ],
)
def test_what_a_task_threw_last_is_why_it_exited(m, thrown, blamed):
    error_type, message, level = thrown
    line = m.line("rows", level=level, exception_type=error_type, exception_message=message)
    assert m.blamed(stopped(m, "EssentialContainerExited", "exited: rows exited with 1", line)) == blamed
    assert m.blamed(stopped(m, "EssentialContainerExited", "exited with 137", line))[1] == "container_killed"
