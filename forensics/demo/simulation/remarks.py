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


def throw(invocation: Invocation, failure: Failure, at: Micros) -> None:
    """An exception that nobody catches: it ends the invocation, and the runtime writes it down."""
    invocation.failure = failure
    invocation.remarks.append(Remark(at, "ERROR", "", failure))


def comment(chain: Chain, invocation: Invocation, call: Call, at: Micros) -> None:
    """What the caller says of a call that came back, well or badly."""
    spec, failure = call.spec, call.failure
    if failure is None:
        if spec.says:
            text = fill(spec.says, chain, ms=(at - call.started) // 1000, callee=call.target.name)
            invocation.remarks.append(Remark(at, "INFO", text, call=call))
    elif spec.warns:
        level: Level = "ERROR" if spec.on_failure == "answer" else "WARN"
        said = f"{failure.type}: {failure.message}" if failure.type else failure.message
        text = fill(spec.warns, chain, failure=said, status=call.status, callee=call.target.name)
        invocation.remarks.append(Remark(at, level, text, failure, call))


def passed_on(invocation: Invocation, call: Call, cause: Failure, id: str) -> Failure:
    """What a program throws when a call of its own failed and it cannot go on."""
    spec = call.spec
    thrown = spec.exception or Thrown(cause.type or "RuntimeError", cause.message, wraps=False)
    said = f"{cause.type}: {cause.message}" if cause.type else cause.message
    text = fill(thrown.message, invocation.chain, status=call.status, callee=call.target.name, failure=said)
    return Failure("exception", invocation.node, thrown.type, text, thrown, cause=cause, id=id)


def fill(text: str, chain: Chain, **known: object) -> str:
    """Put the order's own words into a template; braces that mean something else stay."""
    if "{" not in text:
        return text
    for key, value in {
        "order": chain.order,
        "items": chain.items,
        "customer": chain.customer,
        **known,
    }.items():
        text = text.replace("{" + key + "}", str(value))
    return text
