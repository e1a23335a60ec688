"""What services, proxies, clusters and databases log: a case per construct, told apart by content.

The lines are those of the public page or repository that a case names, or written after it; `ref` is the
project's own telemetry reference.
"""

# ruff: noqa: E501 - a log line is one line

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

Case = tuple[str, str, Any, dict[str, Any]]

RID = "515f1e99-39db-11e9-9e96-01e5c04505b9"
TRACE = "4efaaf4d1e8720b39541901950019ee5"
XRAY = "1-4efaaf4d-1e8720b39541901950019ee5"
CLF_TIME = "27/Oct/2023:13:40:57 +0000"
AT = datetime(2023, 10, 27, 13, 40, 57)


def enclosed(log: str, **more: Any) -> str:
    """As Container Insights' Fluent Bit sends a line."""
    return json.dumps({"time": "2023-06-20T09:36:54.6Z", "stream": "stdout", "_p": "F", "log": log,
                       "kubernetes": {"pod_name": "cart-5d78c9869d-x7k2p", "namespace_name": "shop",
                                      "container_name": "istio-proxy", "host": "ip-10-0-0-1"}, **more}, separators=(",", ":"))  # fmt: skip


def flat(**fields: Any) -> str:
    return json.dumps(fields)


INGRESS = (
    f'10.4.3.12 - - [{CLF_TIME}] "POST /v1/a HTTP/1.1" 502 150 "-" "curl/8 (x)" 1893 3.261'
    " [shop-render-8000] [] 10.4.2.8:8000 0 3.261 502 69f3d170d5113acfa99aa6cfc7e6f844"
)
# github.com/ministryofjustice/modernisation-platform-environments, pull request 3807
GATEWAY = {
    "caller": "-", "ip": "51.14.4.225", "method": "POST", "path": "/development/data-product/x", "protocol": "HTTP/1.1",
    "requestId": "a4188e34-1104-424e-9907-eebbf55dd662", "requestTime": CLF_TIME, "requestTimeEpoch": "1698414057744",
    "resourcePath": "/data-product/{name}", "responseLength": "87", "status": "400", "user": "-",
}  # fmt: skip
# Elastic Load Balancing guide, "Access logs for your Application Load Balancer", examples
ALB = (
    'https 2018-07-02T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 10.0.0.1:80 0.086 0.048 0.037 '
    '200 200 0 57 "GET https://www.example.com:443/a?b=c HTTP/1.1" "curl/7.46.0" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 '
    'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 '
    '"Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678" '
    '1 2018-07-02T22:22:48.364000Z "authenticate,forward" "-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd'
)  # fmt: skip
ALB_LAMBDA = (
    'http 2018-11-30T22:23:00.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.168.131.39:2817 - 0.000 0.001 0.000 502 - 34 366 '
    '"GET http://www.example.com:80/ HTTP/1.1" "curl/7 \\"x\\"" - - arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/fn/73e2 '
    '"Root=1-58337364-23a8c76965a2ef7629b185e3" "-" "-" 0 2018-11-30T22:22:48.364000Z "forward" "-" "LambdaInvalidResponse" "-" "-" "-" "-"'
)  # fmt: skip
# istio.io and github.com repositories found by `via_upstream - "-" 0`; Envoy documentation, "Access logging", default format
ENVOY = (
    '[2016-04-15T20:17:00.310Z] "POST /api/v1/locations HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "nsq2http" '
    '"cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2" "locations" "tcp://10.0.2.1:80"'
)
ISTIO = (
    '[2022-05-10T13:40:13.396Z] "GET / HTTP/1.1" 200 - via_upstream - "-" 0 643 7 6 "10.0.128.1" "python-requests/2.27.1" '
    '"397105f8-18b7-44d9-9465-60fed294e453" "51.250.72.130" "10.0.128.42:80" inbound|80|| 127.0.0.6:52601 10.0.128.42:80 10.0.128.1:0 x default'
)
ISTIO_FAILED = (
    '[2022-05-10T13:40:13.396Z] "GET /x HTTP/1.1" 503 UF,URX upstream_reset_before_response_started{connection_failure} - '
    '"delayed connect error: 111" 0 152 30 - "-" "curl" "id-1" "cart:8080" "10.0.0.9:8080" outbound|8080||cart.shop.svc.cluster.local'
)
SERVICE_CONNECT = '[2025-08-01T10:00:00.000Z] "GET /api/items HTTP/1.1" 503 0 91 12 - "10.0.1.9" "curl/8.0" "id-2" "items:8080" "10.0.2.7:8080"'
ACCESS: dict[str, Case] = {
    "REST access log, JSON of a real stage": ("apigateway", "/any/name", json.dumps(GATEWAY), {
        "source": "apigateway", "kind": "AWS::ApiGateway::Stage", "request_id": GATEWAY["requestId"], "status": 400, "method": "POST",
        "path": "/development/data-product/x", "route": "/data-product/{name}", "client": "51.14.4.225", "node": "/any/name",
        "integration_status": None, "occurred_at": datetime(2023, 10, 27, 13, 40, 57, 744000)}),
    "REST access log, dotted keys": ("apigateway", "/g", flat(**{
        "requestId": RID, "extendedRequestId": "x=", "httpMethod": "GET", "status": "502", "error.message": "Internal server error",
        "error.responseType": "INTEGRATION_FAILURE", "integration.requestId": "r-1", "integration.status": "200", "integrationStatus": "200",
        "integrationLatency": "388", "responseLatency": "391", "xrayTraceId": XRAY, "userAgent": "-"}), {
        "request_id": RID, "extended_request_id": "x=", "integration_request_id": "r-1", "trace_id": TRACE, "status": 502,
        "integration_status": 200, "latency_ms": 391, "integration_latency_ms": 388, "error_message": "Internal server error",
        "response_type": "INTEGRATION_FAILURE", "user_agent": None}),
    "REST access log, nested objects": ("apigateway", "/g", flat(
        request_id=RID, http_method="GET", resource_path="/x", status=504, apiId="abc", stage="prod", integration={"requestId": "r-2", "status": "-", "latency": 29000},
        error={"message": "Endpoint request timed out", "responseType": "INTEGRATION_TIMEOUT"}), {
        "node": "abc/prod", "integration_request_id": "r-2", "integration_status": None, "integration_latency_ms": 29000,
        "error_message": "Endpoint request timed out", "response_type": "INTEGRATION_TIMEOUT"}),
    "HTTP API access log": ("apigateway", "/g", flat(
        requestId="JKJaXmPLvHcESHA=", ip="192.0.2.1", requestTime=CLF_TIME, httpMethod="GET", routeKey="GET /items", status="503",
        protocol="HTTP/1.1", responseLength="33", integrationErrorMessage="Lambda timed out"), {
        "request_id": "JKJaXmPLvHcESHA=", "method": "GET", "route": "GET /items", "status": 503, "error_message": "Lambda timed out", "occurred_at": AT}),
    "HTTP API epoch in seconds [U]": ("apigateway", "/g", flat(
        requestId="a=", requestTimeEpoch="1698414057", routeKey="$default", status="200"), {"occurred_at": AT, "status": 200}),
    # API Gateway developer guide, "Set up CloudWatch logging": CLF, CSV, XML; Serverless Framework's default format
    "access log, CLF": ("apigateway", "/g", f'192.0.2.1 - - [{CLF_TIME}] "GET /pets HTTP/1.1" 200 42 {RID} GqT38H-FFiAFhLQ=', {
        "source": "apigateway", "request_id": RID, "extended_request_id": "GqT38H-FFiAFhLQ=", "status": 200, "method": "GET", "path": "/pets", "occurred_at": AT}),
    "access log, CSV": ("apigateway", "/g", f"192.0.2.1,-,-,{CLF_TIME},GET,/pets,HTTP/1.1,429,42,{RID}", {
        "request_id": RID, "status": 429, "client": "192.0.2.1", "occurred_at": AT}),
    "access log, XML": ("apigateway", "/g", f'<request id="{RID}"> <ip>192.0.2.1</ip> <caller>-</caller> <user>-</user> <requestTime>{CLF_TIME}</requestTime>'
        " <httpMethod>GET</httpMethod> <resourcePath>/pets</resourcePath> <status>500</status> <protocol>HTTP/1.1</protocol> </request>", {
        "request_id": RID, "status": 500, "path": "/pets"}),
    "access log, Serverless Framework's default": ("apigateway", "/g",
        f"requestId: {RID}, ip: 192.0.2.1, caller: -, user: -, requestTime: {CLF_TIME}, httpMethod: GET, resourcePath: /pets, status: 200, protocol: HTTP/1.1, responseLength: 5", {
        "request_id": RID, "status": 200, "method": "GET"}),
    "ALB": ("alb", "/alb", ALB, {
        "source": "alb", "node": "my-loadbalancer", "trace_id": "583372811d84f3d73c47ec4e58577259", "status": 200, "integration_status": 200,
        "method": "GET", "path": "/a?b=c", "latency_ms": 171, "integration_latency_ms": 48, "error_message": None, "target": "my-targets",
        "client": "192.168.131.39", "user_agent": "curl/7.46.0", "occurred_at": datetime(2018, 7, 2, 22, 22, 48, 364000)}),
    "ALB, a function's bad answer": ("alb", "/alb", ALB_LAMBDA, {
        "status": 502, "integration_status": None, "error_message": "LambdaInvalidResponse", "trace_id": "5833736423a8c76965a2ef7629b185e3"}),
    "ALB, no time": ("alb", "/alb", ALB.replace("0.086 0.048 0.037 200 200", "-1 -1 -1 503 -"), {
        "latency_ms": None, "integration_latency_ms": None, "status": 503, "error_message": "no answer from a target"}),
    "ALB, fields to come": ("alb", "/alb", ALB + ' "-" "-" "-" new', {"status": 200, "target": "my-targets"}),
    "Envoy's own default": ("envoy", "/ecs/mesh", ENVOY, {
        "source": "envoy", "method": "POST", "path": "/api/v1/locations", "status": 204, "response_flags": None, "latency_ms": 226,
        "integration_latency_ms": 100, "request_id": "cc21d9b0-cf5c-432b-8c7e-98aeb7988cd2", "target": "tcp://10.0.2.1:80",
        "occurred_at": datetime(2016, 4, 15, 20, 17, 0, 310000)}),
    "Envoy in Istio": ("envoy", "/g", enclosed(ISTIO), {
        "status": 200, "response_flags": None, "response_type": "via_upstream", "latency_ms": 7, "integration_latency_ms": 6,
        "request_id": "397105f8-18b7-44d9-9465-60fed294e453", "kind": "AWS::EKS::Container", "target": "10.0.128.42:80"}),
    "Envoy in Istio, flags": ("envoy", "/g", enclosed("2023-06-20T09:36:54.648112064Z stdout F " + ISTIO_FAILED), {
        "status": 503, "response_flags": "UF,URX", "response_type": "upstream_reset_before_response_started{connection_failure}",
        "error_message": "delayed connect error: 111", "latency_ms": 30, "integration_latency_ms": None}),
    "Service Connect, no flags after the code": ("envoy", "/ecs/x", SERVICE_CONNECT, {
        "status": 503, "response_flags": None, "latency_ms": 12, "integration_latency_ms": None, "request_id": "id-2"}),
    # gateway.envoyproxy.io and istio.io access log pages
    "Envoy Gateway, JSON": ("envoy", "/g", enclosed(json.dumps({
        "start_time": "2024-05-09T00:44:06.909Z", "method": "HEAD", "x-envoy-origin-path": "/", "response_code": "429", "response_flags": "RL",
        "response_code_details": "request_rate_limited", "duration": "3", "x-envoy-upstream-service-time": "-", "x-request-id": "a5216e48",
        ":authority": "httpbin.esuez.org", "upstream_host": "-", "x-forwarded-for": "172.19.0.4"})), {
        "status": 429, "response_flags": "RL", "response_type": "request_rate_limited", "latency_ms": 3, "integration_latency_ms": None,
        "request_id": "a5216e48", "path": "/", "target": "httpbin.esuez.org", "client": "172.19.0.4"}),
    "Envoy in Istio, JSON": ("envoy", "/ecs/x", flat(
        start_time="2020-03-07T16:06:58.480Z", method="GET", path="/headers?v=1", response_code=503, response_flags="UH", duration=3,
        upstream_service_time=None, request_id="c463717a", upstream_transport_failure_reason="no healthy", upstream_cluster="outbound|80|v1|httpbin"), {
        "status": 503, "response_flags": "UH", "error_message": "no healthy", "target": "outbound|80|v1|httpbin"}),
    "web server's combined log": ("web_server", "/g", enclosed(f'10.0.0.1 - - [{CLF_TIME}] "GET /x HTTP/1.1" 502 157 "-" "kube-probe/1.29"\n'), {
        "source": "web_server", "status": 502, "path": "/x", "user_agent": "kube-probe/1.29", "node": "istio-proxy"}),
    # ingress-nginx's documentation, "Log format"
    "ingress-nginx": ("web_server", "/g", enclosed(INGRESS), {
        "status": 502, "latency_ms": 3261, "target": "shop-render-8000", "request_id": "69f3d170d5113acfa99aa6cfc7e6f844", "user_agent": "curl/8 (x)"}),
    "ingress-nginx, nobody tried": ("web_server", "/g", INGRESS.replace("10.4.2.8:8000 0 3.261 502", "- - - -") + "\n", {
        "status": 502, "latency_ms": 3261, "target": "shop-render-8000", "request_id": "69f3d170d5113acfa99aa6cfc7e6f844"}),
    "an envelope with blanks": ("web_server", "/g", json.dumps(json.loads(enclosed(INGRESS))), {
        "status": 502, "target": "shop-render-8000", "node": "istio-proxy"}),
    "CloudFront, JSON": ("cloudfront", "/g", flat(**{
        "date": "2019-12-04", "time": "21:02:31", "x-edge-request-id": "e==", "sc-status": "502", "x-edge-result-type": "Error", "cs-method": "GET",
        "cs-uri-stem": "/i", "x-host-header": "d111111abcdef8.cloudfront.net", "time-taken": "0.250", "x-edge-detailed-result-type": "OriginConnectError"}), {
        "source": "cloudfront", "status": 502, "error_message": "OriginConnectError", "latency_ms": 250, "request_id": "e=="}),
    # Amazon CloudFront guide, "Standard log file fields", example
    "CloudFront, standard log": ("cloudfront", "/g", "2019-12-04\t21:02:31\tLAX1\t392\t192.0.2.100\tGET\td111111abcdef8.cloudfront.net\t/index.html\t200\t-\t"
        "Mozilla/5.0\t-\t-\tHit\tSOX4xwn4XV6Q4rgb7XiVGOHms_BGlTAC4KyHmureZmBNrjGdRLiNIQ==\td111111abcdef8.cloudfront.net\thttps\t23\t0.001\t-\t"
        "TLSv1.2\tECDHE-RSA-AES128-GCM-SHA256\tHit\tHTTP/2.0\t-\t-\t11040\t0.001\tHit\ttext/html\t78\t-\t-", {
        "status": 200, "method": "GET", "path": "/index.html", "latency_ms": 1, "occurred_at": datetime(2019, 12, 4, 21, 2, 31)}),
    # AWS WAF guide, "Log examples"
    "WAF": ("waf", "aws-waf-logs-x", flat(
        timestamp=1576280412771, webaclId="arn:aws:wafv2:ap-southeast-2:111122223333:regional/webacl/STMTest/1EXAMPLE", terminatingRuleId="STMTest_SQLi_XSS",
        action="BLOCK", httpSourceId="-", httpRequest={"clientIp": "1.1.1.1", "uri": "/myUri", "httpMethod": "GET", "requestId": "rid"}), {
        "source": "waf", "node": "STMTest", "status": 403, "response_type": "STMTest_SQLi_XSS", "request_id": "rid", "target": None,
        "error_message": "blocked by rule STMTest_SQLi_XSS", "occurred_at": datetime(2019, 12, 13, 23, 40, 12, 771000)}),
    "AppSync request": ("appsync", "/aws/appsync/apis/pmo28inf75eepg63qxq4ekoeg4", flat(
        logType="RequestSummary", requestId="dbe87af3-c114-4b32-ae79-8af11f3f96f1", graphQLAPIId="pmo28inf75eepg63qxq4ekoeg4", statusCode=200, latency=242000000), {
        "source": "appsync", "node": "pmo28inf75eepg63qxq4ekoeg4", "status": 200, "latency_ms": 242}),
}  # fmt: skip

