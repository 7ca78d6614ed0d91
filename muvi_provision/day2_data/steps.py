"""Day 2: secrets, databases and caches. Each function is one heading of ``runbook/day2-data.md``."""

from __future__ import annotations

from muvi_provision.day1_network import chain, subnets
from muvi_provision.day1_network.authority import CertificateAuthority
from muvi_provision.day1_network.security_groups import SecurityGroup, SecurityGroupRule
from muvi_provision.day2_data import placeholders, plans, settings
from muvi_provision.day2_data.assurances import keeps_all, shut_in
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
from muvi_provision.engine.stack import Stack, Step, step

TITLE = "Data"


@step("2.1", "Secrets", needs=["1.10"])
def secrets(stack: Stack) -> None:
    """Passwords and certificates that are made up in memory, and empty places for what only you can give."""
    environment, authority = stack.environment, stack.get(CertificateAuthority, "internal")
    for name, plan in environment.secrets.items():
        stack.ensure(
            Secret(
                name,
                kind=plan.kind,
                description=plans.description(plan),
                of=plans.subject(environment, plan),
                **plans.signing(environment, plan, authority),
            )
        )
    given = plans.given(environment)
    if given:
        stack.gate(
            "secrets",
            satisfied=placeholders.filled(given),
            instructions=placeholders.how_to_fill(given),
            needs=[stack.get(Secret, name) for name in given],
            lasting=False,
        )


@step("2.2", "Database groups", needs=["1.2"])
def database_groups(stack: Stack) -> None:
    """Where databases may stand, and what differs from AWS's own settings."""
    environment = stack.environment
    if environment.databases:
        inside = subnets.of_tier(stack, "private")
        stack.ensure(DbSubnetGroup("main", subnets=inside, description="Private subnets, for databases"))
    if environment.databases and environment.aurora.parameters:
        stack.ensure(
            ClusterParameterGroup(
                "main",
                family=plans.database_family(environment),
                description="PostgreSQL settings of all databases",
                parameters=environment.aurora.parameters,
            )
        )


@step("2.3", "Aurora clusters", needs=["1.8", "2.1", "2.2"])
def aurora_clusters(stack: Stack) -> None:
    """A database for each service that keeps records: its storage, its names and its master user."""
    environment, aurora = stack.environment, stack.environment.aurora
    for name in environment.databases:
        secret, default = plans.master_secret(environment, name), plans.default_database_settings(environment)
        stack.ensure(
            AuroraCluster(
                name,
                subnet_group=stack.get(DbSubnetGroup, "main"),
                groups=(stack.get(SecurityGroup, chain.database(environment, name)),),
                database_name=plans.database_name(name),
                version=aurora.version,
                parameter_group=stack.get(ClusterParameterGroup, "main") if aurora.parameters else default,
                secret=secret,
                secret_version=plans.master_version(secret),
                protected=aurora.protected,
                backup_days=aurora.backup_days,
                log_exports=plans.exported_logs(environment),
            )
        )


@step("2.4", "Aurora instances", needs=["2.3"])
def aurora_instances(stack: Stack) -> None:
    """The machines: one that writes in each cluster, and readers where the environment wants them."""
    environment, made = stack.environment, []
    for plan in plans.machines(environment):
        machine = AuroraInstance(
            plan.name,
            cluster=stack.get(AuroraCluster, plan.cluster),
            instance_class=plan.instance_class,
            version=environment.aurora.version,
            tier=plan.tier,
            writer=stack.get(AuroraInstance, plan.writer) if plan.writer else None,
            upgrades_itself=plans.upgrades_itself(environment),
            also=plan.also,
        )
        made.append(stack.ensure(machine))
    databases = [stack.get(AuroraCluster, name) for name in environment.databases]
    stack.check(
        "every database takes connections only inside the network and is encrypted",
        shut_in(databases, made),
        needs=[*databases, *made],
    )


@step("2.5", "Database proxies", needs=["2.4"])
def database_proxies(stack: Stack) -> None:
    """Doors that share few connections among many clients, where the environment wants them."""
    environment, inside = stack.environment, subnets.of_tier(stack, "private")
    if environment.proxies:
        policy = policy_document("database-proxies", secrets=plans.master_arns(environment), region=environment.region)
        stack.ensure(Role("database-proxies", trust="rds.amazonaws.com", policy=policy))
    for name in environment.proxies:
        role, groups = stack.get(Role, "database-proxies"), (stack.get(SecurityGroup, chain.PROXIES),)
        proxy = DbProxy(
            name,
            role=role,
            role_arn=role.arn,
            secret_arn=plans.master_arn(environment, name),
            subnets=inside,
            groups=groups,
            vcpus=plans.vcpus(environment, name),
            **plans.pool(environment),
        )
        door, cluster = stack.ensure(proxy), stack.get(AuroraCluster, name)
        machines = tuple(stack.get(AuroraInstance, plan.name) for plan in plans.machines_of(environment, name))
        roads = [stack.get(SecurityGroupRule, rule) for rule in plans.roads(environment, name)]
        stack.ensure(ProxyTarget(name, proxy=door, cluster=cluster, machines=machines), after=roads)
        stack.ensure(ProxyEndpoint(plans.endpoint_name(name), proxy=door, subnets=inside, groups=groups))


@step("2.6", "Redis", needs=["1.2", "1.8"])
def redis(stack: Stack) -> None:
    """Memory that services share: locks, sessions and queues, each in a cache of its own or in three."""
    environment, inside = stack.environment, subnets.of_tier(stack, "private")
    if environment.caches:
        stack.ensure(CacheSubnetGroup("main", subnets=inside, description="Private subnets, for caches"))
    if plans.has_queue(environment):
        family, said = plans.cache_family(environment), "Redis settings of caches that hold a queue"
        stack.ensure(CacheParameterGroup("queues", family=family, description=said, parameters=plans.NO_EVICTION))
    for name, plan in environment.cache_clusters.items():
        own = stack.get(CacheParameterGroup, "queues") if plan.queue else plans.default_cache_settings(environment)
        cache = ReplicationGroup(
            name,
            subnet_group=stack.get(CacheSubnetGroup, "main"),
            groups=(stack.get(SecurityGroup, chain.cache(environment, name)),),
            parameter_group=own,
            description=plans.cache_description(name, plan.purpose),
            node_type=plan.node_type,
            **plans.redis(environment),
        )
        stack.ensure(cache)
    queues = [stack.get(ReplicationGroup, name) for name, plan in environment.cache_clusters.items() if plan.queue]
    stack.check("no cache that holds a queue throws anything out", keeps_all(queues), needs=queues)


@step("2.7", "Parameters", needs=["2.5", "2.6"])
def parameters(stack: Stack) -> None:
    """The names under which everything answers, for whoever in the account may read them."""
    for plan in settings.parameters(stack.environment):
        stack.ensure(Parameter(plan.name, value=plan.value))


STEPS: tuple[Step, ...] = (
    secrets,
    database_groups,
    aurora_clusters,
    aurora_instances,
    database_proxies,
    redis,
    parameters,
)
