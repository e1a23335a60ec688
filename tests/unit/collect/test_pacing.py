"""The token bucket, by a clock that the test moves."""

import random

import pytest

from forensics.collect.pacing import Bucket, Pacer, start_rate


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


def calls_in(seconds: float, bucket: Bucket, clock: Clock) -> int:
    end, count = clock.now + seconds, 0
    while clock.now < end:
        bucket.take(clock.wait)
        bucket.answered()
        count += 1
    return count


def test_it_uses_its_share_and_no_more() -> None:
    clock = Clock()
    bucket = Bucket(5.0, clock=clock)
    assert 500 * 0.95 <= calls_in(100, bucket, clock) <= 506


def test_what_was_used_up_at_once_is_earned_before_anything_else() -> None:
    """Datapoints of GetMetricData: a page of them can be more than a second's worth."""
    clock = Clock()
    bucket = Bucket(90_000.0, clock=clock)
    for _ in range(10):
        bucket.take(clock.wait, 100_800)
    assert clock.now == pytest.approx(10 * 100_800 / 90_000 - 0.9)


def test_a_pause_does_not_end_in_a_burst() -> None:
    clock = Clock()
    bucket = Bucket(5.0, clock=clock)
    clock.now = 1_000.0
    assert calls_in(1, bucket, clock) <= 11


def test_it_goes_down_once_for_refusals_of_one_moment_and_comes_back() -> None:
    clock = Clock()
    bucket = Bucket(10.0, clock=clock)
    clock.now = 2.0
    for _ in range(20):
        bucket.throttled()
    assert bucket.rate == pytest.approx(7.0)
    calls_in(60, bucket, clock)
    assert bucket.rate == pytest.approx(10.0)


def test_it_never_stops_altogether() -> None:
    clock = Clock()
    bucket = Bucket(10.0, clock=clock)
    for _ in range(100):
        clock.now += 2
        bucket.throttled()
    assert bucket.rate == pytest.approx(1.0)


@pytest.mark.parametrize("limit", [3.0, 7.0])
def test_under_one_percent_is_throttled_where_the_limit_is_the_quota(limit: float) -> None:
    """The service allows `limit` a second over windows of a second; the bucket is given all of it."""
    clock, taken, refused = Clock(), [], 0
    bucket = Bucket(limit, clock=clock)
    while clock.now < 600:
        bucket.take(clock.wait)
        recent = [t for t in taken if t > clock.now - 1.0 + 1e-9]
        if len(recent) > limit:
            refused += 1
            bucket.throttled()
        else:
            taken.append(clock.now)
            bucket.answered()
    assert len(taken) >= 0.95 * limit * 600
    assert refused <= 0.01 * len(taken)


def test_calls_that_arrive_unevenly_are_not_throttled_where_the_whole_quota_is_given() -> None:
    """The service's bucket holds a second's worth; a call takes up to 80 ms to get there."""
    rate, dice, clock, calls = 16.0, random.Random(1), Clock(), 0
    bucket, arrivals = Bucket(rate, clock=clock), list[float]()
    while clock.now < 100:
        bucket.take(clock.wait)
        arrivals.append(clock.now + dice.uniform(0.0, 0.08))
        calls += 1
    tokens, last = rate, 0.0
    for at in sorted(arrivals):
        tokens, last = min(rate, tokens + (at - last) * rate) - 1, at
        assert tokens >= 0
    assert calls >= 0.95 * rate * 100


def test_quotas_are_per_region_and_operation() -> None:
    assert start_rate("FilterLogEvents", "us-east-1") == (25.0, True)
    assert start_rate("FilterLogEvents", "eu-central-1") == (5.0, True)
    assert start_rate("FilterLogEvents", "eu-west-1") == (10.0, True)
    pacer = Pacer(0.5)
    assert pacer.bucket("1", "us-east-1", "FilterLogEvents").rate == 12.5
    assert pacer.bucket("1", "us-east-1", "FilterLogEvents") is pacer.bucket(
        "1", "us-east-1", "FilterLogEvents"
    )
    assert pacer.bucket("2", "us-east-1", "FilterLogEvents") is not pacer.bucket(
        "1", "us-east-1", "FilterLogEvents"
    )


def test_a_quota_that_the_account_was_granted_counts_and_not_the_published_one() -> None:
    pacer = Pacer(0.5)
    pacer.learn("1", "eu-west-1", {"FilterLogEvents": 40.0})
    assert pacer.bucket("1", "eu-west-1", "FilterLogEvents").rate == 20.0
    assert pacer.bucket("2", "eu-west-1", "FilterLogEvents").rate == 5.0
