"""Day 1, and what holds for every service."""

from __future__ import annotations

from muvi_provision.aws.patience_rows.row import Patience

# Only what an object we have just made can cause; the limits are those of aws-reality.md 1.6.
CREATING = (
    Patience("*", "Invalid*.NotFound", "", 300, "EC2 shows a new object to all its servers only after a moment"),
    Patience("*", "NatGatewayNotFound", "", 300, "a new NAT gateway is not yet visible to routes"),
    Patience("CreateRoute", "InvalidParameterException", "nat", 300, "the same, in other words"),
    Patience(
        "CreateRoute", "InvalidGatewayID.NotFound", "", 300, "a new internet gateway is not yet visible to routes"
    ),
    Patience("CreateListener", "CertificateNotFound", "", 300, "an imported certificate reaches load balancers later"),
    Patience("ModifyListener", "CertificateNotFound", "", 300, "an imported certificate reaches load balancers later"),
    Patience("*", "SubnetNotFound", "", 120, "a new subnet is not yet visible to load balancers"),
    Patience("*", "InvalidSecurityGroup", "", 120, "a new security group is not yet visible to load balancers"),
    Patience("*", "TargetGroupNotFound", "", 120, "a new target group is not yet visible to listeners"),
    Patience("*", "LoadBalancerNotFound", "", 120, "a new load balancer is not yet visible to listeners"),
    Patience("*Secret*", "ResourceNotFoundException", "", 120, "a new secret is not yet visible to its readers"),
    Patience("TagResource", "ResourceNotFoundException", "", 120, "a new secret is not yet visible to its readers"),
    Patience(
        "CreateSecret",
        "InvalidRequestException",
        "scheduled for deletion",
        120,
        "a forced deletion ends after a moment",
        lasting=True,
    ),
    Patience("CreateVpcEndpoint", "InvalidParameter", "enableDnsSupport", 60, "DNS attributes of a new VPC settle"),
    Patience("CreateLoadBalancer", "InvalidSubnet", "internet gateway", 60, "a new attachment is not yet visible"),
    Patience("*", "OperationAborted*", "", 120, "another change of the same object is under way"),
    Patience("*", "ConcurrentModification*", "", 120, "another change of the same object is under way"),
)

# While these are answered the object stands on something that is still being taken away: limits of aws-reality.md 8.3.
LINGERING = "network interfaces outlive what they belonged to"
DELETING = (
    Patience("DeleteVpc", "DependencyViolation", "", 600, "what stood in it is still going", 30),
    Patience("DeleteSecurityGroup", "DependencyViolation", "", 1200, LINGERING, 120),
    Patience("*", "DependencyViolation", "", 1500, LINGERING, 120),
    Patience("*", "InvalidIPAddress.InUse", "", 1800, "an address is free only once its NAT gateway is gone", 55),
    Patience("ReleaseAddress", "AuthFailure", "", 600, "an address that is mapped, or gone, answers so", 55, look=True),
    Patience("*", "ResourceInUse*", "", 1500, "a load balancer lets go of it after a moment"),
    Patience("*", "IncorrectState", "", 600, "it is still being made"),
    Patience("*", "OperationNotPermitted", "in progress", 300, "it is still being made"),
)
