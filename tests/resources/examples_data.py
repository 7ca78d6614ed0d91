"""Examples of day 2's secrets, databases, proxies, caches, roles and parameters."""

from __future__ import annotations

import dataclasses
from typing import Any

from muvi_provision.day1_network.security_groups import SecurityGroup, SecurityGroupRule
from muvi_provision.day1_network.subnets import Subnet
from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.day2_data.aurora import AuroraCluster
from muvi_provision.day2_data.cache_groups import CacheParameterGroup, CacheSubnetGroup
from muvi_provision.day2_data.db_groups import ClusterParameterGroup, DbSubnetGroup
from muvi_provision.day2_data.instances import AuroraInstance
from muvi_provision.day2_data.parameters import Parameter
from muvi_provision.day2_data.proxies import DbProxy, ProxyEndpoint
from muvi_provision.day2_data.proxy_targets import ProxyTarget
from muvi_provision.day2_data.redis import ReplicationGroup
from muvi_provision.day2_data.roles import Role, policy_document
from muvi_provision.day2_data.secrets import Secret
from muvi_provision.resource import Handle, Unknown
from tests.resources.contract import REGION, Example
from tests.resources.examples_balancing import AUTHORITY, SIGNED


def at(address: str) -> Handle[Any]:
    """The handle of something that stands."""
    return Handle(address)


def piece(letter: str, cidr: str) -> Subnet:
    return Subnet(f"private-{letter}", vpc=at("vpc/main"), cidr=cidr, zone=f"{REGION}{letter}")


def policy(*secrets: Any) -> dict[str, Any]:
    return policy_document("database-proxies", secrets=secrets, region=REGION)


VPC = Vpc("main", cidr="10.240.0.0/16")
SUBNETS = (piece("a", "10.240.7.0/24"), piece("b", "10.240.8.0/24"), piece("c", "10.240.9.0/24"))
A, B, C = (at(subnet.address) for subnet in SUBNETS)
DATABASES = SecurityGroup("databases", vpc=at("vpc/main"), description="All databases")
PROXIES = SecurityGroup("proxies", vpc=at("vpc/main"), description="All database proxies")
GROUND = (VPC, *SUBNETS, DATABASES, PROXIES)
LET_IN = SecurityGroupRule(
    "databases:5432-from-proxies",
    group=at(DATABASES.address),
    direction="ingress",
    from_port=5432,
    to_port=5432,
    source=at(PROXIES.address),
)
LET_OUT = SecurityGroupRule(
    "proxies:5432-to-databases",
    group=at(PROXIES.address),
    direction="egress",
    from_port=5432,
    to_port=5432,
    source=at(DATABASES.address),
)

MASTER = Secret("main/rds", kind="database", of="main", description="Master user of the database main")
OTHER = Secret("other/rds", kind="database", of="main", description="Another one")
PASSWORD = Secret("gateway/jwt", kind="password", description="A password that was made up")
GIVEN = Secret("gateway/api-key", kind="given", description="key of the messaging service")
CERTIFICATE = Secret(
    "main/lb/certificate",
    kind="certificate",
    description="Certificate and private key of the service main",
    of="main.uat.microservices.internal",
    days=90,
    renew_days_before=30,
    **SIGNED,
)
MADE_BY_HAND = frozenset({"kept", "renewed", "authority_version"})

GROUP = DbSubnetGroup("main", subnets=(B, A), description="Private subnets, for databases")
SETTINGS = ClusterParameterGroup(
    "main",
    family="aurora-postgresql14",
    description="PostgreSQL settings of all databases",
    parameters={"shared_preload_libraries": "pg_stat_statements", "log_min_duration_statement": "1000"},
)
OTHER_SETTINGS = dataclasses.replace(SETTINGS, name="other")
CLUSTER = AuroraCluster(
    "main",
    subnet_group=at(GROUP.address),
    groups=(at(DATABASES.address),),
    database_name="main",
    version="14",
    parameter_group=at(SETTINGS.address),
    secret=at(MASTER.address),
    secret_version=Unknown(MASTER.address, "version"),  # type: ignore[arg-type]
    log_exports=frozenset({"postgresql"}),
)
MANAGED = AuroraCluster(
    "payment",
    subnet_group=at(GROUP.address),
    groups=(at(DATABASES.address),),
    database_name="payment",
    version="14.20",
    parameter_group="default.aurora-postgresql14",
)
WRITER = AuroraInstance(
    "main-writer", cluster=at(CLUSTER.address), instance_class="db.t4g.medium", version="14", tier=0
)
READER = dataclasses.replace(WRITER, name="main-reader", tier=1, writer=at(WRITER.address))
STORAGE = (*GROUND, MASTER, OTHER, GROUP, SETTINGS, OTHER_SETTINGS)
RUNNING = (*STORAGE, CLUSTER, WRITER, READER)

