"""Batch download from AWS: the only room that imports boto3.

`plan_pull` says what a pull would take, `pull` fills a case, `triage` with what a first verdict takes,
`check_access` is what `doctor` prints,
`policy` what `iam-policy` prints.
Evidence is the same as the importers make, column for column, with account and region filled in.
"""

from forensics.collect.check import Check, check_access
from forensics.collect.estimate import plan_pull
from forensics.collect.follow import Follow
from forensics.collect.merging import merge_units
from forensics.collect.policy import bucket_policy, policy
from forensics.collect.pull import pull
from forensics.collect.request import PullRequest, PullResult
from forensics.collect.session import Access
from forensics.collect.triage import triage

__all__ = [
    "Access",
    "Check",
    "Follow",
    "PullRequest",
    "PullResult",
    "bucket_policy",
    "check_access",
    "merge_units",
    "plan_pull",
    "policy",
    "pull",
    "triage",
]
