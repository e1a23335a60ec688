"""What of an account's configuration is kept, and how: the one description that pulling and importing share.

`services.toml` says which operation tells of which resource. `Redactor` takes the values of
environment variables and other secrets out before anything is written. No I/O but the key's file.
"""

from forensics.inventory.account import is_account, resources_of_account
from forensics.inventory.asks import ASKS, Ask, asked_of, roots
from forensics.inventory.config import config_item
from forensics.inventory.execution import EXECUTION, MAP_RUN, ExecutionRows, execution_row
from forensics.inventory.key import load_key
from forensics.inventory.redact import Redactor
from forensics.inventory.resource import Place, Resource, filled, resource_of, resource_rows

__all__ = [
    "ASKS",
    "EXECUTION",
    "MAP_RUN",
    "Ask",
    "ExecutionRows",
    "Place",
    "Redactor",
    "Resource",
    "asked_of",
    "config_item",
    "execution_row",
    "filled",
    "is_account",
    "load_key",
    "resource_of",
    "resource_rows",
    "resources_of_account",
    "roots",
]
