"""The notebook face of a case: open one, ask it, fill it.

Everything here works offline; `forensics.api.pull` alone talks to AWS.
"""

from forensics.api.case import Case
from forensics.api.catalog import catalog
from forensics.api.folder import connect, import_into, status, verify

__all__ = ["Case", "catalog", "connect", "import_into", "status", "verify"]
