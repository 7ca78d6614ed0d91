"""S3's buckets as the sandbox keeps them: the emulator's objects, and the settings as they were said."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from muvi_provision.sandbox.emulator import HEARING
from muvi_provision.sandbox.view import View

FREED_S = 60  # aws-reality 6.4 e: minutes to hours, until the name of a deleted bucket is free
BLOCKED = {  # 6.4 e: since April 2023
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
ENCRYPTED = {
    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}],
}
# conditions that keep a policy for everybody from being public
_NARROWING = {
    "aws:sourcearn",
    "aws:sourceaccount",
    "aws:sourceorgid",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:sourceip",
    "aws:principalorgid",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:userid",
    "s3:dataaccesspointaccount",
}


def held(view: View) -> Any:
    """The emulator's objects of the caller's account."""
    return view.backend("s3", "aws")


def find(view: View, name: str) -> Any:
    """The account's bucket, or None: also of one that is so new that nobody has heard of it (aws-reality 1.6)."""
    found = held(view).buckets.get(name)
    return found if found is not None and is_known(view, found) else None


def is_known(view: View, bucket: Any) -> bool:
    return view.now >= getattr(bucket, "made", view.now - view.lag_s) + view.lag_s


def is_foreign(view: View, name: str) -> bool:
    """Whether somebody else has a bucket of this name: names are the whole world's."""
    others = (
        backend
        for account, regions in view.world.everything().get("s3", {}).items()
        if account != view.account
        for backend in regions.values()
    )
    return name in view.books.foreign_buckets or any(name in one.buckets for one in others)


def settings(bucket: Any) -> dict[str, Any]:
    """What was put on a bucket, by the setting's name, as it was said."""
    found: dict[str, Any] = vars(bucket).setdefault("said", {})
    return found


def policy(bucket: Any) -> dict[str, Any]:
    """Its policy, or an empty one."""
    found: dict[str, Any] = json.loads(settings(bucket).get("policy") or "{}")
    return found


def block_in_force(view: View, bucket: Any) -> dict[str, Any]:
    """The public access block that policies are looked at by: for a while that of before (aws-reality 1.6, 6.4 e)."""
    before, until = vars(bucket).get("block_before", (None, 0.0))
    said = before if view.now < until else settings(bucket).get("public_access_block")
    return dict(said or {})


def change_block(view: View, bucket: Any, said: dict[str, Any] | None) -> None:
    """A new public access block, or None for no more: S3 goes by the one of before for as long as things lag."""
    bucket.block_before = (block_in_force(view, bucket), view.now + view.lag_s)
    settings(bucket).pop("public_access_block", None)
    if said is not None:
        settings(bucket)["public_access_block"] = dict.fromkeys(BLOCKED, False) | said


def enforces_owner(bucket: Any) -> bool:
    """6.4 e: no access control lists, unless somebody has switched them on."""
    rules = (settings(bucket).get("ownership_controls") or {}).get("Rules", ())
    return any(one.get("ObjectOwnership") == "BucketOwnerEnforced" for one in rules)


def freed(view: View) -> dict[str, float]:
    """Names of deleted buckets, and when they may be used again."""
    found: dict[str, float] = vars(held(view)).setdefault("freed", {})
    return found


def statements(document: Any) -> list[Any]:
    return listed(document.get("Statement"))


def listed(value: Any) -> list[Any]:
    """One value or several, as IAM's grammar allows."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def is_public(statement: dict[str, Any]) -> bool:
    """Whether a statement lets everybody in."""
    principal = statement.get("Principal")
    everybody = principal == "*" or (isinstance(principal, dict) and "*" in listed(principal.get("AWS")))
    tested = {key.lower() for pairs in (statement.get("Condition") or {}).values() for key in pairs}
    return statement.get("Effect") == "Allow" and everybody and not tested & _NARROWING


def take_seat() -> None:
    """Calls of S3 do not pass the emulator's one gate: they are heard at its two doors."""
    from moto.s3 import models
    from moto.s3.responses import S3Response

    # content in memory: files would have to be closed by somebody, and the emulator warns of each that was not
    models.tempfile = SimpleNamespace(SpooledTemporaryFile=lambda *_, **__: io.BytesIO())
    models.FakeKey.__del__ = lambda _: None

    def heard(original: Callable[..., Any]) -> Callable[..., Any]:
        def respond(self: Any, request: Any, full_url: str, headers: Any) -> Any:
            if not HEARING:
                return original(self, request, full_url, headers)
            _own_names(models.s3_backends)
            self.setup_class(request)
            self.setup_class = lambda *_, **__: None  # a second time it would decode the body again
            return HEARING[-1](self, lambda: original(self, request, full_url, headers))

        return respond

    for door in ("bucket_response", "key_response"):
        setattr(S3Response, door, heard(getattr(S3Response, door)))


def _own_names(backends: Any) -> None:
    """The emulator keeps whose a name is for the whole process, and not for one cloud."""
    backends.bucket_accounts.clear()
    for account, regions in dict.items(backends):
        for partition, backend in dict.items(regions):
            backends.bucket_accounts |= dict.fromkeys(backend.buckets, (partition, account))
