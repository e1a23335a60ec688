"""What programs say and throw while they work, in the words of the scenario."""

from __future__ import annotations

from forensics.demo.scenario import Thrown
from forensics.demo.story import Call, Chain, Failure, Invocation, Level, Micros, Remark


def say(
    chain: Chain, invocation: Invocation, at: Micros, text: str, level: Level = "INFO", **known: object
) -> None:
    """Nothing where the scenario has no words for it."""
    if text:
        invocation.remarks.append(Remark(at, level, fill(text, chain, **known)))


def throw(chain: Chain, invocation: Invocation, thrown: Thrown, at: Micros, status: int = 0) -> None:
    """An exception that nobody catches: it ends the invocation, and the runtime writes it down."""
    message = fill(thrown.message, chain, status=status)
    invocation.failure = Failure("exception", thrown.type, message, thrown)
    invocation.remarks.append(Remark(at, "ERROR", "", invocation.failure))


def comment(chain: Chain, invocation: Invocation, call: Call, at: Micros) -> None:
    """What the caller says of a call that came back, well or badly."""
    spec, failure = call.spec, call.failure
    if failure is None:
        say(chain, invocation, at, spec.says, ms=(at - call.started) // 1000)
    elif spec.warns:
        level: Level = "ERROR" if spec.on_failure == "answer" else "WARN"
        text = fill(spec.warns, chain, failure=f"{failure.type}: {failure.message}")
        invocation.remarks.append(Remark(at, level, text, failure))


def fill(text: str, chain: Chain, **known: object) -> str:
    """Put the order's own words into a template; braces that mean something else stay."""
    for key, value in {"order": chain.order, "items": chain.items, **known}.items():
        text = text.replace("{" + key + "}", str(value))
    return text
