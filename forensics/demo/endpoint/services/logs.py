"""CloudWatch Logs: json 1.1, `Logs_20140328`.

Rules from the CloudWatch Logs API reference; shapes from botocore's model (logs/2014-03-28).
"""

from __future__ import annotations

from forensics.demo.endpoint.service import Service
from forensics.demo.endpoint.services.logs_events import filter_log_events, get_log_events
from forensics.demo.endpoint.services.logs_exports import create_export_task, describe_export_tasks
from forensics.demo.endpoint.services.logs_groups import describe_log_groups, describe_log_streams
from forensics.demo.endpoint.services.logs_queries import get_query_results, start_query

__all__ = ["SERVICE"]

SERVICE = Service(
    signing_name="logs",
    protocol="json",
    target="Logs_20140328",
    operations={
        "CreateExportTask": create_export_task,
        "DescribeExportTasks": describe_export_tasks,
        "DescribeLogGroups": describe_log_groups,
        "DescribeLogStreams": describe_log_streams,
        "FilterLogEvents": filter_log_events,
        "GetLogEvents": get_log_events,
        "GetQueryResults": get_query_results,
        "StartQuery": start_query,
    },
)