# Elsewhere than at a front door these look alike
NO_ACCESS = {
    "a program's line with a level": flat(
        level="INFO", requestId=RID, status=200, httpMethod="GET", message="done"
    ),
    "an object without a request id": flat(status=200, httpMethod="GET"),
    "a sentence in brackets": '[2026-01-01T00:00:00Z] "hello" said the program',
    "prose about HTTP": "server speaks HTTP/1.1 now: ready",
    "a broken object": '{"requestId":"x","status":"200","httpMethod":"GET"',
    "AppSync's other lines": flat(logType="ExecutionSummary", requestId="x", graphQLAPIId="y", duration=1),
    "a parenthesis": "(see above) nothing happened here at all today",
}

STATES = "arn:aws:states:eu-west-1:111122223333:express:checkout:run-1:1f2e3d4c"


def state(kind: str, details: dict[str, Any], **more: Any) -> str:
    return flat(
        id="5",
        type=kind,
        details=details,
        previous_event_id="4",
        event_timestamp="1668095539607",
        execution_arn=STATES,
        **more,
    )


WORKFLOW: dict[str, Case] = {
    # Step Functions guide, "Using CloudWatch Logs to log execution history"
    "execution started, numbers as strings": ("", "/aws/vendedlogs/states/x", state("ExecutionStarted", {"input": "{}", "roleArn": "r"}), {
        "node": "checkout", "execution": "run-1", "is_express": True, "number": 5, "previous_number": 4, "type": "ExecutionStarted",
        "is_failure": False, "occurred_at": datetime(2022, 11, 10, 15, 52, 19, 607000), "kind": "AWS::StepFunctions::StateMachine"}),
    "task failed, cause in JSON": ("", "/g", state("TaskFailed", {
        "resource": "invoke", "resourceType": "lambda", "error": "KeyError", "cause": '{"errorMessage":"\'sku\'","errorType":"KeyError","requestId":"r","stackTrace":[]}'}), {
        "is_failure": True, "error": "KeyError", "cause_type": "KeyError", "cause_message": "'sku'", "resource_type": "lambda", "resource": "invoke"}),
    "execution failed, cause in prose": ("", "/g", state("ExecutionFailed", {"error": "States.Timeout", "cause": "An error occurred"}, redrive_count="1"), {
        "is_failure": True, "cause_message": "An error occurred", "cause_type": None, "redrive_count": 1}),
    "request id in the output": ("", "/g", state("TaskSucceeded", {
        "resourceType": "lambda", "resource": "invoke", "output": '{"SdkResponseMetadata":{"RequestId":"abc"}}', "outputDetails": {"truncated": False}}), {
        "target_request_id": "abc", "is_failure": False, "is_truncated": False}),
    "message id in the output": ("", "/g", state("TaskSucceeded", {"resourceType": "sqs", "output": '{"MessageId":"m-1","SdkHttpMetadata":{"HttpHeaders":{"x-amzn-RequestId":"q"}}}'}), {
        "message_id": "m-1", "target_request_id": "q"}),
    "a task's target": ("", "/g", state("TaskScheduled", {
        "resourceType": "lambda", "resource": "invoke", "timeoutInSeconds": 15, "parameters": '{"FunctionName":"arn:aws:lambda:eu-west-1:1:function:score:live","Payload":{}}'}), {
        "target": "score", "timeout_seconds": 15}),
    "a function's own state": ("", "/g", state("LambdaFunctionScheduled", {"resource": "arn:aws:lambda:eu-west-1:1:function:score"}), {"target": "score"}),
    "fail state": ("", "/g", state("FailStateEntered", {"name": "Refused"}), {"is_failure": True, "state_name": "Refused"}),
    "aborted, and a standard execution": ("", "/g", state("ExecutionAborted", {}).replace(STATES, "arn:aws:states:eu-west-1:1:execution:checkout:run-2"), {
        "is_failure": True, "is_express": False, "execution": "run-2"}),
    "map iteration": ("", "/g", state("MapIterationFailed", {"name": "Rows", "index": 7}), {"iteration": 7, "is_failure": True}),
    "truncated output": ("", "/g", state("TaskStateExited", {"name": "x", "outputDetails": {"truncated": True}}), {"is_truncated": True}),
}  # fmt: skip

