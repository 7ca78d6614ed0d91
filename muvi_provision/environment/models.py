"""The environment: everything that differs between one stack and another."""

from __future__ import annotations

from pydantic import Field, field_validator

from muvi_provision.environment.caches import Cache, Redis, clusters
from muvi_provision.environment.compute import Cluster, Deployment, Discovery, Images, Logs
from muvi_provision.environment.databases import Aurora, Database, ProxyPool
from muvi_provision.environment.edge import Bucket, Distribution, FirewallRule, Flow
from muvi_provision.environment.names import (
    AccountId,
    DomainName,
    EnvironmentName,
    InternalDomain,
    MemberName,
    Region,
    ServiceName,
)
from muvi_provision.environment.network import (
    NatPlan,
    Network,
    RouteTablePlan,
    SubnetPlan,
    nat_plans,
    route_table_plans,
    subnet_plans,
)
from muvi_provision.environment.safety import Certificates, Production, SecurityGroups
from muvi_provision.environment.secrets import Secret, SecretName
from muvi_provision.environment.section import Section
from muvi_provision.environment.serverless import (
    Alarms,
    Function,
    FunctionName,
    FunctionSource,
    GitHub,
    Pipeline,
    Workflow,
)
from muvi_provision.environment.services import LoadBalancer, Service


class Environment(Section):
    """One stack as its file describes it. Get one from ``load``, which also checks how the parts fit together."""

    name: EnvironmentName = Field(description="What the environment is called; everything made bears it first.")
    region: Region = Field(description="The AWS region (a city or country with data centres) to build in.")
    domain: DomainName = Field(description="The public domain name; the website, api and media live under it.")
    internal_domain: InternalDomain = Field(
        description="The domain name services use among themselves; it exists only inside the network."
    )
    account: AccountId | None = Field(
        default=None, description="The only AWS account this may be built in, twelve digits in quotes."
    )
    production: Production = Field(description="What no command may ever touch.")
    network: Network = Field(description="The private network everything stands in.")
    security_groups: SecurityGroups = Field(
        default=SecurityGroups(), description="How finely the firewalls of databases and caches are cut."
    )
    certificates: Certificates = Field(
        default=Certificates(), description="How long the certificates for internal names live."
    )
    load_balancers: dict[MemberName, LoadBalancer] = Field(
        default={}, description="The load balancers by name; each passes requests to healthy containers."
    )
    services: dict[ServiceName, Service] = Field(
        default={}, description="The services by name; each is an image kept running in some copies."
    )
    aurora: Aurora = Field(default=Aurora(), description="What all databases have in common.")
    databases: dict[MemberName, Database] = Field(
        default={}, description="The Aurora PostgreSQL databases by name; each service owns its own."
    )
    proxies: tuple[str, ...] = Field(
        default=(), description="The databases reached through a proxy that shares connections, billed by the hour."
    )
    proxy_pool: ProxyPool = Field(default=ProxyPool(), description="How those proxies share connections.")
    redis: Redis = Field(default=Redis(), description="What all caches have in common.")
    caches: dict[MemberName, Cache] = Field(
        default={}, description="The Redis caches by name, for what lives seconds or minutes."
    )
    secrets: dict[SecretName, Secret] = Field(
        default={}, description="The secrets by name; each is one entry of Secrets Manager, billed by the month."
    )
    parameters: bool = Field(
        default=True, description="Whether addresses and settings are also written to the Parameter Store."
    )
    images: Images = Field(default=Images(), description="The container images and how they are kept.")
    logs: Logs = Field(default=Logs(), description="What services write, and how long it is kept.")
    cluster: Cluster = Field(default=Cluster(), description="The ECS cluster all services run in.")
    deployment: Deployment = Field(
        default=Deployment(), description="How a new version of a service takes the place of an old one."
    )
    discovery: Discovery = Field(
        default=Discovery(), description="Names by which services find one another without a load balancer."
    )
    buckets: dict[MemberName, Bucket] = Field(default={}, description="The places for files, by name.")
    firewall: dict[MemberName, FirewallRule] = Field(
        default={}, description="The firewall's rules by name, in the order in which they are asked; none without any."
    )
    distributions: dict[MemberName, Distribution] = Field(
        default={}, description="CloudFront's distributions by name: what the world sees of the stack."
    )
    smoke: dict[MemberName, Flow] = Field(default={}, description="What must work from outside when all is built.")
    functions: dict[FunctionName, Function] = Field(
        default={}, description="The functions by name, each with its code, its schedule and its databases."
    )
    function_source: FunctionSource | None = Field(
        default=None, description="Where the functions' code is copied from, if it is."
    )
    timezone: str = Field(default="UTC", description="The zone in which times are shown beside UTC, as in Asia/Dubai.")
    alarms: Alarms = Field(default=Alarms(), description="What is watched, and the page that shows it.")
    workflow: Workflow | None = Field(default=None, description="The busy hours and the quiet ones, if they differ.")
    pipelines: dict[ServiceName, Pipeline] = Field(
        default={}, description="The services that CodePipeline builds and rolls out, by name."
    )
    github: GitHub | None = Field(default=None, description="The repository whose GitHub Actions deploy, if any.")

    @field_validator("services", mode="after")
    @classmethod
    def _own_images(cls, services: dict[str, Service]) -> dict[str, Service]:
        return {
            name: service if service.image else service.model_copy(update={"image": name})
            for name, service in services.items()
        }

    @property
    def cache_clusters(self) -> dict[str, Cache]:
        """The Redis clusters by name: one a cache, or the shared ones."""
        return clusters(self.caches, self.redis.layout)

    @property
    def repositories(self) -> tuple[str, ...]:
        """The image repositories, each once, in the order of the services."""
        return tuple(dict.fromkeys(service.image for service in self.services.values()))

    @property
    def subnets(self) -> tuple[SubnetPlan, ...]:
        """Public, app, private; by zone within each tier."""
        return subnet_plans(self.network, self.region)

    @property
    def nat_gateways(self) -> tuple[NatPlan, ...]:
        """One, or one a zone."""
        return nat_plans(self.network)

    @property
    def route_tables(self) -> tuple[RouteTablePlan, ...]:
        """``public``, then ``app`` (or one a zone when each has its NAT gateway), then ``private``."""
        return route_table_plans(self.network)
