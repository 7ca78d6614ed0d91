"""Why a task cannot start: its role, its secrets, its log group, its image (aws-reality 5.1, 5.2, 5.6)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from muvi_provision.sandbox import images, roles
from muvi_provision.sandbox.effects import ecs_reaching
from muvi_provision.sandbox.fleet import Task
from muvi_provision.sandbox.view import View

TRUSTED = "ecs-tasks.amazonaws.com"
_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)(?::([^@]+))?(?:@(sha256:[0-9a-f]{64}))?")
_SECRETS = "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
_LOGS = "ResourceInitializationError: failed to validate logger args: "
_PLATFORM = {"X86_64": "amd64", "ARM64": "arm64"}


def trouble(view: View, task: Task, definition: Any) -> str | None:
    """What AWS writes as the reason for which the task stopped; None when it starts."""
    for look in _LOOKS:
        found = look(view, task, definition)
        if found is not None:
            return found
    return None


def role_trouble(view: View, definition: Any) -> str | None:
    """The first of its roles that cannot be assumed, as ECS complains of it."""
    for member in ("execution_role_arn", "task_role_arn"):
        arn = getattr(definition, member, None)
        if arn and not roles.assumable(view, arn, TRUSTED):
            return str(arn)
    return None


def repository_and_tag(image: str) -> tuple[str, str]:
    """The last part of an image's address that names its repository, and its tag."""
    found = _ECR.fullmatch(image)
    if found:
        return found[3], found[4] or "latest"
    name, _, tag = image.partition("@")[0].partition(":")
    return name, tag or "latest"


def in_registry(image: str) -> bool:
    """Whether it comes from an ECR, for which the execution role must sign in."""
    return _ECR.fullmatch(image) is not None


def _roles(view: View, task: Task, definition: Any) -> str | None:
    arn = role_trouble(view, definition)
    if arn is None:
        return None
    advice = "Please verify that the role being passed has the proper trust relationship and permissions"
    return f"ECS was unable to assume the role '{arn}' that was provided for this task. {advice}"


def _network(view: View, task: Task, definition: Any) -> str | None:
    """aws-reality 5.1: a private subnet has a NAT gateway, or endpoints for all of it."""
    names = [str(one["valueFrom"]) for each in definition.container_definitions for one in each.get("secrets", ())]
    wanted = sorted({"secretsmanager" if _from(name) is _from_asm else "ssm" for name in names})
    if any(in_registry(image) for image in _addresses(definition)):
        wanted += ["ecr.api", "ecr.dkr", "s3"]
    if any(one.get("logConfiguration", {}).get("logDriver") == "awslogs" for one in definition.container_definitions):
        wanted.append("logs")
    elsewhere = [one for one in _addresses(definition) if not in_registry(one)]
    missing = ecs_reaching.unreachable(view, task, [*wanted, *elsewhere])
    if missing in elsewhere:
        return f"CannotPullContainerError: ref pull of {missing}: dial tcp: i/o timeout"
    advice = "There is a connection issue between the task and the service. Check your task network configuration."
    return f"{_SECRETS}{advice} {missing}.{view.region}: dial tcp: i/o timeout" if missing else None


def _secrets(view: View, task: Task, definition: Any) -> str | None:
    for container in definition.container_definitions:
        for one in container.get("secrets", ()):
            found = _from(one["valueFrom"])(view, _execution(definition), one["valueFrom"])
            if found is not None:
                return _SECRETS + found
    return None


def _from(said: str) -> Callable[[View, str, str], str | None]:
    """Only a parameter may be given by its name alone."""
    return _from_ssm if ":ssm:" in said or not said.startswith("arn:") else _from_asm


def _from_asm(view: View, role: str, said: str) -> str | None:
    arn, key = _secret_of(said)
    failed = f"unable to retrieve secret from asm: call has been retried 1 time(s): failed to fetch secret {arn}"
    if not roles.allows(view, role, "secretsmanager:GetSecretValue", arn):
        return f"{failed} from secrets manager: {_denied('secretsmanager:GetSecretValue', role, arn)}"
    secret = view.secrets.get(arn)
    if secret is not None and secret.is_deleted():
        return f"{failed} from secrets manager: InvalidRequestException: the secret is marked for deletion"
    own = _own_key(view, secret)
    if own and not roles.allows(view, role, "kms:Decrypt", own):
        return f"{failed} from secrets manager: AccessDeniedException: Access to KMS is not allowed"
    value = _current(secret)
    if value is None:
        missing = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"
        return f"{failed} from secrets manager: ResourceNotFoundException: {missing}"
    if key and key not in _object(value):
        return f"retrieved secret from Secrets Manager did not contain json key {key}"
    return None


def _secret_of(said: str) -> tuple[str, str]:
    """aws-reality 5.6: the ARN, and a JSON key after it."""
    parts = said.split(":")
    return ":".join(parts[:7]), parts[7] if len(parts) > 7 else ""


def _own_key(view: View, secret: Any) -> str:
    """aws-reality 5.2: the ARN of a key of ours, which the role must be allowed; AWS's own needs no permission."""
    key = str(getattr(secret, "kms_key_id", None) or "alias/aws/secretsmanager")
    if "alias/aws/" in key:
        return ""
    return key if key.startswith("arn:") else f"arn:aws:kms:{view.region}:{view.account}:key/{key}"