# Amazon SNS guide, "Message delivery status"; book.hacktricks and others carry the same Lambda sample
SNS = {
    "notification": {"messageMD5Sum": "ed53", "messageId": "3fcf1d02-fe87-5fb0-9358-424556de759d", "topicArn": "arn:aws:sns:us-east-2:1:orders",
                     "timestamp": "2024-08-27 10:10:33.576"},
    "delivery": {"deliveryId": "72f4e6e9-dd5e-58c8-828e-b9ae7507af70", "destination": "arn:aws:lambda:us-east-2:1:function:SNSLambdaTester",
                 "providerResponse": '{"lambdaRequestId":"a2f654bc-9d46-483c-b62a-870e4c4bbee9"}', "dwellTimeMs": 47, "attempts": 1, "statusCode": 202},
    "status": "SUCCESS",
}  # fmt: skip
BUS = {
    "resource_arn": "arn:aws:events:us-east-1:1:event-bus/orders",
    "message_timestamp_ms": 1751608776896,
    "event_id": "e-1",
    "request_id": "p-1",
}
# AWS Lambda guide, "Retaining records of asynchronous invocations"
ASYNC = {
    "version": "1.0", "timestamp": "2019-11-14T18:16:05.568Z",
    "requestContext": {"requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e", "functionArn": "arn:aws:lambda:us-east-1:1:function:my-function:$LATEST",
                       "condition": "RetriesExhausted", "approximateInvokeCount": 3},
    "requestPayload": {}, "responseContext": {"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled"},
    "responsePayload": {"errorMessage": "Process exited before completing request"},
}  # fmt: skip
FUNCTION = "/aws/lambda/dead-letters"
LETTER = {"messageId": "m-1", "attributes": {"SentTimestamp": "1698414057000"}, "body": "{}", "messageAttributes": {
    "RULE_ARN": {"stringValue": "arn:aws:events:eu-west-1:1:rule/shop/placed"}, "TARGET_ARN": {"stringValue": "arn:aws:lambda:eu-west-1:1:function:book"},
    "ERROR_CODE": {"stringValue": "NO_PERMISSIONS"}, "ERROR_MESSAGE": {"stringValue": "not authorized"}, "RETRY_ATTEMPTS": {"stringValue": "0"}}}  # fmt: skip
