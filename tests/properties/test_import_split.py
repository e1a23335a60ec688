"""However JSON text is cut into chunks, its elements are those of the whole."""

import json

from hypothesis import given
from hypothesis import strategies as st

from forensics.importers.split import Splitter, Value, Warned

KEYS = st.sampled_from(["Traces", "events", "logEvents", "Segments", "a", "[", '"', "\\", "é{"])
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(KEYS, JSON, max_size=4)
CUTS = st.lists(st.integers(1, 9), min_size=1, max_size=40)


def split(data: bytes, cuts: list[int], limit: int) -> list[Value | Warned]:
    splitter, found, at = Splitter(limit), [], 0
    for number in range(len(data) + 1):
        size = cuts[number % len(cuts)]
        found += splitter.feed(data[at : at + size])
        at += size
        if at >= len(data):
            break
    return [*found, *splitter.close()]


def read(found: list[Value | Warned]) -> list[object]:
    return [json.loads(value.raw) for value in found if isinstance(value, Value)]


@given(
    st.lists(OBJECTS, max_size=5), CUTS, st.sampled_from([None, 1, 4]), st.sampled_from(["", "\n", ",", " "])
)
def test_objects_in_a_row(objects, cuts, indent, between) -> None:
    data = between.join(json.dumps(o, indent=indent) for o in objects).encode()
    found = split(data, cuts, 1_000_000)
    assert read(found) == objects
    assert not any(isinstance(value, Warned) for value in found)


@given(st.lists(OBJECTS | st.lists(JSON), max_size=5), CUTS)
def test_elements_of_a_list(elements, cuts) -> None:
    found = split(json.dumps(elements).encode(), cuts, 20)
    assert read(found) == elements
    assert not any(isinstance(value, Warned) for value in found)


@given(st.lists(OBJECTS, max_size=6), st.dictionaries(KEYS, SCALARS, max_size=3), CUTS, st.booleans())
def test_elements_of_an_object_too_large_for_memory_keep_its_context(
    elements, context, cuts, is_ascii
) -> None:
    context = {key: value for key, value in context.items() if key != "events"}
    data = json.dumps({**context, "events": elements, "after": [1]}, ensure_ascii=is_ascii).encode()
    found = split(data, cuts, 0)
    assert read(found) == [{**context, "events": [element]} for element in elements]
    assert not any(isinstance(value, Warned) for value in found)


@given(st.lists(OBJECTS, min_size=1, max_size=6), CUTS, st.data())
def test_cut_off_is_a_prefix_and_a_warning(elements, cuts, data) -> None:
    begin, written = '{"logGroup": "g", "logEvents": [', [json.dumps(element) for element in elements]
    text = (begin + ", ".join(written) + "]}").encode()
    kept = data.draw(st.integers(1, len(text) - 1))
    ends = [len(begin + ", ".join(written[: n + 1])) for n in range(len(written))]
    whole = [element for element, end in zip(elements, ends, strict=True) if end <= kept]
    for limit in (0, 30, 1_000_000):
        found = split(text[:kept], cuts, limit)
        handed_out = read(found)
        assert handed_out[: len(whole)] == [{"logGroup": "g", "logEvents": [element]} for element in whole]
        assert isinstance(found[-1], Warned)
        assert found[-1].code == "truncated"


@given(st.binary(max_size=200), CUTS)
def test_no_bytes_raise(data, cuts) -> None:
    split(data, cuts, 10)


@given(st.lists(OBJECTS, min_size=1, max_size=4), CUTS, st.data(), st.sampled_from([30, 1_000_000]))
def test_what_is_lost_has_a_warning(elements, cuts, data, limit) -> None:
    """One byte is overwritten: every element is handed out, or a warning, or what is no JSON."""
    text = bytearray(json.dumps({"events": elements}).encode())
    text[data.draw(st.integers(0, len(text) - 1))] = data.draw(st.sampled_from(b'{}[]",:x\\\xff'))
    if is_json(text):
        return
    found = split(bytes(text), cuts, limit)
    is_told = any(isinstance(value, Warned) or not is_json(value.raw) for value in found)
    assert is_told or len(found) >= len(elements)


def is_json(raw: bytes | bytearray) -> bool:
    try:
        json.loads(raw)
    except ValueError:
        return False
    return True
