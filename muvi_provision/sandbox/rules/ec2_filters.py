"""The filters of EC2's listings."""

from __future__ import annotations

from muvi_provision.sandbox.call import Call
from muvi_provision.sandbox.rules.registry import rule
from muvi_provision.sandbox.view import View

_VALUES = 200
_LISTINGS = (
    *("DescribeVpcs", "DescribeSubnets", "DescribeInternetGateways", "DescribeAddresses", "DescribeNatGateways"),
    *("DescribeRouteTables", "DescribeVpcEndpoints", "DescribeSecurityGroups", "DescribeSecurityGroupRules"),
    *("DescribeNetworkInterfaces", "DescribeManagedPrefixLists", "DescribeTags"),
)


@rule("ec2", _LISTINGS, "FilterLimitExceeded", "a listing is filtered by 200 values at most", source="EC2 error list")
def too_many_values(call: Call, view: View) -> str | None:
    filters = (*call.params.get("Filters", ()), *call.params.get("Filter", ()))
    many = sum(len(one.get("Values", ())) for one in filters) > _VALUES
    return f"The maximum number of filter values specified on a single call is {_VALUES}" if many else None
