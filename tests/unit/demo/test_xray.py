from __future__ import annotations

import re

from .conftest import Night, Record, walk

REFERENCE = "aws.xray.reserved.reference_type"


def linked(night: Night, kind: str) -> set[tuple[str, str, str, str]]:
    """(trace of the link's owner, its id, trace and id that the link names)."""
    return {
        (trace_id, span["id"], link["trace_id"], link["id"])
        for trace_id, documents in night.traces.items()
        for document in documents
        for span in walk(document)
        for link in span.get("links", ())
        if link["attributes"][REFERENCE] == kind
    }


def test_ids_have_the_forms_of_x_ray_and_are_unique(night: Night) -> None:
    ids = [span["id"] for span in night.spans()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch("[0-9a-f]{16}", id) for id in ids)
    assert all(re.fullmatch("1-[0-9a-f]{8}-[0-9a-f]{24}", id) for id in night.traces)


def test_every_parent_is_in_the_trace_and_each_trace_has_one_root(night: Night) -> None:
    for trace_id, documents in night.traces.items():
        ids = {span["id"] for document in documents for span in walk(document)}
        roots = [document for document in documents if "parent_id" not in document]
        assert [root["origin"] for root in roots] in (["AWS::ApiGateway::Stage"], ["AWS::Lambda"])
        assert {document["parent_id"] for document in documents if "parent_id" in document} <= ids
        assert {document["trace_id"] for document in documents} == {trace_id}


def test_a_traced_function_has_two_segments(night: Night) -> None:
    for documents in night.traces.values():
        services = {doc["id"]: doc["name"] for doc in documents if doc.get("origin") == "AWS::Lambda"}
        codes = [doc for doc in documents if doc.get("origin") == "AWS::Lambda::Function"]
        assert {code["parent_id"]: code["name"] for code in codes} == services


def test_links_are_mutual(night: Night) -> None:
    spans = {span["id"]: span for span in night.spans()}
    up = {(owner, trace) for owner, _, trace, _ in linked(night, "parent")}
    down = {(trace, owner) for owner, _, trace, _ in linked(night, "child")}
    assert up == down
    assert {spans[id]["name"] for *_, id in linked(night, "parent")} == {"SQS"}
    assert {spans[id]["origin"] for *_, id in linked(night, "child")} == {"AWS::Lambda"}


def test_every_receive_links_to_the_same_sending(night: Night) -> None:
    consumers = [link for (*link,) in linked(night, "parent")]
    receives: dict[str, int] = {}
    for _, _, _, sending in consumers:
        receives[sending] = receives.get(sending, 0) + 1
    assert sorted(set(receives.values())) == [1, 3]
    assert sum(count == 3 for count in receives.values()) == 12


def test_inferred_segments_copy_their_subsegment(night: Night) -> None:
    spans = {span["id"]: span for span in night.spans()}
    for span in night.spans():
        if "inferred" in span:
            copied = spans[span["parent_id"]]
            assert span["start_time"] == copied["start_time"]
            assert span.get("end_time") == copied.get("end_time")
            assert ("origin" in span) == (copied["namespace"] == "aws")


def test_both_styles_of_lambda_subsegments_occur(night: Night) -> None:
    names: dict[str, set[str]] = {}
    for span in night.spans():
        if span.get("origin") == "AWS::Lambda::Function":
            names.setdefault(span["name"], set()).update(part["name"] for part in span.get("subsegments", ()))
    assert names["checkout"] == {"Initialization", "Invocation", "Overhead"}
    assert names["recommend"] == {"Init"}
    assert names["fulfil"] == {"Init", "inventory.shop.internal"}


def test_a_throttled_table_shows_on_the_call_and_on_its_copy(night: Night) -> None:
    throttled = [span for span in night.spans() if span.get("throttle")]
    assert len(throttled) == 9 * 3 * 2
    for span in throttled:
        assert span["error"]
        assert span["http"]["response"]["status"] == 400
        assert span["aws"]["table_name"] == "stock"
    called = next(span for span in throttled if "inferred" not in span)
    assert called["cause"]["exceptions"][0]["type"] == "ProvisionedThroughputExceededException"


def gateway(night: Night, trace_id: str) -> Record:
    return next(doc for doc in night.traces[trace_id] if doc.get("origin") == "AWS::ApiGateway::Stage")


def test_the_gateway_answers_502_where_its_function_failed_and_200_else(night: Night) -> None:
    for row in night.truth["failures"] + night.truth["absorbed"]:
        stage = gateway(night, row["trace_id"])
        shows = row["symptom"]["name"] == "shop-api/prod"
        assert stage["http"]["response"]["status"] == (502 if shows else 200)
        assert stage.get("fault", False) is shows
