"""Ids in one form, and their keys."""

import pytest

from forensics.normalize.ids import canonical_trace_id, id_key, span_id_of, trace_id_key

HEX = "4efaaf4d1e8720b39541901950019ee5"


@pytest.mark.parametrize(
    "text",
    ["1-4efaaf4d-1e8720b39541901950019ee5", "1-4EFAAF4D-1E8720B39541901950019EE5", HEX, HEX.upper()],
)
def test_x_rays_and_w3cs_form_are_one_id(text) -> None:
    assert canonical_trace_id(text) == HEX
    assert trace_id_key(canonical_trace_id(text)) == int(HEX[-16:], 16) - (1 << 64)


def test_x_ray_and_w3c_spans_join(normalize, segment) -> None:
    found = normalize(segment(trace_id=f"1-{HEX[:8]}-{HEX[8:]}"), segment(trace_id=HEX, id="b" * 16))
    assert set(found.column("trace_id")) == {HEX}
    assert len(set(found.column("trace_key"))) == 1


@pytest.mark.parametrize(
    ("text", "key"),
    [("0" * 16, 0), ("0" * 15 + "1", 1), ("7" + "f" * 15, (1 << 63) - 1), ("8" + "0" * 15, -(1 << 63)),
     ("f" * 16, -1)],
)  # fmt: skip
def test_key_is_the_digits_as_a_signed_number(text, key) -> None:
    assert id_key(text) == key


def test_ids_that_are_no_hex_get_keys_of_their_own() -> None:
    odd = ["", "1", "0x00000000000001", "0000000000000_01", "+000000000000001", " 00000000000001 ", "é" * 16]
    keys = [id_key(text) for text in (*odd, "0" * 15 + "1")]
    assert len(set(keys)) == len(keys)


def test_key_of_an_odd_trace_id_is_that_of_the_whole() -> None:
    assert trace_id_key("a-0123456789abcdef") != trace_id_key("b-0123456789abcdef")


def test_missing_span_id() -> None:
    assert (span_id_of(None), span_id_of(""), span_id_of("AB")) == ("", "", "ab")
