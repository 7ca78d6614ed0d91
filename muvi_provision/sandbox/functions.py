"""What the sandbox holds of Lambda: the emulator's functions have no life and no interfaces, and lose settings.

Everything is kept with the emulator's objects of the region, and so over a restart. What state a function is in
follows from the time: ``ready_at`` and ``updated_at`` are the cloud's seconds, infinite for what never comes up.
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from dataclasses import dataclass, field
from typing import Any

from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.view import View

IDLE_S = 14 * 86_400  # aws-reality 7.1: "idle for weeks"
INTERNAL = ("InternalError", "The request could not be completed because of an internal failure.")


@dataclass
class Function:
    """``settings`` are what CreateFunction and the updates said, with AWS's defaults; ``code`` is the zip.

    failure, update_failure: why it, or its last update, does not come to a good end, as AWS's code and reason.
    """

    name: str
    arn: str
    settings: dict[str, Any]
    code: bytes
    tags: dict[str, str]
    modified: str
    ready_at: float
    updated_at: float = 0
    failure: tuple[str, str] | None = None
    update_failure: tuple[str, str] | None = None
    vpc: str = ""
    reserved: int | None = None
    revision: str = field(default_factory=lambda: str(uuid.uuid4()))
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)  # by their id
    policy_revision: str = ""
    stream: str = ""  # where its running environment logs
    idle_from: float = float("inf")  # when nobody has called it for so long that AWS takes back its interfaces

    @property
    def digest(self) -> str:
        """aws-reality 7.1 c."""
        return base64.b64encode(hashlib.sha256(self.code).digest()).decode()

    @property
    def subnets(self) -> list[str]:
        return list(self.settings["VpcConfig"]["SubnetIds"])

    @property
    def groups(self) -> list[str]:
        return list(self.settings["VpcConfig"]["SecurityGroupIds"])

    @property
    def log_group(self) -> str:
        return str(self.settings["LoggingConfig"]["LogGroup"])

    def state(self, now: float) -> str:
        """Pending, Active, Inactive or Failed."""
        if now < self.ready_at:
            return "Pending"
        return "Failed" if self.failure else "Inactive" if now >= self.idle_from else "Active"

    def wanted_at(self, view: View) -> None:
        """Somebody has made, changed or called it. With nothing to wait for it never falls asleep."""
        asleep = bool(view.speed) and bool(self.subnets)
        self.idle_from = view.now + view.seconds(IDLE_S) if asleep else float("inf")

    def updating(self, now: float) -> bool:
        return now < self.updated_at


def shelf(view: View) -> dict[str, Function]:
    """One region's functions, by name."""
    found: dict[str, Function] = vars(view.backend("lambda")).setdefault("shelf", {})
    return found


def kept(view: View) -> dict[str, Function]:
    """The same, without making anything where there is nothing."""
    backend = view.world.everything().get("lambda", {}).get(view.account, {}).get(view.region)
    found: dict[str, Function] = vars(backend).get("shelf", {}) if backend is not None else {}
    return found


def arn_of(view: View, name: str) -> str:
    return f"arn:aws:lambda:{view.region}:{view.account}:function:{name}"


def name_of(wanted: str) -> str:
    """The bare name in a name, an account and name, or an ARN, each with or without a version."""
    _, found, rest = f":{wanted}".rpartition(":function:")
    return (rest if found else wanted).partition(":")[0]


def missing(arn: str) -> Refused:
    return Refused("ResourceNotFoundException", f"Function not found: {arn}", 404)


def asked(call: Call, view: View) -> Function:
    """The function that a call means. Raises ``Refused``."""
    wanted = str(call.params["FunctionName"])
    _check_place(call, view, wanted)
    found = shelf(view).get(name_of(wanted))
    if found is None:
        raise missing(wanted if wanted.startswith("arn:") else arn_of(view, name_of(wanted)))
    version = _version(call, wanted)
    if version not in ("", "$LATEST"):
        raise missing(f"{found.arn}:{version}")
    return found


def _check_place(call: Call, view: View, wanted: str) -> None:
    """That an ARN is one of the caller's account and region."""
    if not wanted.startswith("arn:"):
        return
    region, account = wanted.split(":")[3:5]
    if region != view.region:
        raise Refused(
            "ResourceNotFoundException",
            f"Functions from '{region}' are not reachable in this region ('{view.region}')",
            404,
        )
    if account != view.account:
        action = f"lambda:{call.operation}"
        why = f"because no resource-based policy allows the {action} action"
        raise Refused("AccessDeniedException", f"You are not authorized to perform: {action} on {wanted} {why}", 403)


def _version(call: Call, wanted: str) -> str:
    rest = wanted.rpartition(":function:")[2]
    return str(call.params.get("Qualifier") or rest.partition(":")[2])


def tagged(call: Call, view: View) -> Function:
    """The function whose ARN a call about tags names. Raises ``Refused``."""
    arn = str(call.params["Resource"])
    found = shelf(view).get(name_of(arn))
    if found is None or found.arn != arn:
        raise missing(arn)
    return found


def unreserved(view: View) -> int:
    """What is left of the account's concurrency in the region for functions without a share of their own."""
    taken = sum(one.reserved or 0 for one in shelf(view).values())
    return view.quotas["lambda_concurrency"] - taken


def moment(view: View) -> str:
    """Now, as Lambda writes it."""
    return view.today.strftime("%Y-%m-%dT%H:%M:%S.") + f"{view.today.microsecond // 1000:03d}+0000"


def life(one: Function, now: float) -> dict[str, Any]:
    """aws-reality 7.1 b: state and last update, which only the answers about a single function hold."""
    state = one.state(now)
    if state == "Pending":
        return {"State": state, "StateReason": "The function is being created.", "StateReasonCode": "Creating"}
    if state == "Inactive":
        return {"State": state, "StateReason": "The function is idle.", "StateReasonCode": "Idle"}
    if state == "Failed" and one.failure:
        return {"State": state, "StateReasonCode": one.failure[0], "StateReason": one.failure[1]}
    if one.updating(now):
        reason = {
            "LastUpdateStatusReason": "The function is being created.",
            "LastUpdateStatusReasonCode": "Creating",
        }
        return {"State": state, "LastUpdateStatus": "InProgress"} | reason
    if one.update_failure:
        code, why = one.update_failure
        failed = {"LastUpdateStatusReasonCode": code, "LastUpdateStatusReason": why}
        return {"State": state, "LastUpdateStatus": "Failed"} | failed
    return {"State": state, "LastUpdateStatus": "Successful"}
