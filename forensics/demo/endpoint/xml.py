"""Results as XML: the query protocol's, EC2's and S3's, from values named as in botocore's models."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

from forensics.demo.endpoint.service import Protocol, Service, XmlNames

__all__ = ["write_xml", "write_xml_error"]


def write_xml(service: Service, operation: str, body: dict[str, Any], request_id: str) -> bytes:
    """The whole document; where the request id stands is a matter of the protocol."""
    inner = _members(service.xml, "", body)
    space = f"https://{service.signing_name}.amazonaws.com/doc/{service.version}/"
    root = service.xml.roots.get(operation, f"{operation}Response")
    if service.protocol == "query":
        metadata = f"<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata>"
        inner = f"<{operation}Result>{inner}</{operation}Result>{metadata}"
    elif service.protocol == "ec2":
        inner = f"<requestId>{request_id}</requestId>{inner}"
    return f'<{root} xmlns="{space}">{inner}</{root}>'.encode()


def write_xml_error(protocol: Protocol, status: int, code: str, message: str, request_id: str) -> bytes:
    told = f"<Code>{code}</Code><Message>{escape(message)}</Message>"
    if protocol == "rest-xml":
        text = f"<Error>{told}<RequestId>{request_id}</RequestId></Error>"
    elif protocol == "ec2":
        text = (
            f"<Response><Errors><Error>{told}</Error></Errors><RequestID>{request_id}</RequestID></Response>"
        )
    else:
        fault = "Sender" if status < 500 else "Receiver"
        told = f"<Error><Type>{fault}</Type>{told}</Error>"
        text = f"<ErrorResponse>{told}<RequestId>{request_id}</RequestId></ErrorResponse>"
    return text.encode()


def _members(names: XmlNames, parent: str, value: dict[str, Any]) -> str:
    return "".join(_member(names, parent, name, part) for name, part in value.items() if part is not None)


def _member(names: XmlNames, parent: str, name: str, value: Any) -> str:
    tag = names.members.get(f"{parent}.{name}") or names.members.get(name)
    if tag is None:
        tag = name[0].lower() + name[1:] if names.lower_first else name
    if isinstance(value, list):
        return _list(names, name, tag, value)
    if name in names.maps:
        entries = (f"<entry>{_pair(key, part)}</entry>" for key, part in value.items())
        return f"<{tag}>{''.join(entries)}</{tag}>"
    return f"<{tag}>{_value(names, name, value)}</{tag}>"


def _pair(key: str, value: Any) -> str:
    return f"<key>{escape(key)}</key><value>{escape(str(value))}</value>"


def _list(names: XmlNames, name: str, tag: str, values: list[Any]) -> str:
    if name in names.flat:
        return "".join(f"<{tag}>{_value(names, name, one)}</{tag}>" for one in values)
    item = names.items.get(name, names.item)
    return f"<{tag}>{''.join(f'<{item}>{_value(names, name, one)}</{item}>' for one in values)}</{tag}>"


def _value(names: XmlNames, name: str, value: Any) -> str:
    if isinstance(value, dict):
        return _members(names, name, value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(str(value))
