"""What a document says of nodes that sent no metrics."""

from dataclasses import replace

from forensics.model import Coverage, XrayAgreement
from forensics.report.unseen import unseen

COVERAGE = Coverage(1, 1, 1, 1, 0, (), 0, 0, 1, (), {}, (), XrayAgreement())


def test_nodes_without_metrics_are_named_and_cut() -> None:
    assert unseen(COVERAGE) == ()
    some = replace(COVERAGE, unmeasured=tuple("abcdefg"))
    assert unseen(some) == ("7 nodes sent no metrics, which is not zero: a, b, c, d, e, …",)
