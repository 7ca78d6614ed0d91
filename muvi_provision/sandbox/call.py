"""One API call, as read off its HTTP request."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from muvi_provision.sandbox.addressing import of_storage
from muvi_provision.sandbox.emulator import load

Environ = dict[str, Any]

# the name in a request's signature, where it is not the name boto3 has for the service
_CLIENT_NAME = {
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
    "servicequotas": "service-quotas",
    "email": "ses",
}
_READS = re.compile(
    r"(Describe|Get|List|Head|BatchGet|BatchDescribe|BatchCheck|Check|Search|Lookup|Filter|Simulate|Estimate|Query"
    r"|Select|Scan|Test|Validate|Decode|Discover|AssumeRole|Preview)"
)
_SCOPE = re.compile(r"Credential=([^/,]+)/\d+/([^/]*)/([^/]+)/aws4_request")
_ACCOUNT = re.compile(r"\d{12}")  # an access key that is an account's id speaks for that account
_QUERY_SCOPE = re.compile(r"X-Amz-Credential=([^%&]+)%2F\d+%2F([^%]*)%2F([^%]+)%2F")


@dataclass(frozen=True)
class Call:
    """One API call. ``params`` are spelled as boto3 spells them."""

    service: str
    operation: str
    region: str
    account: str
    access_key: str
    environ: Environ = field(repr=False)
    body: bytes = field(repr=False, default=b"")

    @property
    def name(self) -> str:
        return f"{self.service}:{self.operation}"

    @property
    def mutating(self) -> bool:
        return not _READS.match(self.operation) and not self.dry

    @property
    def dry(self) -> bool:
        return self.service == "ec2" and b"DryRun=true" in self.body

    @cached_property
    def protocol(self) -> str:
        model = service_model(self.service)
        return str(model.metadata["protocol"]) if model else "json"

    @cached_property
    def params(self) -> dict[str, Any]:
        return parsed(self)


def read(environ: Environ, account: str) -> Call:
    """The call in a WSGI request; the request's body can be read again afterwards."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = io.BytesIO(body)
    key, region, service = _signed(environ)
    if service == "s3":
        service, environ = of_storage(environ)
    operation = _routed(environ, service) if service == "s3" else _operation(environ, body, service)
    account = key if _ACCOUNT.fullmatch(key) else account
    return Call(service, operation, region, account, key, environ, body)


def _signed(environ: Environ) -> tuple[str, str, str]:
    scope = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", "")) or _QUERY_SCOPE.search(environ.get("QUERY_STRING", ""))
    if not scope:
        return "", "us-east-1", "sts" if environ.get("REQUEST_METHOD") == "POST" else "unsigned"
    return scope[1], scope[2], _CLIENT_NAME.get(scope[3], scope[3])


def _operation(environ: Environ, body: bytes, service: str) -> str:
    target = environ.get("HTTP_X_AMZ_TARGET")
    if target:
        return str(target).rpartition(".")[2]
    rpc = re.match(r"/service/[^/]+/operation/(\w+)", environ.get("PATH_INFO", ""))
    if rpc:
        return rpc[1]
    action = re.search(rb"(?:^|&)Action=(\w+)", body) or re.search(
        rb"(?:^|&)Action=(\w+)", environ.get("QUERY_STRING", "").encode()
    )
    return action[1].decode() if action else _routed(environ, service)


def _routed(environ: Environ, service: str) -> str:
    """The operation of a REST request, by its method and path."""
    try:
        return str(_route(environ, service)[0].name)
    except LookupError:
        return f"{environ['REQUEST_METHOD']} {environ.get('PATH_INFO', '/')}"


def _route(environ: Environ, service: str) -> tuple[Any, dict[str, Any]]:
    if not service_model(service):
        raise LookupError(service)
    from moto.core.request import Request
    from moto.core.routing import get_service_router
    from werkzeug.exceptions import HTTPException

    try:
        found: tuple[Any, dict[str, Any]] = get_service_router(service).match(Request(environ))
    except (HTTPException, NotImplementedError) as none:
        raise LookupError(environ.get("PATH_INFO", "/")) from none
    return found


@cache
def service_model(service: str) -> Any:
    """botocore's model of a service, or None when there is no such service."""
    load()
    from botocore.exceptions import UnknownServiceError
    from moto.core.utils import get_service_model

    try:
        return get_service_model(service)
    except UnknownServiceError:
        return None


def parsed(call: Call) -> dict[str, Any]:
    """The parameters of a call, as the caller gave them to boto3."""
    model = service_model(call.service)
    if model is None or call.operation not in model.operation_names:
        return {}
    from moto.core.parse import PROTOCOL_PARSERS
    from moto.core.request import Request, determine_request_protocol

    request = Request({**call.environ, "wsgi.input": io.BytesIO(call.body)})
    uri = _route(call.environ, call.service)[1] if call.protocol.startswith("rest") else {}
    parser = PROTOCOL_PARSERS[determine_request_protocol(model, request.content_type)]
    said = {
        "method": request.method,
        "values": request.values,
        "headers": request.headers,
        "body": request.data,
        "url_path": request.path,
        "url_params": uri,
    }
    return dict(parser(model.operation_model(call.operation), map_type=dict).parse(said) or {})
