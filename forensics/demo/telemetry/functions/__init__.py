"""What Lambda functions leave in CloudWatch Logs: lines of the platform, and of the program between them."""

from forensics.demo.telemetry.functions.lines import function_lines

__all__ = ["function_lines"]
