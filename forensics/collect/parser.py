"""botocore's response parser, with a fast lane for the frequent pages.

The lane gives what botocore's own parser gives for them: the same keys, the same values, unknown
keys and nulls left out. Records are structs instead of dicts (`msgspec.to_builtins` makes them
equal), and trace summaries stay the JSON text that came. Everything else, errors among it, is
botocore's.
"""

from __future__ import annotations

from typing import Any

from botocore.parsers import ResponseParserFactory
from botocore.utils import lowercase_dict, parse_timestamp
from msgspec import Struct

from forensics.collect.pages import Page

__all__ = ["FastParserFactory"]


class FastParserFactory(ResponseParserFactory):  # type: ignore[misc]
    """Registered as botocore's `response_parser_factory`; parsers keep no state, so one each."""

    def __init__(self) -> None:
        super().__init__()
        self._parsers: dict[str, _FastParser] = {}

    def create_parser(self, protocol_name: str) -> _FastParser:
        parser = self._parsers.get(protocol_name)
        if parser is None:
            parser = self._parsers[protocol_name] = _FastParser(super().create_parser(protocol_name))
        return parser


class _FastParser:
    def __init__(self, stock: Any) -> None:
        self._stock = stock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stock, name)

    def parse(self, response: dict[str, Any], shape: Any) -> Any:
        """Like botocore's: the parsed members and `ResponseMetadata`.

        The page check left its decoded page in the response; without one botocore parses.
        """
        page = response.get("page")
        if not isinstance(page, Page) or page.value is None or response["status_code"] >= 300:
            return self._stock.parse(response, shape)
        headers = lowercase_dict(response["headers"])
        metadata = {"HTTPStatusCode": response["status_code"], "HTTPHeaders": headers}
        if "x-amzn-requestid" in headers:
            metadata["RequestId"] = headers["x-amzn-requestid"]
        return {**_members(page.value), "ResponseMetadata": metadata}


def _members(value: Struct) -> dict[str, Any]:
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    members = {name: field for name, field in fields.items() if field is not None}
    if "ApproximateTime" in members:
        members["ApproximateTime"] = parse_timestamp(members["ApproximateTime"])
    return members