def _current(secret: Any) -> str | None:
    for version in secret.versions.values() if secret is not None else ():
        if "AWSCURRENT" in version.get("version_stages", ()):
            value = version.get("secret_string") or version.get("secret_binary")
            return None if value is None else str(value)
    return None


def _object(value: str) -> Mapping[str, Any]:
    try:
        said = json.loads(value)
    except ValueError:
        return {}
    return said if isinstance(said, Mapping) else {}


def _from_ssm(view: View, role: str, said: str) -> str | None:
    name = said.partition(":parameter")[2] if said.startswith("arn:") else said
    arn = f"arn:aws:ssm:{view.region}:{view.account}:parameter/{name.lstrip('/')}"
    failed = "unable to retrieve secrets from ssm: service call has been retried 1 time(s): "
    if not roles.allows(view, role, "ssm:GetParameters", arn):
        return failed + _denied("ssm:GetParameters", role, arn)
    held = view.backend("ssm")._parameters
    there = any(spelt in held and held[spelt] for spelt in {name, name.lstrip("/"), "/" + name.lstrip("/")})
    return None if there else f"{failed}invalid ssm parameters: {name}"


def _logs(view: View, task: Task, definition: Any) -> str | None:
    for container in definition.container_definitions:
        settings = container.get("logConfiguration", {})
        if settings.get("logDriver") != "awslogs":
            continue
        found = _log_trouble(view, _execution(definition), settings["options"], task.id)
        if found is not None:
            return _LOGS + found
    return None


def _log_trouble(view: View, role: str, options: Mapping[str, str], stream_of: str) -> str | None:
    group, region = options["awslogs-group"], options.get("awslogs-region", view.region)
    arn = f"arn:aws:logs:{region}:{view.account}:log-group:{group}"
    stream = "create stream has been retried 1 times: failed to create Cloudwatch log stream: "
    logs = view.backend("logs", region)
    if options.get("awslogs-create-group") == "true" and group not in logs.groups:
        if not roles.allows(view, role, "logs:CreateLogGroup", arn):
            return f"failed to create log group: {_denied('logs:CreateLogGroup', role, arn)}"
        logs.create_log_group(group, {})
    if group not in logs.groups:
        return f"{stream}ResourceNotFoundException: The specified log group does not exist. : exit status 1"
    allowed = roles.allows(
        view, role, "logs:CreateLogStream", f"{arn}:log-stream:{options.get('awslogs-stream-prefix')}/{stream_of}"
    )
    return None if allowed else stream + _denied("logs:CreateLogStream", role, arn)


def _images(view: View, task: Task, definition: Any) -> str | None:
    for image in _addresses(definition):
        found = _ECR.fullmatch(image)
        trouble = _pull_trouble(view, definition, image, found) if found else None
        if trouble is not None:
            return trouble
    return None


def _pull_trouble(view: View, definition: Any, image: str, found: re.Match[str]) -> str | None:
    account, region, name, tag, digest = found.groups()
    role = _execution(definition)
    if not roles.allows(view, role, "ecr:GetAuthorizationToken", "*"):
        return f"{_SECRETS}unable to get registry auth from ecr: {_denied('ecr:GetAuthorizationToken', role, '*')}"
    failed = f"CannotPullContainerError: pull has been retried 1 time(s): failed to resolve reference {image}: "
    arn = f"arn:aws:ecr:{region}:{account}:repository/{name}"
    if not roles.allows(view, role, "ecr:BatchGetImage", arn):
        return f"{failed}pulling from host {image.partition('/')[0]} failed with status code: 403 Forbidden"
    repository = images.find(view, account, name, region)
    one = images.image(repository, tag or (None if digest else "latest"), digest) if repository is not None else None
    if one is None:
        return f"{failed}{image}: not found"
    wanted = _PLATFORM[(definition.runtime_platform or {}).get("cpuArchitecture", "X86_64")]
    fits = _fits(images.manifest_of(one), wanted)
    return None if fits else f"{failed}image Manifest does not contain descriptor matching platform 'linux/{wanted}'"


def _fits(manifest: Mapping[str, Any], wanted: str) -> bool:
    """aws-reality 5.1: an index has a manifest for the task's platform; a single image is not looked into."""
    if not images.is_index(manifest):
        return True
    return any(one.get("platform", {}).get("architecture") == wanted for one in manifest["manifests"])


def _addresses(definition: Any) -> Iterator[str]:
    yield from (str(one["image"]) for one in definition.container_definitions)


def _execution(definition: Any) -> str:
    return str(getattr(definition, "execution_role_arn", ""))


def _denied(action: str, role: str, resource: str) -> str:
    who = f"assumed-role/{role.rpartition('/')[2]}"
    why = f"because no identity-based policy allows the {action} action"
    return f"AccessDeniedException: User: {who} is not authorized to perform: {action} on resource: {resource} {why}"


_LOOKS: tuple[Callable[[View, Task, Any], str | None], ...] = (_roles, _network, _secrets, _logs, _images)
