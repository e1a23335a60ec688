"""Stack traces of log events: their exceptions, outermost first, and their frames.

Forms are those of the languages' own documentation and of public traces, named where they are from.
"""

# ruff: noqa: E501 - a stack trace is as it is

from __future__ import annotations

import json
from typing import Any

import pytest

ID = "8f507cfc-1a2b-4c3d-8e4f-0123456789ab"
ISO = "2026-01-01T00:00:00.123Z"
FUNCTION = {"log_group": "/aws/lambda/orders", "log_stream": "2026/01/01/[$LATEST]" + "0" * 32}
TASK = {"log_group": "/ecs/shop", "log_stream": "ecs/checkout/" + "a" * 32}


def app(**fields: Any) -> str:
    return json.dumps(fields)


# How the interpreter chains: docs.python.org/3/library/traceback and public traces of httpx and doccano.
PYTHON_CHAIN = """ERROR request failed
Traceback (most recent call last):
  File "/opt/venv/lib/python3.12/site-packages/httpcore/_exceptions.py", line 10, in map_exceptions
    yield
  File "/app/shop/stock.py", line 12, in reserve
    raise KeyError(sku)
KeyError: 'sku-7'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/app/shop/cart.py", line 30, in add
    reserve(sku)
    ^^^^^^^^^^^^
  File "/app/shop/stock.py", line 14, in reserve
    raise OutOfStock(sku) from e
shop.stock.OutOfStock: none left

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/usr/local/lib/python3.12/asyncio/runners.py", line 118, in run
    return self._loop.run_until_complete(task)
  File "/app/shop/api.py", line 5, in handle
    raise HTTPError(409)
HTTPError: conflict
"""
# Throwable.printStackTrace of the Java platform's documentation
JAVA_CHAIN = """2026-01-01 00:00:00 ERROR shop.Cart - failed
shop.CartException: cannot add: sku-7
\tat shop.Cart.add(Cart.java:12)
\tat java.base/java.lang.reflect.Method.invoke(Method.java:566)
\tat org.springframework.web.Servlet.service(Servlet.java:1)
\tSuppressed: java.lang.IllegalStateException: on closing
\t\tat shop.Cart.close(Cart.java:99)
Caused by: shop.StockException: none left
\tat shop.Stock.take(Stock.java:40)
\t... 23 more
Caused by: java.net.SocketTimeoutException: Read timed out
\tat java.base/sun.nio.ch.NioSocketImpl.timedRead(NioSocketImpl.java:288)
\tat shop.Db$Pool.lambda$get$0(Db.java)
"""
# util.inspect of an error with a cause, nodejs.org/api/errors; a public trace of the MongoDB driver
NODE_CHAIN = f"""{ISO}\t{ID}\tERROR\tOrderError: cannot charge
    at charge (/var/task/src/pay.js:10:11)
    at async Runtime.handler (file:///var/task/index.mjs:3:5)
    at async Promise.all (index 0) {{
  [cause]: Error: connect ECONNREFUSED 10.0.0.1:443
      at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1637:16)
      at /var/task/node_modules/pg/lib/client.js:131:7 {{
    errno: -111,
    code: 'ECONNREFUSED'
  }}
}}
"""
# Exception.ToString of the .NET documentation; frames of Amazon.Lambda.RuntimeSupport as people post them
DOTNET_CHAIN = f"""{ISO}\t{ID}\tfail\tShop.CartException: cannot add
 ---> Shop.StockException: none left
 ---> System.TimeoutException: too late
   at System.Net.Sockets.Socket.Read(Int32 n)
   --- End of inner exception stack trace ---
   at Shop.Stock.Take(String sku) in /src/Stock.cs:line 40
   --- End of inner exception stack trace ---
   at Shop.Cart.Add(String sku) in /src/Cart.cs:line 12
   at Shop.Function.FunctionHandler(SQSEvent e, ILambdaContext c)
   at lambda_method1(Closure, Stream, ILambdaContext, Stream)
   at Amazon.Lambda.RuntimeSupport.HandlerWrapper.<>c__DisplayClass8_0.<GetHandlerWrapper>b__0(InvocationRequest i) in /src/Repo/Libraries/src/Amazon.Lambda.RuntimeSupport/Bootstrap/HandlerWrapper.cs:line 54
"""
# Exception#full_message(order: :top) of docs.ruby-lang.org
RUBY_CHAIN = """E, [2026-01-01T00:00:00.000000 #8] ERROR -- : failed
/var/task/cart.rb:12:in `add': cannot add (Shop::CartError)
\tfrom /var/task/function.rb:3:in `handler'
\tfrom /var/runtime/lib/aws_lambda_ric.rb:100:in `call'
/var/task/vendor/bundle/ruby/3.2.0/gems/pg-1.5/lib/pg.rb:7:in `exec': gone (PG::ConnectionBad)
\tfrom /var/task/stock.rb:8:in 'Stock#take'
"""
# laravel.com/docs, "Logging"; github.com/Seldaek/monolog, NormalizerFormatter; logger.rocketjob.io, JSON
PHP = """[2026-01-01 00:00:00] production.ERROR: none {"exception":"[object] (App\\\\NoStock(code: 0): none at /app/src/Cart.php:12)
[stacktrace]
#0 /app/src/Order.php(7): App\\Cart->take('sku')
#1 /app/vendor/laravel/framework/src/Illuminate/Pipeline/Pipeline.php(144): Illuminate\\Pipeline\\Pipeline->then()
#2 {main}
"} """
MONOLOG = json.dumps(
    {
        "message": "failed",
        "level": 400,
        "context": {
            "exception": {
                "class": "App\\NoStock",
                "message": "none",
                "trace": ["/app/src/Cart.php:12", "/app/vendor/symfony/http-kernel/Kernel.php:5"],
            }
        },
    }
)
SEMANTIC = json.dumps(
    {
        "level": "error",
        "message": "failed",
        "exception": {
            "name": "NoStock",
            "message": "none",
            "stack_trace": ["app/models/cart.rb:12:in 'take'"],
        },
    }
)
# what the Go runtime prints of a panic, go.dev/blog/defer-panic-and-recover; pkg/errors prints the same pairs
GO_PANIC = """panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x4a1]

goroutine 1 [running]:
main.(*Cart).add(0x0, {0xc0000b, 0x4})
\t/app/cart.go:12 +0x1d
github.com/aws/aws-lambda-go/lambda.(*Handler).Invoke(...)
\t/build/go/pkg/mod/github.com/aws/aws-lambda-go@v1.41.0/lambda/handler.go:99
runtime.main()
\t/usr/local/go/src/runtime/proc.go:250 +0x1
"""
RUST_PANIC = """thread 'main' panicked at src/main.rs:12:9:
none left
stack backtrace:
   0: rust_begin_unwind
             at /rustc/9fc6b431/library/std/src/panicking.rs:645:5
   1: shop::cart::add
             at ./src/cart.rs:12:9
"""
UNCAUGHT_PYTHON = '[ERROR] OutOfStock: none left\nTraceback (most recent call last):\n\u00a0\u00a0File "/var/task/app.py", line 3, in handler\n\u00a0\u00a0\u00a0\u00a0raise OutOfStock()\n\u00a0\u00a0File "/var/task/stock.py", line 9, in take'
UNCAUGHT_NODE = f"{ISO}\t{ID}\tERROR\tInvoke Error \t" + app(
    errorType="TypeError", errorMessage="x is not a function",
    stack=["TypeError: x is not a function", "    at handler (/var/task/index.js:3:9)", "    at Runtime.handleOnce (file:///var/runtime/index.mjs:1173:29)"])  # fmt: skip
