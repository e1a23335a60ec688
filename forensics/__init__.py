"""Root causes of failures in AWS systems, proven from their traces and logs."""

__version__ = "0.1.0"

__all__ = ["__version__"]
