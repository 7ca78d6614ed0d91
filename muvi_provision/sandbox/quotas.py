"""A new account's limits (aws-reality 10). Names are ours; ``Cloud(quotas=...)`` changes them."""

from __future__ import annotations

DEFAULTS: dict[str, int] = {
    "vpcs": 5,
    "internet_gateways": 5,
    "nat_gateways_per_zone": 5,
    "elastic_ips": 5,
    "subnets_per_vpc": 200,
    "route_tables_per_vpc": 200,
    "routes_per_table": 50,
    "security_groups": 2500,
    "rules_per_security_group": 60,
    "gateway_endpoints": 20,
    "interface_endpoints_per_vpc": 50,
    "load_balancers": 50,
    "listeners_per_load_balancer": 50,
    "target_groups": 3000,
}

# what Service Quotas knows them as: (service, quota code) -> our name, AWS's name
CODES: dict[tuple[str, str], tuple[str, str]] = {
    ("vpc", "L-F678F1CE"): ("vpcs", "VPCs per Region"),
    ("vpc", "L-A4707A72"): ("internet_gateways", "Internet gateways per Region"),
    ("vpc", "L-FE5A380F"): ("nat_gateways_per_zone", "NAT gateways per Availability Zone"),
    ("ec2", "L-0263D0A3"): ("elastic_ips", "EC2-VPC Elastic IPs"),
    ("vpc", "L-407747CB"): ("subnets_per_vpc", "Subnets per VPC"),
    ("vpc", "L-589F43AA"): ("route_tables_per_vpc", "Route tables per VPC"),
    ("vpc", "L-93826ACB"): ("routes_per_table", "Routes per route table"),
    ("vpc", "L-E79EC296"): ("security_groups", "VPC security groups per Region"),
    ("vpc", "L-0EA8095F"): ("rules_per_security_group", "Inbound or outbound rules per security group"),
    ("vpc", "L-1B52E74A"): ("gateway_endpoints", "Gateway VPC endpoints per Region"),
    ("elasticloadbalancing", "L-53DA6B97"): ("load_balancers", "Application Load Balancers per Region"),
    ("elasticloadbalancing", "L-B6DF7632"): ("listeners_per_load_balancer", "Listeners per Application Load Balancer"),
    ("elasticloadbalancing", "L-B22855CB"): ("target_groups", "Target Groups per Region"),
}
