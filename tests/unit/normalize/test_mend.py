"""Documents that are not quite what they should be lose what is wrong, and nothing else."""

import json

import msgspec
import pytest


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"name": 5}, "aaaaaaaaaaaaaaaa.name"),
        ({"error": "perhaps"}, "aaaaaaaaaaaaaaaa.error"),
        ({"http": []}, "aaaaaaaaaaaaaaaa.http"),
        ({"http": {"response": {"status": "teapot"}}}, "aaaaaaaaaaaaaaaa.http.response.status"),
        ({"cause": 1}, "aaaaaaaaaaaaaaaa.cause"),
        ({"links": [1]}, "aaaaaaaaaaaaaaaa.links"),
        ({"links": {"a": 1}}, "aaaaaaaaaaaaaaaa.links"),
        ({"subsegments": {"a": 1}}, "aaaaaaaaaaaaaaaa.subsegments"),
        ({"subsegments": [1, "x"]}, "subsegments"),
        ({"subsegments": [[{"id": "x"}]]}, "subsegments"),
        ({"service": "v7"}, "aaaaaaaaaaaaaaaa.service"),
        ({"aws": "x"}, "aaaaaaaaaaaaaaaa.aws"),
        ({"aws": {"operation": 7}}, "aaaaaaaaaaaaaaaa.aws.operation"),
        ({"cause": {"exceptions": [5]}}, "exceptions.0"),
        ({"cause": {"exceptions": [{"type": 5, "message": "m"}]}}, "exceptions.0.type"),
    ],
)
def test_field_of_another_type_is_named_and_costs_itself_alone(normalize, segment, change, named) -> None:
    found = normalize(segment(parent_id="b" * 16, origin="AWS::ECS::Container", fault=True, **change))
    [warning] = found.warnings
    assert warning["code"] == "bad_field"
    assert named in warning["message"]
    assert warning["locator"].endswith("/aaaaaaaaaaaaaaaa")
    row = found.span
    assert (row["parent_span_id"], row["kind"], row["is_fault"]) == ("b" * 16, "AWS::ECS::Container", True)


def test_bad_field_of_one_subsegment_is_not_taken_from_the_others(normalize, segment) -> None:
    def child(letter, status):
        return {"id": letter * 16, "name": "n", "start_time": 1, "http": {"response": {"status": status}}}

    found = normalize(segment(subsegments=[child("1", 200), child("2", {}), child("3", 503)]))
    assert [span["http_status"] for span in found.spans] == [None, 200, None, 503]
    assert [span["ordinal"] for span in found.spans] == [0, 1, 2, 3]


def test_block_with_one_bad_field_keeps_the_others(normalize, segment) -> None:
    found = normalize(segment(aws={"operation": 7, "request_id": "r", "account_id": 123456789012}))
    assert (found.span["request_id"], found.span["account"]) == ("r", "123456789012")


def nested(depth: int, leaf: str = "") -> str:
    begin = "".join(
        f'{{"id": "{n:016x}", "name": "n{n}", "start_time": {n}, "namespace": null, "subsegments": ['
        for n in range(depth)
    )
    return begin + leaf + "]}" * depth


@pytest.mark.parametrize("depth", [1, 2, 200, 900, 10_000])
def test_subsegments_nested_without_bound(normalize, depth) -> None:
    found = normalize(nested(depth))
    assert found.warnings == []
    assert found.column("span_id") == [f"{n:016x}" for n in range(depth)]
    assert found.column("parent_span_id") == [None, *[f"{n:016x}" for n in range(depth - 1)]]
    assert found.column("name") == [f"n{n}" for n in range(depth)]


def test_many_children_at_depth(normalize) -> None:
    leaves = ", ".join('{"id": "%016x", "name": "leaf", "start_time": 1}' % (n + 5000) for n in range(50))
    found = normalize(nested(2_000, leaves))
    assert len(found.spans) == 2_050
    assert {span["parent_span_id"] for span in found.spans if span["name"] == "leaf"} == {f"{1999:016x}"}


@pytest.mark.parametrize("field", ["metadata", "annotations", "aws", "sql", "user", "http"])
def test_value_nested_100_000_deep_costs_itself_alone(normalize, segment, field) -> None:
    deep = "[" * 100_000 + '{"a": "]"}' + "]" * 100_000
    text = json.dumps(segment(fault=True, **{field: "HERE"}, subsegments=[{"id": "1" * 16, "start_time": 1}]))
    found = normalize(text.replace('"HERE"', deep))
    assert found.column("is_fault") == [True, False]
    assert any("nested deeper" in warning["message"] for warning in found.warnings)


@pytest.mark.parametrize("written", ["\\ud800", "\\udc00 \\ud83d\\ude00", "\x00", "\x01\n"])
@pytest.mark.parametrize("field", ["name", "namespace", "user", "metadata", "id"])
def test_text_that_is_no_text(normalize, segment, field, written) -> None:
    document = segment(subsegments=[{"id": "1" * 16, "name": "kept", "start_time": 1}])
    document[field] = "HERE"
    found = normalize(json.dumps(document).replace("HERE", written))
    assert found.column("name")[1] == "kept"
    assert len(found.spans) == 2
    assert found.spans[0]["started_at"] is not None
    if field == "metadata":
        msgspec.json.decode(found.spans[0]["metadata"])
    else:
        assert (found.spans[0]["name"] == "orders") == (field != "name")


@pytest.mark.parametrize(
    "text", ["", "null", "[]", "5", '"x"', "{", "}", '{"id": "a"', "nonsense", "{nonsense}", "[{}]", "\ufeff"]
)
def test_text_that_is_no_document(normalize, text) -> None:
    found = normalize(text, segment_id="a" * 16)
    assert (found.spans, found.codes) == ([], ["bad_segment"])
    assert found.warnings[0]["locator"] == f"1-65000000-{'a' * 24}/{'a' * 16}"


def test_text_after_a_document_is_named(normalize, segment) -> None:
    found = normalize(json.dumps(segment()) + " and more")
    assert (len(found.spans), found.codes) == (1, ["bad_field"])


def test_malformed_subsegment_keeps_its_place_and_those_below_it(normalize, segment) -> None:
    inner = {"id": "2" * 16, "name": "below", "start_time": 1}
    text = json.dumps(
        segment(subsegments=[{"id": "1" * 16, "name": "HERE", "start_time": 1, "subsegments": [inner]}])
    )
    found = normalize(text.replace('"HERE"', "HERE"))
    assert found.column("name") == ["orders", None, "below"]
    assert found.spans[2]["parent_span_id"] == found.spans[1]["span_id"] == f"{'a' * 16}.1"
    assert sorted(found.codes) == ["bad_field", "no_start_time"]