UNCAUGHT_JAVA = "none left: shop.OutOfStock\nshop.OutOfStock: none left\n\tat shop.Handler.handleRequest(Handler.java:12)\n\tat java.base/java.lang.Thread.run(Unknown Source)\n\n"
UNCAUGHT_GO = '2026/01/01 12:00:00 {"errorMessage":"charge: refused","errorType":"wrapError","stackTrace":[{"path":"github.com/aws/aws-lambda-go@v1.41.0/lambda/errors.go","line":39,"label":"lambdaPanicResponse"},{"path":"shop/main.go","line":12,"label":"handler"}]}'
UNCAUGHT_RUBY = 'Error raised from handler method\n{\n  "errorMessage": "no implicit conversion of String into Integer",\n  "errorType": "Function<TypeError>",\n  "stackTrace": [\n    "/var/task/function.rb:3:in `first\'",\n    "/var/task/function.rb:3:in `handler\'"\n  ]\n}'
# .NET's exception response, as github.com/j-d-ha/aws-lambda-host prints it
DOTNET_JSON = app(
    errorType="CartException", errorMessage="cannot add", level="Error", timestamp=ISO, message="failed",
    stackTrace=["at Shop.Cart.Add(String sku) in /src/Cart.cs:line 12", "--- End of stack trace from previous location ---"],
    cause={"errorType": "JsonException", "errorMessage": "bad: $", "stackTrace": ["at System.Text.Json.Read()", "at Shop.Json.Parse()"],
           "cause": {"errorType": "IOException", "errorMessage": "cut", "stackTrace": []}})  # fmt: skip