FAILED_ASYNC = {
    "carrier": "lambda_async", "node": "my-function", "step": "RetriesExhausted", "status": "failed", "attempts": 3,
    "target_request_id": "e4b46cbf-b738-xmpl-8880-a18cdf61200e", "error_message": "Process exited before completing request",
}  # fmt: skip
DELIVERY: dict[str, Case] = {
    "SNS to Lambda": ("", "sns/us-east-2/1/orders", json.dumps(SNS), {
        "carrier": "sns", "node": "orders", "status": "ok", "target_node": "SNSLambdaTester", "http_status": 202, "dwell_ms": 47, "attempts": 1,
        "target_request_id": "a2f654bc-9d46-483c-b62a-870e4c4bbee9", "message_id": "3fcf1d02-fe87-5fb0-9358-424556de759d",
        "occurred_at": datetime(2024, 8, 27, 10, 10, 33, 576000)}),
    "SNS to SQS": ("", "/g", json.dumps(SNS | {"delivery": SNS["delivery"] | {"destination": "arn:aws:sqs:us-east-2:1:q", "providerResponse": '{"sqsRequestId":"s","sqsMessageId":"m"}'}}), {
        "target_node": "q", "target_request_id": "s", "target_message_id": "m"}),
    "SNS failure": ("", "sns/us-east-2/1/orders/Failure", json.dumps(SNS | {"status": "FAILURE", "delivery": SNS["delivery"] | {
        "statusCode": 403, "attempts": 1, "providerResponse": '{"ErrorCode":"AccessDeniedException","ErrorMessage":"no permission"}'}}), {
        "status": "failed", "error_code": "AccessDeniedException", "error_message": "no permission", "http_status": 403}),
    "SNS failure, answer in prose": ("", "/g", json.dumps(SNS | {"status": "FAILURE", "delivery": SNS["delivery"] | {"providerResponse": "Endpoint is disabled"}}), {
        "status": "failed", "error_message": "Endpoint is disabled"}),
    # EventBridge guide, "Logging event buses"
    "bus: event received": ("", "/g", flat(**BUS, message_type="EVENT_INGEST_SUCCESS", log_level="INFO", details={}), {
        "carrier": "event_bus", "node": "orders", "message_id": "e-1", "request_id": "p-1", "status": "ok", "step": "EVENT_INGEST_SUCCESS"}),
    "bus: no rule matched": ("", "/g", flat(**BUS, message_type="NO_STANDARD_RULES_MATCHED", log_level="INFO", details={}), {"status": "unmatched"}),
    "bus: attempt failed for good": ("", "/g", flat(**BUS, invocation_id="i", message_type="INVOCATION_ATTEMPT_PERMANENT_FAILURE", log_level="ERROR",
        details={"rule_arn": "r", "target_arn": "arn:aws:lambda:us-east-1:1:function:book", "attempt_count": 1},
        error={"http_status_code": 403, "error_message": "no access", "aws_service": "AWSLambda", "request_id": "t"}), {
        "status": "failed", "http_status": 403, "error_message": "no access", "target_request_id": "t", "target_node": "book", "delivery_id": "i", "attempts": 1}),
    "bus: attempt is retried": ("", "/g", flat(**BUS, message_type="INVOCATION_ATTEMPT_RETRYABLE_FAILURE", details={}), {"status": "retried"}),
    "bus: dead-lettered": ("", "/g", flat(**BUS, message_type="INVOCATION_DLQ", details={}), {"status": "dead_lettered"}),
    "bus: a step": ("", "/g", flat(**BUS, message_type="RULE_MATCH", details={"rule_arn": "arn:r"}), {"status": None, "rule_arn": "arn:r"}),
    # EventBridge guide, "Logging Amazon EventBridge Pipes"
    "pipe: target failed": ("", "/g", flat(
        resourceArn="arn:aws:pipes:us-east-1:1:pipe/ship", timestamp=1640995200000, executionId="x", messageType="TARGET_INVOCATION_FAILED", logLevel="ERROR",
        error={"httpStatusCode": 500, "message": "boom", "details": "", "awsService": "AWSLambda", "requestId": "t"}), {
        "carrier": "pipe", "node": "ship", "delivery_id": "x", "status": "failed", "http_status": 500, "error_message": "boom", "target_request_id": "t",
        "occurred_at": datetime(2022, 1, 1)}),
    "pipe: a step": ("", "/g", flat(resourceArn="arn:aws:pipes:us-east-1:1:pipe/ship", executionId="x", messageType="EXECUTION_STARTED"), {"status": None}),
    "asynchronous failure, on its own": ("", "/g", json.dumps(ASYNC), FAILED_ASYNC),
    "asynchronous failure, printed by a function": ("", FUNCTION, f"2026-01-01T00:00:00.000Z\t{RID}\tINFO\t" + json.dumps(ASYNC), FAILED_ASYNC),
    "asynchronous failure, in a queue's record": ("", FUNCTION, json.dumps({"Records": [{"messageId": "m", "body": json.dumps(ASYNC)}]}), FAILED_ASYNC),
    "asynchronous failure, in an event": ("", FUNCTION, json.dumps({
        "source": "lambda", "detail-type": "Lambda Function Invocation Result - Failure", "detail": ASYNC}), FAILED_ASYNC),
    "asynchronous failure, in a JSON logger's message": ("", FUNCTION, flat(level="ERROR", message=json.dumps(ASYNC)), FAILED_ASYNC),
    "dead letter of EventBridge": ("", FUNCTION, json.dumps({"Records": [LETTER]}), {
        "carrier": "dead_letter", "message_id": "m-1", "node": "placed", "target_node": "book", "error_code": "NO_PERMISSIONS", "status": "dead_lettered",
        "error_message": "not authorized", "attempts": 1, "occurred_at": AT, "ordinal": 1}),
    "dead letter of Lambda": ("", FUNCTION, "[INFO]\t" + json.dumps({"Records": [{"messageId": "m", "messageAttributes": {
        "RequestID": {"stringValue": "rq"}, "ErrorCode": {"stringValue": "200"}, "ErrorMessage": {"stringValue": "boom"}}}]}), {
        "carrier": "dead_letter", "target_request_id": "rq", "error_code": "200", "error_message": "boom"}),
    "dead letter, received by hand": ("", "/g", json.dumps({"Messages": [{"MessageId": "m", "MessageAttributes": {
        "TARGET_ARN": {"StringValue": "arn:aws:sqs:eu-west-1:1:q"}, "ERROR_CODE": {"StringValue": "THROTTLING"}, "RETRY_ATTEMPTS": {"StringValue": "185"}}}]}), {
        "message_id": "m", "target_node": "q", "error_code": "THROTTLING", "attempts": 186}),
}  # fmt: skip


