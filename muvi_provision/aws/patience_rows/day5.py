"""Day 5."""

from __future__ import annotations

from muvi_provision.aws.patience_rows.row import Patience

ROLES = "a new role is known to other services some seconds after IAM has it"
_ROLE = "a new role is known to Lambda some seconds after IAM has it"
_VALUE = "InvalidParameterValueException"
_BUSY = "the last change of the function is still going on"

# Only what an object we have just made can cause; the limits are those of aws-reality 1.6 and 7.1 e to 7.10 e.
CREATING: tuple[Patience, ...] = (
    Patience("*Function*", _VALUE, "cannot be assumed by Lambda", 300, _ROLE),
    Patience("*Function*", _VALUE, "does not have permissions to call", 300, _ROLE),
    Patience("*Function*", _VALUE, "because the KMS key", 300, _ROLE),
    Patience("*Function*", _VALUE, ".NotFound", 120, "a new subnet or group is not yet visible to Lambda"),
    Patience("*Function*", _VALUE, "throttled by EC2", 540, "EC2 is asked too often for interfaces", lasting=True),
    Patience("*", "ResourceConflictException", "cannot be performed at this time", 300, _BUSY, 30, lasting=True),
    Patience("AddPermission", "ResourceNotFoundException", "", 120, "a new function is not yet visible everywhere"),
    Patience("PutTargets", "ResourceNotFoundException", "", 120, "a new rule is not yet visible to its targets"),
    Patience("PutTargets", "ValidationException", "cannot be assumed", 300, ROLES),
    Patience(
        "*ScalableTarget", "ValidationException", "service doesn't exist", 120, "a new service is not yet visible"
    ),
    Patience("*ScalableTarget", "ValidationException", "assume IAM role", 120, ROLES),
    Patience("PutScalingPolicy", "ObjectNotFoundException", "", 120, "new bounds are not yet visible to what scales"),
    Patience("PutScalingPolicy", "FailedResourceAccessException", "", 120, "CloudWatch is asked for alarms too fast"),
    Patience("*", "ConcurrentUpdateException", "", 120, "another change of the same service's scaling is under way"),
    Patience("*StateMachine", "AccessDeniedException", "assume", 300, ROLES),
    Patience(
        "CreateStateMachine", "StateMachineDeleting", "", 300, "the one of that name from before ends", 20, lasting=True
    ),
    Patience("*Pipeline", "InvalidStructureException", "AssumeRole", 120, ROLES),
    Patience("*Project", "InvalidInputException", "sts:AssumeRole", 300, ROLES),
    Patience("CreateOpenIDConnectProvider", "OpenIdIdpCommunicationError", "", 120, "IAM does not reach GitHub"),
)

# While these are answered the object stands on something that is still being taken away: limits of aws-reality 8.3.
DELETING: tuple[Patience, ...] = (
    Patience("DeleteFunction", "ResourceConflictException", "", 600, "it is still being taken out of the network", 30),
    Patience("DeleteRule", "ValidationException", "has targets", 300, "its last target is still being let go of", 5),
    Patience("*", "ConcurrentModificationException", "", 120, "another change of the same object is under way", 5),
    Patience("*", "ConcurrentUpdateException", "", 120, "another change of the same service's scaling is under way", 5),
)