POWERTOOLS_TS = app(
    level="ERROR", message="failed", timestamp=ISO, service="pay", function_request_id=ID,
    error={"name": "PayError", "location": "/var/task/index.js:10", "message": "declined",
           "stack": "PayError: declined\n    at pay (/var/task/index.js:10:3)",
           "cause": {"name": "Error", "location": "node:net:1637", "message": "socket hang up",
                     "stack": "Error: socket hang up\n    at afterConnect (node:net:1637:16)"}})  # fmt: skip
POWERTOOLS_PY = app(
    level="ERROR", message="failed", exception_name="OutOfStock", function_request_id=ID, location="handler:3",
    exception='Traceback (most recent call last):\n  File "/var/task/app.py", line 3, in handler\n    raise\nOutOfStock: none left')  # fmt: skip
STRUCTLOG = app(
    event="failed", level="error", timestamp=ISO,
    exception=[{"exc_type": "ZeroDivisionError", "exc_value": "division by zero", "frames": [{"filename": "/app/a.py", "lineno": 3, "name": "f"}]}])  # fmt: skip
PINO = app(
    level=50, msg="failed", err={"type": "PayError", "message": "declined: hang up",
    "stack": "PayError: declined\n    at pay (/app/pay.js:1:2)\ncaused by: Error: hang up\n    at get (/app/http.js:3:4)"})  # fmt: skip
BUNYAN = app(
    name="shop", hostname="h", pid=1, level=50, msg="failed", time=ISO, v=0, err={"name": "VError", "message": "declined: hang up",
    "stack": "VError: declined: hang up\n    at pay (/app/pay.js:1:2)\nCaused by: Error: hang up\n    at get (/app/http.js:3:4)"})  # fmt: skip
ZAP = app(
    level="error", ts=1.5, msg="failed", error="get: refused",
    stacktrace="main.handle\n\t/app/main.go:12\nmain.main\n\t/app/main.go:3\nruntime.main\n\t/usr/local/go/src/runtime/proc.go:250")  # fmt: skip
ECS_JSON = json.dumps({
    "@timestamp": ISO, "log.level": "ERROR", "message": "failed", "error.type": "shop.CartException", "error.message": "cannot add",
    "error.stack_trace": "shop.CartException: cannot add\n\tat shop.Cart.add(Cart.java:12)\nCaused by: java.io.IOException: reset\n\tat shop.Net.read(Net.java:3)\n"})  # fmt: skip
SERILOG = json.dumps(
    {
        "@t": ISO,
        "@mt": "failed {Sku}",
        "@l": "Error",
        "@x": "Shop.CartException: cannot add\n ---> System.IO.IOException: reset\n   at System.IO.Read()\n   --- End of inner exception stack trace ---\n   at Shop.Cart.Add(String sku)",
        "Sku": "7",
    }
)

