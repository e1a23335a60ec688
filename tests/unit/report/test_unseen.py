"""What a document says was not seen: kinds of evidence that nobody collected, nodes without metrics."""

from dataclasses import replace

from forensics.model import ClockSkew, Coverage, XrayAgreement
from forensics.report.unseen import unseen

COVERAGE = Coverage(1, 1, 1, 1, 0, (), 0, 0, 1, (), {}, (), XrayAgreement(), datapoints=1, changes=1)


def test_nodes_without_metrics_are_named_and_cut() -> None:
    assert unseen(COVERAGE) == ()
    some = replace(COVERAGE, unmeasured=tuple("abcdefg"))
    assert unseen(some) == ("7 nodes sent no metrics, which is not zero: a, b, c, d, e, …",)


def test_what_was_never_collected_leaves_no_gap_and_is_named_all_the_same() -> None:
    assert unseen(replace(COVERAGE, log_events=0, changes=0)) == (
        "none in this case: log events; records of changes",
    )
    assert "traces" in unseen(replace(COVERAGE, traces=0))[0]
    assert "metrics" in unseen(replace(COVERAGE, datapoints=0))[0]


def test_without_any_trace_no_share_is_told() -> None:
    untraced = replace(COVERAGE, invocations=3, untraced_invocations=3)
    assert len(unseen(replace(untraced, traces=0))) == 1
    assert unseen(untraced) == ("3 invocations (100%) left no trace, only log lines",)


def test_clocks_that_are_off_are_named() -> None:
    skew = (ClockSkew("billing", -187000.4), ClockSkew("stock", 12.0))
    assert unseen(replace(COVERAGE, clock_skew=skew)) == (
        "times are as they were written, and clocks are off: billing 187,000 ms behind, stock 12 ms ahead",
    )
