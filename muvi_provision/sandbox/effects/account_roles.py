"""What databases and caches do in an account they have never been in: they make their own role, and wait for it.

aws-reality 5.3 b. The first request that needs the role is refused until AWS has heard of it everywhere.
"""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox import linked_roles
from muvi_provision.sandbox.answers import Refused
from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.effects.registry import amend
from muvi_provision.sandbox.view import View

_DATABASES, _CACHES = "rds.amazonaws.com", "elasticache.amazonaws.com"


@amend("rds", ("CreateDBSubnetGroup", "CreateDBCluster", "CreateDBInstance", "CreateDBProxy"))
def databases(call: Call, view: View, params: dict[str, Any]) -> None:
    linked_roles.provide(view, _DATABASES)
    if call.operation != "CreateDBSubnetGroup" and not linked_roles.usable(view, _DATABASES):
        verify = "Verify that you have permission to create service linked role."
        again = "Otherwise wait and try again later"
        raise Refused("InvalidParameterValue", f"Unable to create the resource. {verify} {again}")


@amend("elasticache", ("CreateCacheSubnetGroup", "CreateReplicationGroup"))
def caches(call: Call, view: View, params: dict[str, Any]) -> None:
    linked_roles.provide(view, _CACHES)
    if call.operation != "CreateCacheSubnetGroup" and not linked_roles.usable(view, _CACHES):
        create = "(Recommended action) Please create new role using IAM API CreateServiceLinkedRole."
        message = f"This action cannot be completed due to insufficient permissions. {create}"
        raise Refused("ServiceLinkedRoleNotFoundFault", message)