CHAINS = {
    "Python": (TASK, PYTHON_CHAIN, [
        ("HTTPError", "conflict"), ("shop.stock.OutOfStock", "none left"), ("KeyError", "'sku-7'")]),
    "Python, nothing caught it": (FUNCTION, UNCAUGHT_PYTHON, [("OutOfStock", "none left")]),
    "Java": (TASK, JAVA_CHAIN, [
        ("shop.CartException", "cannot add: sku-7"), ("shop.StockException", "none left"),
        ("java.net.SocketTimeoutException", "Read timed out")]),
    "Java, nothing caught it": (FUNCTION, UNCAUGHT_JAVA, [("shop.OutOfStock", "none left")]),
    "Java, nothing caught it, JSON": (FUNCTION, app(timestamp=ISO, level="ERROR", AWSRequestId=ID, message=UNCAUGHT_JAVA), [
        ("shop.OutOfStock", "none left")]),
    "Java, lines ended by \\r": (FUNCTION, JAVA_CHAIN.replace("\n", "\r"), [
        ("shop.CartException", "cannot add: sku-7"), ("shop.StockException", "none left"),
        ("java.net.SocketTimeoutException", "Read timed out")]),
    "Node.js": (FUNCTION, NODE_CHAIN, [("OrderError", "cannot charge"), ("Error", "connect ECONNREFUSED 10.0.0.1:443")]),
    "Node.js, nothing caught it": (FUNCTION, UNCAUGHT_NODE, [("TypeError", "x is not a function")]),
    ".NET": (FUNCTION, DOTNET_CHAIN, [
        ("Shop.CartException", "cannot add"), ("Shop.StockException", "none left"), ("System.TimeoutException", "too late")]),
    ".NET of old, in one line": (TASK, "ERROR System.Exception: no bus ---> System.DllNotFoundException: lib.so\n  at Mono.Unix.Load ()\n  --- End of inner exception stack trace ---\n  at Shop.Main ()", [
        ("System.Exception", "no bus"), ("System.DllNotFoundException", "lib.so")]),
    ".NET JSON with causes": (FUNCTION, DOTNET_JSON, [
        ("CartException", "cannot add"), ("JsonException", "bad: $"), ("IOException", "cut")]),
    "Ruby": (FUNCTION, RUBY_CHAIN, [("Shop::CartError", "cannot add"), ("PG::ConnectionBad", "gone")]),
    "Ruby, nothing caught it": (FUNCTION, UNCAUGHT_RUBY, [("Function<TypeError>", "no implicit conversion of String into Integer")]),
    "Go panic": (TASK, GO_PANIC, [("panic", "runtime error: invalid memory address or nil pointer dereference")]),
    "Go, wrapped": (FUNCTION, UNCAUGHT_GO, [("wrapError", "charge: refused"), (None, "refused")]),
    "Go, joined": (FUNCTION, '2026/01/01 12:00:00.123456 {"errorMessage":"charge: refused\\naudit: gone","errorType":"joinError"}', [
        ("joinError", "charge: refused\naudit: gone"), (None, "charge: refused"), (None, "audit: gone")]),
    "Rust panic": (TASK, RUST_PANIC, [("panic", "none left")]),
    "Powertools for Python": (FUNCTION, POWERTOOLS_PY, [("OutOfStock", "none left")]),
    "Powertools for TypeScript": (FUNCTION, POWERTOOLS_TS, [("PayError", "declined"), ("Error", "socket hang up")]),
    "pino": (TASK, PINO, [("PayError", "declined: hang up"), ("Error", "hang up")]),
    "Bunyan": (TASK, BUNYAN, [("VError", "declined: hang up"), ("Error", "hang up")]),
    "log4j2 after ECS": (TASK, ECS_JSON, [("shop.CartException", "cannot add"), ("java.io.IOException", "reset")]),
    "Serilog": (TASK, SERILOG, [("Shop.CartException", "cannot add"), ("System.IO.IOException", "reset")]),
    "structlog's dicts": (TASK, STRUCTLOG, [("ZeroDivisionError", "division by zero")]),
    "an exception in passing": (TASK, "INFO retrying after ConnectionError: gone", []),
}  # fmt: skip


@pytest.mark.parametrize(("place", "message", "expected"), CHAINS.values(), ids=CHAINS)
def test_exceptions_outermost_first(
    query, place, message: str, expected: list[tuple[str | None, str]]
) -> None:
    rows = query(
        "lake.log_exception",
        {"evidence.log_event": [place | {"event_id": "e", "timestamp": 1, "message": message}]},
    )
    found = [(r["exception_type"], r["exception_message"]) for r in sorted(rows, key=lambda r: r["ordinal"])]
    assert found == expected


