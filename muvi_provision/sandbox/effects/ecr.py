"""Repositories of images, also those of other accounts; the way into the registry."""

from __future__ import annotations

from base64 import b64encode
from datetime import timedelta
from typing import Any

from muvi_provision.sandbox import images
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import after, instead
from muvi_provision.sandbox.view import View

_TOKEN_HOURS = 12  # aws-reality 5.1
_PAGE = 100


@after("ecr", "CreateRepository")
def repository_made(call: Call, view: View, result: Any) -> None:
    result["repository"].created_at = view.today


@instead("ecr", "DescribeRepositories")
def repositories(call: Call, view: View) -> Any:
    """A page at a time, of any account's registry."""
    registry, names = images.registry_of(call, view), call.params.get("repositoryNames")
    backend = view.world.existing("ecr", registry).get(view.region)
    held = backend.repositories if backend is not None else {}
    for name in names or ():
        if name not in held:
            message = f"The repository with name '{name}' does not exist in the registry with id '{registry}'"
            raise Refused("RepositoryNotFoundException", message)
    found = [held[name] for name in names] if names else [held[name] for name in sorted(held)]
    return paged(call, "repositories", [_shown(one) for one in found], whole=bool(names))


@instead("ecr", "GetAuthorizationToken")
def token(call: Call, view: View) -> Any:
    """aws-reality 5.1: it lives 12 hours; the emulator's has expired in 2015."""
    accounts = call.params.get("registryIds") or [view.account]
    found = [
        {
            "authorizationToken": b64encode(f"AWS:{account}-token".encode()).decode(),
            "expiresAt": view.today + timedelta(hours=_TOKEN_HOURS),
            "proxyEndpoint": f"https://{account}.dkr.ecr.{view.region}.amazonaws.com",
        }
        for account in accounts
    ]
    return {"authorizationData": found}


def paged(call: Call, member: str, found: list[Any], *, whole: bool = False) -> dict[str, Any]:
    """One page of a listing; ``whole`` when AWS gives all that was asked for by name."""
    first, size = int(call.params.get("nextToken") or 0), int(call.params.get("maxResults") or _PAGE)
    if whole or first + size >= len(found):
        return {member: found[first:]}
    return {member: found[first : first + size], "nextToken": str(first + size)}


def _shown(one: Any) -> dict[str, Any]:
    return {
        "repositoryArn": one.arn,
        "registryId": one.registry_id,
        "repositoryName": one.name,
        "repositoryUri": one.uri,
        "createdAt": one.created_at,
        "imageTagMutability": getattr(one.image_tag_mutability, "value", one.image_tag_mutability),
        "imageScanningConfiguration": one.image_scanning_configuration,
        "encryptionConfiguration": one.encryption_configuration,
    }
