"""What goes back over the wire, and errors in the shape each protocol gives them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from xml.sax.saxutils import escape


class Refused(Exception):
    """AWS says no. ``more`` are the other members of a JSON error, as its model has them."""

    def __init__(
        self,
        code: str,
        message: str,
        status: int = 400,
        more: Mapping[str, Any] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.more = dict(more or {})
        self.headers = headers
        self.code = code
        self.message = message
        self.status = status


class ConnectionCut(Exception):
    """The answer never arrives: the connection is closed instead."""


class NeverAnswered(Exception):
    """The answer never arrives, and nothing else does: the client waits until it gives up."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def status_line(self) -> str:
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return f"{self.status} Unknown"

    @property
    def good(self) -> bool:
        return self.status < 400


@dataclass(frozen=True)
class ErrorShape:
    """How one protocol writes an error: its content type and its body."""

    content_type: str
    body: str = field(repr=False)


_EC2 = (
    '<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>{code}</Code><Message>{message}</Message>'
    "</Error></Errors><RequestID>{request}</RequestID></Response>"
)
_QUERY = (
    '<?xml version="1.0" encoding="UTF-8"?><ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>'
    "<Message>{message}</Message></Error><RequestId>{request}</RequestId></ErrorResponse>"
)
_S3 = (
    '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{code}</Code><Message>{message}</Message>'
    "<RequestId>{request}</RequestId></Error>"
)
_XML = {"ec2": _EC2, "query": _QUERY, "rest-xml": _QUERY}


def error_answer(protocol: str, refused: Refused, service: str = "") -> Answer:
    """A refusal as ``protocol`` (botocore's name for it) writes it."""
    request = str(uuid.uuid4())
    if protocol in _XML:
        template = _S3 if service == "s3" else _XML[protocol]
        body = template.format(code=escape(refused.code), message=escape(refused.message), request=request)
        headers = (("Content-Type", "text/xml"), ("x-amzn-requestid", request), *refused.headers)
        return Answer(refused.status, headers, body.encode())
    said = json.dumps(refused.more | {"__type": refused.code, "message": refused.message, "Message": refused.message})
    kind = "application/json" if protocol.startswith("rest") else "application/x-amz-json-1.1"
    headers = (("Content-Type", kind), ("x-amzn-errortype", refused.code), ("x-amzn-requestid", request))
    return Answer(refused.status, headers, said.encode())