# exception ordinal.place: path:line function, with * for the application's own
FRAMES = {
    "Python": (TASK, PYTHON_CHAIN, """
        1.1 * /app/shop/api.py:5 handle
        1.2 - /usr/local/lib/python3.12/asyncio/runners.py:118 run
        2.1 * /app/shop/stock.py:14 reserve
        2.2 * /app/shop/cart.py:30 add
        3.1 * /app/shop/stock.py:12 reserve
        3.2 - /opt/venv/lib/python3.12/site-packages/httpcore/_exceptions.py:10 map_exceptions"""),
    "Python, nothing caught it": (FUNCTION, UNCAUGHT_PYTHON, """
        1.1 * /var/task/stock.py:9 take
        1.2 * /var/task/app.py:3 handler"""),
    "Java": (TASK, JAVA_CHAIN, """
        1.1 * Cart.java:12 shop.Cart.add
        1.2 - Method.java:566 java.lang.reflect.Method.invoke
        1.3 - Servlet.java:1 org.springframework.web.Servlet.service
        2.1 * Stock.java:40 shop.Stock.take
        3.1 - NioSocketImpl.java:288 sun.nio.ch.NioSocketImpl.timedRead
        3.2 * Db.java:None shop.Db$Pool.lambda$get$0"""),
    "Node.js": (FUNCTION, NODE_CHAIN, """
        1.1 * /var/task/src/pay.js:10 charge
        1.2 * /var/task/index.mjs:3 Runtime.handler
        1.3 - index 0:None Promise.all
        2.1 - node:net:1637 TCPConnectWrap.afterConnect [as oncomplete]
        2.2 - /var/task/node_modules/pg/lib/client.js:131 None"""),
    "Node.js, nothing caught it": (FUNCTION, UNCAUGHT_NODE, """
        1.1 * /var/task/index.js:3 handler
        1.2 - /var/runtime/index.mjs:1173 Runtime.handleOnce"""),
    ".NET": (FUNCTION, DOTNET_CHAIN, """
        1.1 * /src/Cart.cs:12 Shop.Cart.Add
        1.2 * None:None Shop.Function.FunctionHandler
        1.3 - None:None lambda_method1
        1.4 - /src/Repo/Libraries/src/Amazon.Lambda.RuntimeSupport/Bootstrap/HandlerWrapper.cs:54 Amazon.Lambda.RuntimeSupport.HandlerWrapper.<>c__DisplayClass8_0.<GetHandlerWrapper>b__0
        2.1 * /src/Stock.cs:40 Shop.Stock.Take
        3.1 - None:None System.Net.Sockets.Socket.Read"""),
    ".NET JSON with causes": (FUNCTION, DOTNET_JSON, """
        1.1 * /src/Cart.cs:12 Shop.Cart.Add
        2.1 - None:None System.Text.Json.Read
        2.2 * None:None Shop.Json.Parse"""),
    "Ruby": (FUNCTION, RUBY_CHAIN, """
        1.1 * /var/task/cart.rb:12 add
        1.2 * /var/task/function.rb:3 handler
        1.3 - /var/runtime/lib/aws_lambda_ric.rb:100 call
        2.1 - /var/task/vendor/bundle/ruby/3.2.0/gems/pg-1.5/lib/pg.rb:7 exec
        2.2 * /var/task/stock.rb:8 Stock#take"""),
    "Ruby, nothing caught it": (FUNCTION, UNCAUGHT_RUBY, """
        1.1 * /var/task/function.rb:3 first
        1.2 * /var/task/function.rb:3 handler"""),
    "Go panic": (TASK, GO_PANIC, """
        1.1 * /app/cart.go:12 main.(*Cart).add
        1.2 - /build/go/pkg/mod/github.com/aws/aws-lambda-go@v1.41.0/lambda/handler.go:99 github.com/aws/aws-lambda-go/lambda.(*Handler).Invoke
        1.3 - /usr/local/go/src/runtime/proc.go:250 runtime.main"""),
    "Go, nothing caught it": (FUNCTION, UNCAUGHT_GO, """
        1.1 - github.com/aws/aws-lambda-go@v1.41.0/lambda/errors.go:39 lambdaPanicResponse
        1.2 * shop/main.go:12 handler"""),
    "Rust panic": (TASK, RUST_PANIC, """
        1.1 - /rustc/9fc6b431/library/std/src/panicking.rs:645 rust_begin_unwind
        1.2 * ./src/cart.rs:12 shop::cart::add"""),
    "zap": (TASK, ZAP, """
        1.1 * /app/main.go:12 main.handle
        1.2 * /app/main.go:3 main.main
        1.3 - /usr/local/go/src/runtime/proc.go:250 runtime.main"""),
    "Powertools for TypeScript": (FUNCTION, POWERTOOLS_TS, """
        1.1 * /var/task/index.js:10 pay
        2.1 - node:net:1637 afterConnect"""),
    "PHP": (TASK, PHP, """
        1.1 * /app/src/Order.php:7 App\\Cart->take
        1.2 - /app/vendor/laravel/framework/src/Illuminate/Pipeline/Pipeline.php:144 Illuminate\\Pipeline\\Pipeline->then"""),
    "monolog's JSON": (TASK, MONOLOG, """
        1.1 * /app/src/Cart.php:12 None
        1.2 - /app/vendor/symfony/http-kernel/Kernel.php:5 None"""),
    "Rails semantic logger": (TASK, SEMANTIC, """
        1.1 * app/models/cart.rb:12 take"""),
    "no trace": (TASK, "ERROR shop.CartException: cannot add", ""),
}  # fmt: skip


