"""Which calls a hazard hits: a matter of the seed and the request, not of the order of threads."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from forensics.demo.endpoint.hazards import Weather
from forensics.demo.endpoint.settings import Hazard

CALLS = [b'{"page":%d}' % number for number in range(400)]


def hit(
    weather: Weather, calls: list[bytes], operation: str = "logs.FilterLogEvents", group: str = "g"
) -> list[bytes]:
    return [call for call in calls if weather.hits(operation, group, call)]


def test_order_of_calls_does_not_matter() -> None:
    shuffled = Random(1).sample(CALLS, len(CALLS))
    first, second = (Weather(7, (Hazard(kind="reset", rate=0.3),)) for _ in range(2))
    assert sorted(hit(first, CALLS)) == sorted(hit(second, shuffled))


def test_seed_and_attempt_decide() -> None:
    weather, other = (Weather(seed, (Hazard(kind="reset", rate=0.3),)) for seed in (1, 2))
    first, again = hit(weather, CALLS), hit(weather, CALLS)
    assert 80 < len(first) < 160
    assert first != again
    assert first != hit(other, CALLS)


@pytest.mark.parametrize(
    ("hazard", "expected"),
    [
        (Hazard(kind="reset", first=3, last=5), 3),
        (Hazard(kind="reset", times=2), 2),
        (Hazard(kind="reset", rate=0.0), 0),
        (Hazard(kind="reset", operation="xray.*"), 0),
        (Hazard(kind="reset", operation="logs.*", group="g"), 400),
        (Hazard(kind="reset", group="other"), 0),
        (Hazard(kind="unprocessed"), 0),
        (Hazard(kind="expired_token", times=1), 0),
    ],
)
def test_when_a_hazard_is_awake(hazard: Hazard, expected: int) -> None:
    assert len(hit(Weather(0, (hazard,)), CALLS)) == expected


def test_hazard_of_tokens_waits_for_a_token() -> None:
    weather = Weather(0, (Hazard(kind="expired_token", times=1),))
    calls = [b"{}", b'{"nextToken":"a"}', b'{"NextToken":"b"}']
    assert hit(weather, calls) == calls[1:2]


def test_several_hazards_are_drawn_apart() -> None:
    weather = Weather(0, (Hazard(kind="reset", rate=0.5), Hazard(kind="html", rate=0.5)))
    seen = Counter(tuple(h.kind for h in weather.hits("sts.X", "", call)) for call in CALLS)
    assert len(seen) == 4
    assert min(seen.values()) > 60
