"""What somebody lost its time on: looked for along the calls that were still open, or took longest."""

from __future__ import annotations

from forensics.demo.story import Call, Failure, Invocation


def waited_for(invocation: Invocation) -> Failure | None:
    """Why an invocation ran out of time; None where it was its own doing and no fault's."""
    last = invocation.calls[-1] if invocation.calls else None
    still_open = last if last is not None and last.ended is None else None
    if still_open and (found := _of_slow(still_open)):
        return found
    if invocation.slow:
        return invocation.slow
    if invocation.suppressed_init and invocation.environment and invocation.environment.reset:
        # The start anew took the time; the call that was open at the end is only where it ran out.
        return invocation.environment.reset
    return of_call(still_open) if still_open else _longest(invocation)


def of_call(call: Call) -> Failure:
    """What made a call slow: the deepest cause that is known, else the callee itself."""
    return _of_slow(call) or Failure("slow", call.target, category="dependency_slow")


def _of_slow(call: Call) -> Failure | None:
    return call.slow or call.failure or (_of_invocation(call.callee) if call.callee else None)


def _of_invocation(invocation: Invocation) -> Failure | None:
    return invocation.failure or invocation.slow or _longest(invocation)


def _longest(invocation: Invocation) -> Failure | None:
    """Of the calls that something made slow, the one that took the most time."""
    known = [
        (call.ended - call.started, found)
        for call in invocation.calls
        if call.ended is not None and (found := call.slow or (call.callee and _of_invocation(call.callee)))
    ]
    return max(known, key=lambda pair: pair[0])[1] if known else None
