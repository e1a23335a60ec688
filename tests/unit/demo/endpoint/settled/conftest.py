"""The account made by hand, served in place of the one with logs and traces."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from forensics.demo.endpoint import Endpoint, serve
from tests.unit.demo.endpoint import estate


@pytest.fixture(scope="session")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with serve(estate.write(tmp_path_factory.mktemp("estate"))) as running:
        yield running


@pytest.fixture
def every(client: Any) -> Callable[..., list[Any]]:
    """All items of a paged operation, by boto3's own paginator."""

    def items(service: str, operation: str, result: str, **params: Any) -> list[Any]:
        pages = client(service).get_paginator(operation).paginate(**params)
        return [item for page in pages for item in page.get(result, [])]

    return items