def task(**detail: Any) -> str:
    return json.dumps({"version": "0", "detail-type": "ECS Task State Change", "source": "aws.ecs", "time": "2020-01-23T17:57:58Z", "detail": {
        "clusterArn": "arn:aws:ecs:us-west-2:1:cluster/shop", "group": "service:cart", "lastStatus": "STOPPED",
        "taskArn": "arn:aws:ecs:us-west-2:1:task/shop/c13b4cb4", **detail}})  # fmt: skip


def audit(**fields: Any) -> str:
    usual = {
        "kind": "Event", "apiVersion": "audit.k8s.io/v1", "level": "Request", "auditID": "a", "stage": "ResponseComplete", "verb": "patch",
        "user": {"username": "system:node:ip-10-0-1-23.ec2.internal"}, "responseStatus": {"code": 200},
        "objectRef": {"resource": "pods", "subresource": "status", "namespace": "shop", "name": "cart-7d9f5c68b4-x2k9z"},
        "requestReceivedTimestamp": "2026-01-01T00:00:06.000000Z",
    }  # fmt: skip
    return json.dumps(usual | fields)


KILLED = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": "2026-01-01T00:00:05Z"}}
EKS = "/aws/eks/prod/cluster"
HOST = "/aws/containerinsights/prod/host"
DATAPLANE = "/aws/containerinsights/prod/dataplane"


def kubelet(text: str) -> str:
    return flat(hostname="ip-10-0-0-1", systemd_unit="kubelet.service", message=text)


