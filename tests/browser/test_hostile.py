"""Script, markup, addresses and control characters in every field: nothing runs, nothing is asked for."""

import json

import pytest
from conftest import SCREENS, written  # type: ignore[import-not-found]
