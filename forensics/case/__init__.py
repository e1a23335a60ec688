"""The case folder: one investigation, complete in itself.

`Case` opens it, `EvidenceWriter` adds evidence to it, `pack_evidence` merges small parts of it;
`Part` and `Unit` are what its ledger holds. The commit protocol: write a part, fsync, rename,
fsync the folder, one transaction in the ledger. A part without a row there does not count, and is
put aside when the next writer opens.
"""

from forensics.case.carried import carried, plain_schema
from forensics.case.custody import manifest_sha256
from forensics.case.folder import Case
from forensics.case.kept import keep, kept
from forensics.case.ledger import Part, Unit
from forensics.case.pack import pack_evidence
from forensics.case.parts import file_sha256
from forensics.case.verify import Finding, verify
from forensics.case.writer import EvidenceWriter

__all__ = [
    "Case",
    "EvidenceWriter",
    "Finding",
    "Part",
    "Unit",
    "carried",
    "file_sha256",
    "keep",
    "kept",
    "manifest_sha256",
    "pack_evidence",
    "plain_schema",
    "verify",
]