CONTAINER: dict[str, Case] = {
    # Amazon ECS guide, "Amazon ECS task state change events"; ref D1 for the reasons
    "ECS memory kill": ("", "/any", task(stopCode="EssentialContainerExited", stoppedReason="Essential container in task exited", stoppedAt="2020-01-23T17:57:50Z",
        containers=[{"name": "log", "exitCode": 0}, {"name": "cart", "exitCode": 137, "reason": "OutOfMemoryError: Container killed due to memory usage"}]), {
        "source": "ecs", "node": "cart", "kind": "AWS::ECS::Container", "cluster": "shop", "pod": "c13b4cb4", "container": "cart", "reason": "OOMKilled",
        "exit_code": 137, "is_failure": True, "occurred_at": datetime(2020, 1, 23, 17, 57, 50)}),
    "ECS essential container exited": ("", "/any", task(stopCode="EssentialContainerExited", containers=[{"name": "cart", "exitCode": 1}]), {
        "reason": "EssentialContainerExited", "exit_code": 1, "is_failure": True}),
    "ECS scale-in": ("", "/any", task(stopCode="ServiceSchedulerInitiated", stoppedReason="Scaling activity initiated by (deployment ecs-svc/1)",
        containers=[{"name": "cart", "exitCode": 143}]), {"reason": "ServiceSchedulerInitiated", "exit_code": 143, "is_failure": False}),
    "ECS cannot pull": ("", "/any", task(stopCode="TaskFailedToStart", stoppedReason="CannotPullContainerError: not found", containers=[{"name": "cart"}]), {
        "reason": "TaskFailedToStart", "is_failure": True, "exit_code": None, "message": "CannotPullContainerError: not found"}),
    "ECS health checks": ("", "/any", task(stopCode="ServiceSchedulerInitiated", stoppedReason="Task failed ELB health checks in (target-group x)"), {"is_failure": True}),
    "ECS task runs": ("", "/any", task(lastStatus="RUNNING", containers=[{"name": "cart"}]), {"reason": "RUNNING", "is_failure": False}),
    "ECS state change printed by a function": ("", FUNCTION, "[INFO]\t" + task(stopCode="SpotInterruption"), {"reason": "SpotInterruption", "pod": "c13b4cb4"}),
    "ECS service action": ("", "/any", json.dumps({"detail-type": "ECS Service Action", "source": "aws.ecs", "time": "2019-11-19T19:27:22Z",
        "resources": ["arn:aws:ecs:us-west-2:1:service/default/servicetest"], "detail": {
            "eventType": "ERROR", "eventName": "SERVICE_TASK_PLACEMENT_FAILURE", "clusterArn": "arn:aws:ecs:us-west-2:1:cluster/default", "reason": "RESOURCE:FARGATE"}}), {
        "node": "servicetest", "reason": "SERVICE_TASK_PLACEMENT_FAILURE", "message": "RESOURCE:FARGATE", "is_failure": True}),
    "ECS deployment": ("", "/any", json.dumps({"detail-type": "ECS Deployment State Change", "source": "aws.ecs", "time": "2020-05-23T12:31:14Z",
        "resources": ["arn:aws:ecs:us-west-2:1:service/default/servicetest"], "detail": {
            "eventType": "ERROR", "eventName": "SERVICE_DEPLOYMENT_FAILED", "deploymentId": "ecs-svc/123", "reason": "ECS deployment circuit breaker: task failed to start."}}), {
        "reason": "SERVICE_DEPLOYMENT_FAILED", "is_failure": True}),
    # Linux kernel: the two lines of a kill, as dmesg and as journald have them
    "kernel kill, the process": ("", HOST, flat(host="ip-10-0-0-1", ident="kernel",
        message="Memory cgroup out of memory: Killed process 50624 (java) total-vm:59726088kB, anon-rss:8225208kB, file-rss:26912kB"), {
        "source": "kernel", "reason": "OOMKilled", "container": "java", "host": "ip-10-0-0-1", "is_failure": True, "cluster": "prod", "dedupe_key": "ip-10-0-0-1/50624"}),
    "kernel kill, the cgroup": ("", HOST, "[12345.6] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=3e5e,mems_allowed=0-1,"
        "oom_memcg=/kubepods/burstable/pod28fcb1a0-a45c-44e7-b9bf-e3b9360bedba,task_memcg=/kubepods/burstable/pod28fcb1a0-a45c-44e7-b9bf-e3b9360bedba/3e5e,task=java,pid=50624,uid=10000", {
        "source": "kernel", "pod_uid": "28fcb1a0-a45c-44e7-b9bf-e3b9360bedba", "container": "java", "dedupe_key": "stream/50624"}),
    "kernel kill, systemd's names": ("", HOST, "Feb 03 19:57:08 ip-10 kernel: oom-kill:constraint=CONSTRAINT_MEMCG,oom_memcg=/kubepods.slice/"
        "kubepods-burstable.slice/kubepods-burstable-pod968a06fb_9ab9_4819_8caf_0392ddff3d9b.slice,task=qemu-system-x86,pid=39079,uid=107", {
        "pod_uid": "968a06fb-9ab9-4819-8caf-0392ddff3d9b", "container": "qemu-system-x86"}),
    # ref K5; kubernetes/pkg/kubelet
    "kubelet probe": ("", DATAPLANE, kubelet('I0101 00:00:05.000000    4321 prober.go:107] "Probe failed" probeType="Readiness" pod="shop/cart-7d9f5c68b4-x2k9z" '
        'podUID="28fcb1a0-a45c-44e7-b9bf-e3b9360bedba" containerName="cart" probeResult="failure" output="HTTP probe failed with statuscode: 503"'), {
        "source": "kubelet", "reason": "Unhealthy", "namespace": "shop", "pod": "cart-7d9f5c68b4-x2k9z", "node": "cart", "container": "cart",
        "pod_uid": "28fcb1a0-a45c-44e7-b9bf-e3b9360bedba", "is_failure": True, "host": "ip-10-0-0-1", "cluster": "prod"}),
    "kubelet back-off": ("", DATAPLANE, 'E0101 00:00:05.000000    4321 pod_workers.go:1301] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"cart\\" with '
        'CrashLoopBackOff: \\"back-off 5m0s restarting failed container=cart pod=cart-7d9f5c68b4-x2k9z_shop(28fc)\\"" pod="shop/cart-7d9f5c68b4-x2k9z"', {
        "reason": "CrashLoopBackOff", "container": "cart", "node": "cart", "is_failure": True}),
    "kubelet cannot pull": ("", DATAPLANE, kubelet('E0101 00:00:05.000000    4321 kuberuntime_manager.go:1256] "Unhandled Error" err="container cart start failed in pod x: ErrImagePull: not found"'), {
        "reason": "ErrImagePull", "is_failure": True}),
    "kubelet evicts": ("", DATAPLANE, kubelet('W0101 00:00:05.000000    4321 eviction_manager.go:344] "Eviction manager: attempting to reclaim" resourceName="memory"'), {"reason": "Evicted"}),
    "kubelet hears nothing of the runtime": ("", DATAPLANE, kubelet('E0101 00:00:05.000000    4321 kubelet.go:2349] "Skipping pod synchronization" err="PLEG is not healthy: pleg was last seen active 3m0s ago"'), {
        "reason": "PLEGUnhealthy"}),
    # kubernetes API reference: core/v1 Event, events.k8s.io/v1 Event; heptiolabs/eventrouter
    "Kubernetes event": ("", "/g", flat(kind="Event", type="Warning", reason="BackOff", message="Back-off restarting failed container cart in pod x", count=9,
        lastTimestamp="2026-01-01T00:00:09Z", involvedObject={"kind": "Pod", "namespace": "shop", "name": "cart-7d9f5c68b4-x2k9z", "uid": "u", "fieldPath": "spec.containers{cart}"}), {
        "source": "k8s_event", "reason": "BackOff", "pod": "cart-7d9f5c68b4-x2k9z", "container": "cart", "node": "cart", "is_failure": True, "object": "pod/cart-7d9f5c68b4-x2k9z"}),
    "Kubernetes event, shipped by eventrouter": ("", "/g", enclosed(flat(verb="ADDED", event={
        "type": "Warning", "reason": "FailedScheduling", "message": "0/3 nodes are available", "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "cart-7d9f5c68b4-x2k9z"}}).replace('"event": {', '"event":{')), {
        "reason": "FailedScheduling", "is_failure": True, "namespace": "shop"}),
    "Kubernetes event, of the newer API": ("", "/g", flat(type="Normal", reason="ScalingReplicaSet", note="Scaled up", regarding={"kind": "Deployment", "namespace": "shop", "name": "cart"}), {
        "reason": "ScalingReplicaSet", "message": "Scaled up", "node": "cart", "is_failure": False, "pod": None}),
    "audit: a pod was killed": ("", EKS, audit(requestObject={"status": {"containerStatuses": [
        {"name": "log", "restartCount": 0, "state": {"running": {}}}, {"name": "cart", "restartCount": 3, "lastState": KILLED, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}}), {
        "source": "audit", "reason": "OOMKilled", "container": "cart", "exit_code": 137, "restarts": 3, "node": "cart", "is_failure": True, "actor": None, "cluster": "prod",
        "occurred_at": datetime(2026, 1, 1, 0, 0, 5), "dedupe_key": "shop/cart-7d9f5c68b4-x2k9z/cart/2026-01-01T00:00:05Z"}),
    "audit: a pod goes when asked": ("", EKS, audit(requestObject={"status": {"containerStatuses": [
        {"name": "cart", "restartCount": 0, "state": {"terminated": {"exitCode": 143, "reason": "Error", "finishedAt": "2026-01-01T00:00:05Z"}}}]}}), {"is_failure": False, "exit_code": 143}),
    "audit: an image cannot be pulled": ("", EKS, audit(requestObject={"status": {"containerStatuses": [
        {"name": "cart", "restartCount": 0, "state": {"waiting": {"reason": "ImagePullBackOff", "message": "not found"}}}]}}), {
        "reason": "ImagePullBackOff", "message": "not found", "is_failure": True}),
    "audit: evicted": ("", EKS, audit(requestObject={"status": {"phase": "Failed", "reason": "Evicted", "message": "The node was low on resource: memory."}}), {
        "reason": "Evicted", "is_failure": True, "message": "The node was low on resource: memory."}),
    "audit: somebody deploys": ("", EKS, audit(user={"username": "deployer", "extra": {"arn": ["arn:aws:sts::1:assumed-role/ci/1"]}}, objectRef={
        "resource": "deployments", "namespace": "shop", "name": "cart", "apiGroup": "apps"}, requestObject={"spec": {"replicas": 3}}), {
        "reason": "changed", "actor": "arn:aws:sts::1:assumed-role/ci/1", "object": "deployments/cart", "node": "cart", "is_failure": False}),
    "audit: priority and fairness": ("", EKS, audit(verb="list", objectRef={"resource": "pods"}, user={"username": "system:serviceaccount:x"}, responseStatus={"code": 429, "reason": "TooManyRequests"}), {
        "reason": "TooManyRequests", "is_failure": True}),
    # github.com/aws/amazon-cloudwatch-agent, internal/containerinsightscommon: names of the fields
    "Container Insights, restarts": ("", "/aws/containerinsights/prod/performance", json.dumps({
        "CloudWatchMetrics": [], "Type": "Pod", "ClusterName": "prod", "Namespace": "shop", "PodName": "cart", "Timestamp": "1698414057000", "pod_status": "Running",
        "pod_number_of_container_restarts": 2, "kubernetes": {"pod_name": "cart-7d9f5c68b4-x2k9z", "namespace_name": "shop"}}, separators=(",", ":")), {
        "source": "insights", "node": "cart", "pod": "cart-7d9f5c68b4-x2k9z", "restarts": 2, "reason": "Running", "is_failure": False, "occurred_at": AT}),
    "Container Insights, a container waits": ("", "/aws/containerinsights/prod/performance", json.dumps({
        "Type": "Container", "ClusterName": "prod", "PodName": "cart", "container_status": "Waiting", "container_status_reason": "CrashLoopBackOff", "Timestamp": "1698414057000",
        "kubernetes": {"pod_name": "cart-7d9f5c68b4-x2k9z", "container_name": "cart"}}, separators=(",", ":")), {
        "reason": "CrashLoopBackOff", "container": "cart", "is_failure": True}),
}  # fmt: skip
NO_CONTAINER = {
    "a figure of a healthy pod": json.dumps(
        {"Type": "Pod", "pod_status": "Running", "pod_number_of_container_restarts": 0, "kubernetes": {}},
        separators=(",", ":"),
    ),
    "the cluster reads its own pods": audit(verb="get", objectRef={"resource": "pods", "name": "x"}),
    "a controller scales": audit(
        user={"username": "system:serviceaccount:kube-system:deployment-controller"},
        objectRef={"resource": "deployments", "name": "x"},
    ),
    "a pod becomes ready": audit(requestObject={"status": {"conditions": [{"type": "Ready"}]}}),
    "kubelet's small talk": kubelet(
        'I0101 00:00:05.000000    4321 kubelet.go:2407] "SyncLoop ADD" source="api" pods=["shop/x"]'
    ),
    "an event of another service": flat(source="aws.s3", detail={}),
}

# VPC guide, "Flow log record examples"; Route 53 guide, "Values that appear in VPC Resolver query logs"
NETWORK: dict[str, Case] = {
    "rejected flow": ("", "/any", "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249 1418530010 1418530070 REJECT OK", {
        "source": "vpc_flow", "reason": "REJECT", "interface_id": "eni-1235b8ca123456789", "src_address": "172.31.9.69", "dst_address": "172.31.9.12",
        "dst_port": 3389, "src_port": 49761, "protocol": "6", "packets": 20, "started_at": datetime(2014, 12, 14, 4, 6, 50)}),
    "skipped records": ("", "/any", "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA", {"reason": "SKIPDATA", "src_address": None}),
    "flow of IPv6": ("", "/any", "2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820 REJECT OK", {
        "src_address": "2001:db8:1234:a100:8d6e:3477:df66:f105", "dst_port": 22}),
    "flow in an order of its own [U]": ("", "/any", "eni-0abc vpc-1 i-01 10.0.1.5 10.0.2.9 REJECT 5432", {
        "reason": "REJECT", "interface_id": "eni-0abc", "vpc_id": "vpc-1", "instance_id": "i-01", "src_address": "10.0.1.5", "dst_address": "10.0.2.9", "dst_port": None}),
    "name that does not exist": ("", "/any", flat(
        version="1.100000", account_id="111122223333", vpc_id="vpc-1", query_timestamp="2021-02-04T17:51:55Z", query_name="db.local.", query_type="A", rcode="NXDOMAIN",
        answers=[], srcaddr="4.5.64.102", srcport="56067", transport="UDP", srcids={"instance": "i-05bcfdd2f1b3c3c1e"}), {
        "source": "resolver", "reason": "NXDOMAIN", "query_name": "db.local", "instance_id": "i-05bcfdd2f1b3c3c1e", "src_port": 56067, "occurred_at": datetime(2021, 2, 4, 17, 51, 55)}),
    "name that is blocked": ("", "/any", flat(query_name="evil.example.", rcode="NOERROR", firewall_rule_action="BLOCK", srcaddr="10.0.0.1"), {"reason": "BLOCK"}),
}  # fmt: skip
NO_NETWORK = {
    "an accepted flow": "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 1418530070 ACCEPT OK",
    "an answered query": flat(query_name="x.", rcode="NOERROR"),
    "a program that rejects": "order 7 for eni-service was REJECTED by the customer",
}

# RDS guide, "PostgreSQL database log files" and "MySQL database log files"; ref K3
PG = "2026-01-01 00:00:00 UTC:10.0.1.5(54321):app@shop:[4711]:"
RDS = "/aws/rds/instance/orders-db/postgresql"
DATABASE: dict[str, Case] = {
    "PostgreSQL, slow statement": ("", RDS, PG + "LOG:  duration: 5123.4 ms  execute <unnamed>: SELECT *\n\tFROM orders", {
        "node": "orders-db", "engine": "postgres", "level": "LOG", "reason": "slow", "duration_ms": 5123.4, "statement": "SELECT *\n\tFROM orders", "client": "10.0.1.5",
        "user_name": "app", "database": "shop", "process_id": 4711, "occurred_at": datetime(2026, 1, 1)}),
    "PostgreSQL, no connection left": ("", RDS, PG + "FATAL:  remaining connection slots are reserved for non-replication superuser connections", {
        "level": "FATAL", "reason": "too_many_connections"}),
    "PostgreSQL, outside of RDS' groups": ("", "/own/group", PG + "FATAL:  sorry, too many clients already", {"reason": "too_many_connections", "node": None}),
    "PostgreSQL, deadlock": ("", RDS, PG + "ERROR:  deadlock detected", {"reason": "deadlock", "level": "ERROR"}),
    "PostgreSQL, statement time-out": ("", RDS, PG + "ERROR:  canceling statement due to statement timeout", {"reason": "statement_timeout"}),
    "PostgreSQL, duplicate": ("", RDS, PG + 'ERROR:  duplicate key value violates unique constraint "orders_pkey"', {"reason": "duplicate_key"}),
    "PostgreSQL, no user yet": ("", RDS, "2026-01-01 00:00:00 UTC::@:[380]:LOG:  checkpoint starting: time", {"level": "LOG", "reason": None, "user_name": None, "process_id": 380}),
    "MySQL, slow statement": ("", "/aws/rds/cluster/shop/slowquery",
        "# Time: 2026-01-01T00:00:00.000000Z\n# User@Host: app[app] @  [10.0.1.5]  Id:     9\n# Query_time: 5.100000  Lock_time: 0.250000 Rows_sent: 1  Rows_examined: 900000\nSET timestamp=1767225600;\nselect 1;", {
        "node": "shop", "engine": "mysql", "level": "SLOW", "reason": "slow", "duration_ms": 5100, "lock_ms": 250, "rows_examined": 900000, "user_name": "app",
        "client": "10.0.1.5", "process_id": 9, "statement": "SET timestamp=1767225600;\nselect 1;"}),
    "MySQL, error log": ("", "/aws/rds/instance/x/error", "2026-01-01T00:00:00.123456Z 9 [Warning] [MY-010055] [Server] IP address '10.0.1.5' could not be resolved", {
        "engine": "mysql", "level": "Warning", "error_code": "MY-010055", "process_id": 9, "message": "IP address '10.0.1.5' could not be resolved"}),
    "a line that is not known": ("", RDS, "DETAIL of something", {"engine": None, "message": "DETAIL of something", "reason": None}),
}  # fmt: skip
CASES: dict[str, tuple[str, Case]] = {
    name: (view, case)
    for view, cases in (
        ("access_entry", ACCESS), ("workflow_event", WORKFLOW), ("delivery_log", DELIVERY), ("container_event", CONTAINER),
        ("network_event", NETWORK), ("database_log", DATABASE))
    for name, case in cases.items()
}  # fmt: skip


@pytest.fixture
def rows(query):
    """The rows that events become in a view."""

    def rows(view: str, message: str, group: str = "/any/group") -> list[dict[str, Any]]:
        event = {
            "event_id": "e1",
            "timestamp": 1,
            "message": message,
            "log_group": group,
            "log_stream": "stream",
        }
        found: list[dict[str, Any]] = query(f"lake.{view}", {"evidence.log_event": [event]})
        return found

    return rows


@pytest.mark.parametrize("name", CASES)
def test_construct(rows, name: str) -> None:
    view, (_, group, message, expected) = CASES[name]
    (row,) = rows(view, message, group)
    found = {k: float(row[k]) if k.endswith("_ms") and row[k] is not None else row[k] for k in expected}
    assert found == expected


@pytest.mark.parametrize(
    ("view", "message"),
    [
        *((("access_entry", text)) for text in NO_ACCESS.values()),
        *((("container_event", text)) for text in NO_CONTAINER.values()),
        *((("network_event", text)) for text in NO_NETWORK.values()),
    ],
    ids=[*NO_ACCESS, *NO_CONTAINER, *NO_NETWORK],
)
def test_lookalike_is_none(rows, view: str, message: str) -> None:
    assert rows(view, message) == []


def test_a_function_that_prints_a_request_is_no_front_door(rows) -> None:
    assert rows("access_entry", json.dumps(GATEWAY), "/aws/lambda/orders") == []


@pytest.mark.parametrize(
    ("began", "took", "expected"),
    [
        ("01/Jan/2026:00:00:10 +0000", 1200, 10.7),
        # a line that was written long after the answer, or before it, says nothing of the moment
        ("01/Jan/2026:00:00:08 +0000", 1200, 8),
        ("01/Jan/2026:00:00:11 +0000", 1200, 11),
        ("01/Jan/2026:00:00:10 +0000", "-", 10),
    ],
)
def test_second_in_which_an_api_was_asked_is_no_moment(query, began, took, expected) -> None:
    """API Gateway's `$context.requestTime` is CLF, cut to whole seconds: its function ended later, by that alone."""
    line = flat(requestId="r", requestTime=began, routeKey="GET /", status="500", responseLatency=took)
    event = {"event_id": "e1", "timestamp": 11.9, "message": line, "log_group": "g", "log_stream": "s"}
    (row,) = query("lake.access_entry", {"evidence.log_event": [event]})
    assert row["occurred_at"] == datetime(2026, 1, 1) + timedelta(seconds=expected)


def test_every_dead_letter_of_a_batch_is_a_row(rows) -> None:
    found = rows(
        "delivery_log",
        json.dumps({"Records": [LETTER, {"body": "plain"}, LETTER | {"messageId": "m-2"}]}),
        FUNCTION,
    )
    assert sorted((row["ordinal"], row["message_id"]) for row in found) == [(1, "m-1"), (3, "m-2")]


@pytest.mark.parametrize(
    "message",
    [
        None,
        "",
        " ",
        "{",
        "{}",
        "[]",
        "(",
        "()",
        "2",
        "\u00e4\u20ac" * 9,
        '{"log":"',
        '{"log":""}',
        '{"log":null}',
        "I.go:",
        "# Time: ",
    ],
)
def test_nothing_is_made_of_nothing(query, message: str | None) -> None:
    event = {"event_id": "e1", "timestamp": 1, "message": message}
    for view in (
        "access_entry",
        "workflow_event",
        "delivery_log",
        "container_event",
        "network_event",
        "execution_log_entry",
    ):
        assert query(f"lake.{view}", {"evidence.log_event": [event]}) == []
