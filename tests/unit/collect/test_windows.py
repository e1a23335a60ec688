"""Windows: however time is cut, nothing is left out and nothing is asked for twice."""

from hypothesis import given
from hypothesis import strategies as st

from forensics.collect.windows import Window, cut, from_iso, iso, missing

times = st.integers(0, 10_000)
windows = st.tuples(times, times).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Window(*pair))


def covered(pieces: list[Window]) -> list[int]:
    return [ms for piece in pieces for ms in range(piece.start, piece.end)]


@given(windows, st.integers(1, 50), st.sampled_from([1, 7, 1000]))
def test_any_cut_covers_the_window_once(window: Window, pieces: int, step: int) -> None:
    parts = cut(window, pieces, step)
    assert covered(parts) == list(range(*window))
    assert len(parts) <= pieces
    assert all(part.start % step == 0 for part in parts[1:])


@given(windows, st.lists(windows, max_size=8))
def test_missing_is_what_no_done_window_covers(window: Window, done: list[Window]) -> None:
    known = {ms for start, end in done for ms in range(start, end)}
    assert covered(missing(window, done)) == [ms for ms in range(*window) if ms not in known]


@given(windows, windows)
def test_what_was_pulled_in_two_windows_is_missing_in_neither(first: Window, second: Window) -> None:
    assert missing(first, [first]) == []
    assert missing(second, [first, second]) == []


@given(st.integers(0, 4_102_444_800_000))
def test_times_come_back(ms: int) -> None:
    assert from_iso(iso(ms)) == ms
