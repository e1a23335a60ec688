"""The same evidence as `collect` fetches, from files.

`import_paths` reads files and folders into a case. What a file holds is told by its content:
`scan` cuts bytes into JSON values, `shapes` turns a value into rows of evidence.
"""

from forensics.importers.run import ImportResult, import_paths

__all__ = ["ImportResult", "import_paths"]
