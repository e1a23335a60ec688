"""The services that the endpoint plays, by the name that requests are signed for."""

from forensics.demo.endpoint.services import logs, sts, xray

__all__ = ["SERVICES"]

SERVICES = {service.signing_name: service for service in (logs.SERVICE, sts.SERVICE, xray.SERVICE)}
