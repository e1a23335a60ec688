"""EventBridge Scheduler: rest-json. Shapes from botocore's model (scheduler/2021-06-30)."""

from __future__ import annotations

from typing import Any

from forensics.demo.endpoint.listing import Kind, Listing, Pages, picked
from forensics.demo.endpoint.service import Body, Call, Refusal, Service
from forensics.demo.endpoint.world import World

__all__ = ["SERVICE"]

_MISSING = ("ResourceNotFoundException", "Schedule {name} does not exist.", 404)
SCHEDULE = Kind("Schedules", "Name", ("Name",), _MISSING)
_listed = picked("Arn", "Name", "GroupName", "State", "CreationDate", "LastModificationDate")


def get_schedule(world: World, call: Call) -> Body:
    """A name is of its group, which is `default` where none is named."""
    group = call.params.get("groupName") or "default"
    for item in SCHEDULE.all(world, call):
        if (item["Name"], item.get("GroupName", "default")) == (call.params["Name"], group):
            return dict(item)
    raise Refusal(_MISSING[0], _MISSING[1].format(name=call.params["Name"]), _MISSING[2])


def _show(item: dict[str, Any]) -> dict[str, Any]:
    """Of the target only its ARN."""
    return _listed(item) | {"Target": {"Arn": item["Target"]["Arn"]}}


SERVICE = Service(
    signing_name="scheduler",
    protocol="rest-json",
    operations={
        "GetSchedule": get_schedule,
        "ListSchedules": Listing(
            SCHEDULE,
            "Schedules",
            Pages("MaxResults", "NextToken", "NextToken", 100),
            _show,
            equal={"ScheduleGroup": "GroupName", "State": "State"},
            prefix={"NamePrefix": "Name"},
        ),
    },
    routes={"GET /schedules": "ListSchedules", "GET /schedules/{Name}": "GetSchedule"},
    errors={"internal_error": ("InternalServerException", 500)},
    bad_token=("ValidationException", "Invalid NextToken"),
    message="Message",
)
