"""What always followed and did not."""

from __future__ import annotations

from dataclasses import replace

from forensics.model import Chain, Locator, Node, Omitted
from forensics.rootcause.verdict import verdict
from forensics.rootcause.walk import walk

BUS = Node("events", "AWS::Events::EventBus")


def without(m, **more: object) -> Chain:
    chain = m.chain([m.invocation("fn:intake", status="ok")], [], symptom="fn:intake")
    where = Locator("change", event_id="e1")
    step = Omitted(
        "Sfn StartExecution", Node("Sfn", "AWS::Sfn"), False, 56, 10, 95, 60_000_000, None,
        "UpdateFunctionConfiguration of intake", "intake", where,
    )  # fmt: skip
    return replace(chain, omitted=replace(step, **more))


def test_who_leaves_out_a_call_and_says_that_all_is_well_has_lost_what_it_was_asked_for(m):
    chain = without(m)
    assert m.blamed(chain)[:2] == ("intake", "data_loss")
    found = verdict(walk(chain)).failure
    assert "56 in a row before had it, at least 10 of 95 since 1970-01-01T00:01:00.000Z" in (
        found.root_cause.explanation
    )
    assert [e.locator.source for e in found.evidence if e.rule == "left_out"] == [
        "segment_document",
        "change",
    ]
    assert found.root_cause.would_decide
    assert (found.symptom.kind, found.root_cause.band) == ("missing_step", "likely")


def test_what_was_sent_and_did_not_arrive_is_its_carriers(m):
    sent = {"is_sent": True, "callee": Node("invoice", "AWS::Lambda::Function"), "carrier": BUS}
    found = verdict(walk(without(m, **sent, changed="events"))).failure.root_cause
    assert (found.node, found.category, found.band) == (BUS, "never_reached", "likely")
    told = verdict(walk(without(m, **sent, change=None, changed=None, change_at=None))).failure
    assert told.root_cause.band == "possible"
    assert [(a.node.name, a.category) for a in told.alternatives] == [("intake", "data_loss")]


def test_who_was_changed_and_sends_no_more_has_lost_it_where_nothing_stands_between(m):
    sent = {"is_sent": True, "callee": Node("audit", "AWS::Lambda::Function")}
    found = verdict(walk(without(m, **sent))).failure.root_cause
    assert (found.node.name, found.category, found.band) == ("intake", "data_loss", "likely")
    assert "left out what audit is sent" in found.explanation
    other = verdict(walk(without(m, **sent, changed="audit"))).failure.root_cause
    assert (other.node.name, other.category) == ("audit", "never_reached")
