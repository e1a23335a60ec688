"""What the account's services write about the story: log lines, trace documents, metrics, changes.

A writer is a function of the account (`Scenario`) and a record of the story; it draws no random
numbers and holds no state, so that the same story gives the same bytes.
"""