READ_MASTER = policy(Unknown(MASTER.address, "arn"))
ROLE = Role("database-proxies", trust="rds.amazonaws.com", policy=READ_MASTER, purpose="What database proxies may do")
OTHER_ROLE = dataclasses.replace(ROLE, name="other", policy=policy(Unknown(OTHER.address, "arn")))
ECS_TASKS = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
PROXY = DbProxy(
    "main",
    role=at(ROLE.address),
    role_arn=Unknown(ROLE.address, "arn"),  # type: ignore[arg-type]
    secret_arn=Unknown(MASTER.address, "arn"),  # type: ignore[arg-type]
    subnets=(B, A),
    groups=(at(PROXIES.address),),
    max_percent=90,
    idle_percent=50,
    borrow_s=120,
    idle_client_s=1800,
    vcpus=4,
)
TARGET = ProxyTarget(
    "main", proxy=at(PROXY.address), cluster=at(CLUSTER.address), machines=(at(WRITER.address), at(READER.address))
)
BEHIND = (*RUNNING, LET_IN, LET_OUT, ROLE, OTHER_ROLE)

CACHE_GROUP = CacheSubnetGroup("main", subnets=(B, A), description="Private subnets, for caches")
QUEUES = CacheParameterGroup(
    "queues",
    family="redis7",
    description="Redis settings of caches that hold a queue",
    parameters={"maxmemory-policy": "noeviction"},
)
CACHE = ReplicationGroup(
    "main",
    subnet_group=at(CACHE_GROUP.address),
    groups=(at(DATABASES.address),),
    parameter_group=at(QUEUES.address),
    description="seat locks and booking queues",
    node_type="cache.t3.micro",
    version="7.0",
    transit_encryption=True,
)

EXAMPLES: list[Example] = [
    Example(MASTER, (), {"description": "of the main database"}),
    Example(PASSWORD, (), {"description": "signs sessions"}, unseen=MADE_BY_HAND),
    Example(GIVEN, (), {"description": "key of the mail service"}, empty=frozenset({"version", "value_from"})),
    Example(CERTIFICATE, (AUTHORITY,), {"of": "ticket.uat.microservices.internal"}),
    Example(GROUP, GROUND, {"subnets": (A, B, C), "description": "Subnets without a way in"}),
    Example(SETTINGS, (), {"parameters": {"log_min_duration_statement": "500", "jit": "0"}}),
    Example(
        CLUSTER,
        STORAGE,
        {
            "groups": (at(DATABASES.address), at(PROXIES.address)),
            "parameter_group": at(OTHER_SETTINGS.address),
            "secret_version": {"secret": at(OTHER.address), "secret_version": Unknown(OTHER.address, "version")},
            "protected": True,
            "backup_days": 7,
            "log_exports": frozenset({"iam-db-auth-error"}),
        },
        unseen=frozenset({"version"}),  # AWS takes no version back: tests/unit/day2_data
        empty=frozenset({"secret_arn"}),
    ),
    Example(MANAGED, (*GROUND, GROUP), {"backup_days": 3}),
    Example(
        WRITER,
        (*STORAGE, CLUSTER),
        {
            "instance_class": "db.r6g.large",
            "tier": 2,
            "upgrades_itself": False,
            "authority": "rds-ca-rsa4096-g1",
            "public": True,
        },
    ),
    Example(READER, (*STORAGE, CLUSTER, WRITER), {"tier": 3}),
    Example(
        ROLE,
        (MASTER, OTHER),
        {
            "trust": ("rds.amazonaws.com", "ecs-tasks.amazonaws.com"),
            "policy": policy(Unknown(OTHER.address, "arn")),
            "managed": (ECS_TASKS,),
        },
    ),
    Example(Role("bare", trust=("ecs-tasks.amazonaws.com",)), (), {"policy": policy("arn:aws:secretsmanager:*:*:*")}),
    Example(
        PROXY,
        BEHIND,
        {
            "secret_arn": Unknown(OTHER.address, "arn"),
            "role_arn": {"role": at(OTHER_ROLE.address), "role_arn": Unknown(OTHER_ROLE.address, "arn")},
            "groups": (at(DATABASES.address),),
            "requires_tls": False,
            "idle_client_s": 600,
            "max_percent": 80,
            "idle_percent": 20,
            "borrow_s": 60,
        },
    ),
    Example(TARGET, (*BEHIND, PROXY)),
    Example(
        ProxyEndpoint("main-read", proxy=at(PROXY.address), subnets=(B, A), groups=(at(PROXIES.address),)),
        (*BEHIND, PROXY),
        {"groups": (at(DATABASES.address), at(PROXIES.address))},
    ),
    Example(CACHE_GROUP, GROUND, {"subnets": (A, B, C), "description": "Subnets without a way in"}),
    Example(QUEUES, (), {"parameters": {"maxmemory-policy": "noeviction", "timeout": "300"}}),
    Example(
        CACHE,
        (*GROUND, CACHE_GROUP, QUEUES),
        {
            "description": "seat locks",
            "node_type": "cache.t3.small",
            "parameter_group": "default.redis7",
            "groups": (at(PROXIES.address),),
            "replicas": {"replicas": 1, "failover": True},
            "failover": {"replicas": 2, "failover": True},
        },
        unseen=frozenset({"version"}),  # nor is there a way back to an older Redis
    ),
    Example(Parameter("databases/main/DB_WRITE_HOST", value="main.example"), (), {"value": "other.example"},
            unseen=frozenset({"type"})),
]  # fmt: skip
