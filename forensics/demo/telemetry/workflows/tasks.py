"""What a task state asks of another service, as its events show it.

The optimised integration `arn:aws:states:::lambda:invoke` (operation Invoke) has events Task…, with
`resourceType` lambda and the whole answer of the Invoke API as output. A state whose resource is
the function's own ARN (an empty operation) has events LambdaFunction…, and the payload alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from forensics.demo.scenario import (
    BUCKET,
    BUS,
    CONTAINER,
    FUNCTION,
    QUEUE,
    REMOTE,
    TABLE,
    TOPIC,
    WORKFLOW,
    Node,
    Scenario,
    State,
)
from forensics.demo.story import Call, Invocation, Micros
from forensics.demo.telemetry.line import function_arn, iso

Details = dict[str, Any]

START_DELAY: Micros = 9_000

_encode = msgspec.json.Encoder().encode
_TYPES = {
    FUNCTION: "lambda",
    TABLE: "dynamodb",
    QUEUE: "sqs",
    TOPIC: "sns",
    BUS: "events",
    WORKFLOW: "states",
    CONTAINER: "ecs",
    BUCKET: "aws-sdk:s3",
    REMOTE: "http",
}


@dataclass(slots=True)
class Task:
    prefix: str
    about: Details  # resourceType and resource, on every event of a Task
    direct: bool
    region: str
    arn: str
    call: Call | None
    callee: Invocation | None
    timeout_s: int

    def scheduled(self, payload: str) -> Details:
        limit = {"timeoutInSeconds": self.timeout_s} if self.timeout_s else {}
        if self.direct:
            return {"resource": self.arn, "input": payload, "inputDetails": {"truncated": False}} | limit
        parameters = self._parameters(payload)
        return self.about | {"region": self.region, "parameters": parameters} | limit

    def _parameters(self, payload: str) -> str:
        if self.about.get("resourceType") == "lambda":
            return f'{{"FunctionName":"{self.arn}","Payload":{payload}}}'
        name = self.call.target.name if self.call else ""
        return _encode({"Resource": name, "Input": msgspec.Raw(payload.encode())}).decode()

    def succeeded(self, payload: str, at: Micros) -> Details:
        output = payload if self.direct else self._answer(payload, at)
        return self.about | {"output": output, "outputDetails": {"truncated": False}}

    def _answer(self, payload: str, at: Micros) -> str:
        """The service's answer with what the SDK knows of it: the request id is the callee's."""
        request = self.callee.request_id if self.callee else self.call.request_id if self.call else ""
        status = self.call.status if self.call else 200
        headers = {
            "Connection": "keep-alive",
            "Content-Type": "application/json",
            "Date": f"{iso(at)[:19]}Z",
            "x-amzn-RequestId": request,
        }
        answer: Details = {
            "SdkHttpMetadata": {"HttpHeaders": headers, "HttpStatusCode": status},
            "SdkResponseMetadata": {"RequestId": request},
        }
        if self.about.get("resourceType") == "lambda":
            version = self.callee.version if self.callee else "$LATEST"
            head = {"ExecutedVersion": version, "Payload": msgspec.Raw(payload.encode())}
            answer = head | answer | {"StatusCode": status}
        elif self.call and self.call.message_id:
            answer = {"MessageId": self.call.message_id} | answer
        return _encode(answer).decode()


def task_of(
    account: Scenario, state: State, call: Call | None, target: Node | None, callee: Invocation | None
) -> Task:
    operation = call.spec.operation if call else state.call[0].operation if state.call else "Invoke"
    kind = target.kind if target else FUNCTION
    direct = kind == FUNCTION and not operation
    about = {} if direct else {"resourceType": _TYPES.get(kind, "aws-sdk"), "resource": _resource(operation)}
    arn = function_arn(account, target.name) if target else ""
    prefix = "LambdaFunction" if direct else "Task"
    limit = state.timeout_ms // 1000
    return Task(prefix, about, direct, account.region, arn, call, callee, limit)


def _resource(operation: str) -> str:
    """`SendMessage` is the resource sendMessage, `Invoke` invoke; an HTTP method is http:invoke."""
    return "invoke" if operation.isupper() or not operation else operation[0].lower() + operation[1:]
