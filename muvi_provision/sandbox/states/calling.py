"""A Task state's call, made upon the very cloud that the machine is in, as the machine's role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from muvi_provision.sandbox import lag, lifecycles, roles
from muvi_provision.sandbox.answers import Answer, Refused, error_answer
from muvi_provision.sandbox.call import Call, service_model
from muvi_provision.sandbox.states import spelling
from muvi_provision.sandbox.states.paths import Failure
from muvi_provision.sandbox.view import View

if TYPE_CHECKING:
    from muvi_provision.sandbox.cloud import Cloud


_NAMED = {  # what a call acts on, as it ends in an ARN
    ("ecs", "UpdateService"): "service/{cluster}/{service}",
    ("rds", "ModifyDBInstance"): "db:{DBInstanceIdentifier}",
    ("application-autoscaling", "RegisterScalableTarget"): "scalable-target/{ResourceId}",
}


def call(view: View, role: str, resource: str, parameters: Any) -> Any:
    """What the service answers, spelt as the machine spells it. Raises ``Failure`` when it refuses."""
    from botocore.exceptions import ClientError, ParamValidationError

    found = spelling.service_and_operation(resource)
    if found is None:
        raise NotImplementedError(resource)
    service, operation = found
    model = service_model(service).operation_model(operation)
    lifecycles.advance(view, frozenset(lifecycles.TABLE))  # what is due has happened, as before any call
    try:
        said = spelling.to_api(model.input_shape, parameters) if model.input_shape is not None else {}
        _permitted(view, role, service, operation, said)
        answer = _client(view, service)._make_api_call(operation, said)
    except ParamValidationError as wrong:
        cause = f"The Parameters '{parameters}' could not be used to start the Task: [{wrong}]"
        raise Failure("States.Runtime", cause) from wrong
    except ClientError as refused:
        raise _failure(service, operation, refused.response) from refused
    return spelling.from_api(model.output_shape, answer)


def _permitted(view: View, role: str, service: str, operation: str, said: Mapping[str, Any]) -> None:
    """Asked of the very object where the call names one of those that workflows change, else of any at all."""
    signed = service_model(service).signing_name
    action, name = f"{signed}:{operation}", _NAMED.get((service, operation), "")
    names = {key: _bare(value) for key, value in said.items()}
    arn = f"arn:aws:{signed}:{view.region}:{view.account}:" + name.format_map(defaultdict(str, names)) if name else "*"
    if roles.allows(view, role, action, arn) if name else roles.permits(view, role, action):
        return
    who = f"arn:aws:sts::{view.account}:assumed-role/{role.rpartition('/')[2]}"
    why = "because no identity-based policy allows the action"
    message = f"User: {who} is not authorized to perform: {action} on resource: {arn} {why}"
    refused = {"Error": {"Code": "AccessDeniedException", "Message": message}}
    raise _failure(service, operation, refused | {"ResponseMetadata": {"HTTPStatusCode": 400}})


def _bare(value: Any) -> str:
    """A name, also where an ARN is given for it."""
    return str(value).rpartition("/")[2] if str(value).startswith("arn:") else str(value)


def _failure(service: str, operation: str, response: Any) -> Failure:
    said, told = response["Error"], response["ResponseMetadata"]
    name = spelling.java(str(service_model(service).service_id))
    where = f"Service: {name}, Status Code: {told['HTTPStatusCode']}, Request ID: {told.get('RequestId', '-')}"
    return Failure(spelling.error_name(service, operation, said["Code"]), f"{said['Message']} ({where})")


class _Inside:
    """The cloud, as a call from within it sees it: nothing is injected, logged or held up."""

    def __init__(self, view: View) -> None:
        self.account = view.account
        self._view = view

    def answer(self, made: Call) -> Answer:
        from muvi_provision.sandbox.hearing import Hearing, not_implemented

        try:
            return self._view.world.dispatch(made, Hearing(made, self._view, lag.Lag()).hear, self._view.today)
        except NotImplementedError:
            return error_answer(made.protocol, not_implemented(made), made.service)
        except Refused as refused:
            return error_answer(made.protocol, refused, made.service)


def _client(view: View, service: str) -> Any:
    from botocore.config import Config

    from muvi_provision.sandbox.transport import InProcess

    made = _session().create_client(
        service,
        region_name=view.region,
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id=view.account,
        aws_secret_access_key="sandbox",  # noqa: S106 (nothing here asks for one)
        config=Config(inject_host_prefix=False, retries={"total_max_attempts": 1}),
    )
    InProcess(cast("Cloud", _Inside(view))).attach(made.meta.events)
    return made


@cache
def _session() -> Any:
    """One for all: hold ``LOCK``."""
    import botocore.session

    return botocore.session.Session()