@pytest.mark.parametrize(("place", "message", "expected"), FRAMES.values(), ids=FRAMES)
def test_frames_from_where_it_was_thrown(query, place, message: str, expected: str) -> None:
    rows = query(
        "lake.stack_frame",
        {"evidence.log_event": [place | {"event_id": "e", "timestamp": 1, "message": message}]},
    )
    rows.sort(key=lambda r: (r["exception"], r["ordinal"]))
    found = [
        f"{r['exception']}.{r['ordinal']} {'*' if r['in_app'] else '-'} {r['path']}:{r['line']} {r['function']}"
        for r in rows
    ]
    assert found == [line.strip() for line in expected.strip().splitlines()]


def test_frames_of_a_span(query) -> None:
    exceptions = json.dumps([{"id": "1", "type": "E", "stack": [
        {"path": "/var/task/app.py", "line": 3, "label": "handler"},
        {"path": "/var/task/node_modules/pg/client.js", "line": 9, "label": "query"}]}])  # fmt: skip
    rows = query(
        "lake.stack_frame", {"lake.span": [{"trace_id": "t", "span_id": "s", "exceptions": exceptions}]}
    )
    assert sorted((r["ordinal"], r["path"], r["line"], r["in_app"], r["event_id"]) for r in rows) == [
        (1, "/var/task/app.py", 3, True, None), (2, "/var/task/node_modules/pg/client.js", 9, False, None)]  # fmt: skip


def test_empty_two_and_copies(query) -> None:
    assert query("lake.stack_frame", {"evidence.log_event": []}) == []
    one = FUNCTION | {"event_id": "e1", "timestamp": 1, "message": UNCAUGHT_PYTHON}
    rows = query("lake.stack_frame", {"evidence.log_event": [one, one, one | {"event_id": "e2"}]})
    assert sorted((r["event_id"], r["ordinal"]) for r in rows) == [("e1", 1), ("e1", 2), ("e2", 1), ("e2", 2)]


TEMPLATES = {
    "order 123 priced at 12.50 EUR in 250ms": "order <*> priced at <*> EUR in <*>",
    f"request {ID} failed": "request <*> failed",
    "GET /orders/123/items?page=2 from 10.0.0.1:443": "GET /orders/<*>/items?page=<*> from <*>",
    "at 2026-01-01T00:00:00.123Z and 2026-01-01 00:00:00,123 it": "at <*> and <*> it",
    "commit deadbeefcafe and 0x7ffe12": "commit <*> and <*>",
    "user 'bob smith' has no attribute 'get' in \"a b\" or \"name\"": "user <*> has no attribute 'get' in <*> or \"name\"",
    "don't retry, it isn't there": "don't retry, it isn't there",
    "s3 and ec2 and http2 said no": "s3 and ec2 and http2 said no",
    "first\rsecond 7": "first",
    '{"type":"a","n":17}': '{"type":"a","n":<*>}',
    "": "",
}


@pytest.mark.parametrize("message", TEMPLATES)
def test_template(query, message: str) -> None:
    rows = query("lake.log_template", {"lake.log_record": [{"event_id": "e", "message": message}]})
    assert [(r["template"], r["template_version"]) for r in rows] == [(TEMPLATES[message], 1)]
