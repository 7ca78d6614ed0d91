"""What bears this environment's name and nothing recorded explains: listed by each service itself, so it is there.

It may be ours without tags, AWS's own (log groups it makes by itself, alarms of automatic scaling), or somebody else's:
it is shown with the command that deletes it, and never deleted by this program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from muvi_provision.aws.patience import AWS_ERRORS
from muvi_provision.aws.translation import is_fatal, translated

if TYPE_CHECKING:
    from muvi_provision.aws.clients import Aws
    from muvi_provision.cli.session import Session

_ENDS = ("Arn", "arn", "ARN", "Id")
BEFORE_LOGS = (
    "/ecs/{env}/", "/aws/lambda/{env}-", "/aws/codebuild/{env}-", "/aws/codepipeline/{env}-",
    "/aws/ecs/containerinsights/{env}-", "/aws/rds/cluster/{env}-", "/aws/rds/proxy/{env}-",
    "/aws/vendedlogs/states/{env}-",
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """One object: what it is, its name, where, what it costs if forgotten, and the AWS CLI's command to delete it."""

    what: str
    name: str
    region: str
    cost: str
    delete: str


@dataclass(frozen=True)
class Sort:
    """One listing: service, operation, where the items are, the field with the name, how such names begin.

    asked: more parameters; ``{env}`` stands for the environment. delete: the command, ``{name}`` standing for the name.
    """

    what: str
    service: str
    operation: str
    items: str
    name: str
    begins: str
    cost: str
    delete: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    keep: Callable[[Mapping[str, Any], str], bool] = lambda raw, env: True  # noqa: ARG005
    worldwide: bool = False


def _of_this_account(raw: Mapping[str, Any], env: str) -> bool:
    """Ours end in the account's twelve digits."""
    ending = str(raw["Name"]).rpartition("-")[2]
    return str(raw["Name"]).startswith(f"{env}-") and len(ending) == 12 and ending.isdecimal()


def _is_marked(raw: Mapping[str, Any], env: str) -> bool:
    from muvi_provision.day4_edge.ownership import marked
    from muvi_provision.naming import ENVIRONMENT

    return marked(str(raw.get("Description", ""))).get(ENVIRONMENT) == env


NOTHING, BY_GB = "nothing by itself", "0.03 USD a GB and month"
SORTS = (
    *(
        Sort(
            "log group", "logs", "describe_log_groups", "logGroups", "logGroupName", begins, BY_GB,
            "aws logs delete-log-group --log-group-name {name}", {"logGroupNamePrefix": begins},
        )
        for begins in BEFORE_LOGS
    ),
    Sort(
        "dashboard", "cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName", "{env}-",
        "3 USD a month beyond the third", "aws cloudwatch delete-dashboards --dashboard-names {name}",
        {"DashboardNamePrefix": "{env}-"},
    ),
    Sort(
        "alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName", "{env}-", "0.10 USD a month",
        "aws cloudwatch delete-alarms --alarm-names {name}", {"AlarmNamePrefix": "{env}-"},
    ),
    Sort(
        "alarm of automatic scaling", "cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName",
        "TargetTracking-service/{env}-", "0.10 USD a month", "aws cloudwatch delete-alarms --alarm-names {name}",
        {"AlarmNamePrefix": "TargetTracking-service/{env}-"},
    ),
    Sort(
        "metric filter", "logs", "describe_metric_filters", "metricFilters", "filterName", "{env}-", NOTHING,
        "aws logs delete-metric-filter --filter-name {name} --log-group-name {logGroupName}",
    ),
    Sort(
        "scalable target", "application-autoscaling", "describe_scalable_targets", "ScalableTargets", "ResourceId",
        "service/{env}-", NOTHING,
        "aws application-autoscaling deregister-scalable-target --service-namespace ecs "
        "--scalable-dimension ecs:service:DesiredCount --resource-id {name}", {"ServiceNamespace": "ecs"},
    ),
    Sort(
        "rule", "events", "list_rules", "Rules", "Name", "{env}-", NOTHING, "aws events delete-rule --name {name}",
        {"NamePrefix": "{env}-"},
    ),
    Sort(
        "function", "lambda", "list_functions", "Functions", "FunctionName", "{env}-", "nothing while nobody calls it",
        "aws lambda delete-function --function-name {name}",
    ),
    Sort(
        "role", "iam", "list_roles", "Roles", "RoleName", "{env}-", NOTHING, "aws iam delete-role --role-name {name}",
        {"PathPrefix": "/muvi/{env}/"},
    ),
    Sort(
        "bucket", "s3", "list_buckets", "Buckets", "Name", "{env}-", "0.023 USD a GB and month",
        "aws s3 rb s3://{name} --force", keep=_of_this_account,
    ),
    Sort(
        "repository", "ecr", "describe_repositories", "repositories", "repositoryName", "{env}-",
        "0.10 USD a GB and month", "aws ecr delete-repository --force --repository-name {name}",
    ),
    Sort(
        "secret", "secretsmanager", "list_secrets", "SecretList", "Name", "{env}/", "0.40 USD a month",
        "aws secretsmanager delete-secret --secret-id {name}", {"Filters": [{"Key": "name", "Values": ["{env}/"]}]},
    ),
    Sort(
        "database cluster", "rds", "describe_db_clusters", "DBClusters", "DBClusterIdentifier", "{env}-",
        "about 60 to 200 USD a month for each machine in it",
        "aws rds delete-db-cluster --skip-final-snapshot --db-cluster-identifier {name}",
    ),
    Sort(
        "snapshot", "rds", "describe_db_cluster_snapshots", "DBClusterSnapshots", "DBClusterSnapshotIdentifier",
        "{env}-", "0.02 USD a GB and month",
        "aws rds delete-db-cluster-snapshot --db-cluster-snapshot-identifier {name}", {"SnapshotType": "manual"},
    ),
    Sort(
        "Redis cluster", "elasticache", "describe_replication_groups", "ReplicationGroups", "ReplicationGroupId",
        "{env}-", "12 to 25 USD a month for a small node",
        "aws elasticache delete-replication-group --replication-group-id {name}",
    ),
    Sort(
        "load balancer", "elbv2", "describe_load_balancers", "LoadBalancers", "LoadBalancerName", "{env}-",
        "17 to 22 USD a month, and its addresses",
        "aws elbv2 delete-load-balancer --load-balancer-arn {LoadBalancerArn}",
    ),
    Sort(
        "origin access control", "cloudfront", "list_origin_access_controls", "OriginAccessControlList.Items", "Name",
        "{env}-", NOTHING, "aws cloudfront delete-origin-access-control --id {Id}", worldwide=True,
        keep=_is_marked,
    ),
)  # fmt: skip


def named(session: Session, told: Iterable[str]) -> tuple[list[Named], dict[str, str]]:
    """What nothing recorded explains, and the listings that could not be had, with the reason.

    told: ids and ARNs of what is shown already. Raises NotSignedIn.
    """
    known = _known(session) | set(told)
    found, lost = list[Named](), dict[str, str]()
    site = session.site()
    aws = site.aws.seen_from(site.moment())
    for sort in SORTS:
        try:
            found += _of(aws, sort, known)
        except AWS_ERRORS as error:
            reason = translated(error, sort.what)
            if is_fatal(reason):
                raise reason from error
            lost.setdefault(f"{sort.what}s", reason.what)
    return found, lost


def _known(session: Session) -> set[str]:
    """Every id and output that is recorded, and what an ARN among them ends in."""
    values = {str(text) for record in session.state.records() for text in record.values().values() if text}
    return values | {text.rpartition("/")[2] for text in values} | {text.rpartition(":")[2] for text in values}


def _of(aws: Aws, sort: Sort, known: set[str]) -> Iterator[Named]:
    env = aws.ownership.env
    view = aws.worldwide if sort.worldwide else aws
    asked = {name: _filled(value, env) for name, value in sort.asked.items()}
    for raw in view.listing(sort.service, sort.operation, sort.items, **asked):
        name = str((raw or {}).get(sort.name, ""))
        if not name.startswith(sort.begins.format(env=env)) or not sort.keep(raw, env):
            continue
        if known.isdisjoint({name, *_marks(raw)}) and not _goes_along(name, known):
            yield Named(sort.what, name, view.region, sort.cost, sort.delete.format(name=name, **_plain(raw)))


def _filled(value: Any, env: str) -> Any:
    """The parameter with the environment's name in it."""
    match value:
        case str():
            return value.format(env=env)
        case Mapping():
            return {key: _filled(item, env) for key, item in value.items()}
        case list():
            return [_filled(item, env) for item in value]
    return value


def _marks(raw: Mapping[str, Any]) -> set[str]:
    """Its id and ARN, however the service calls them."""
    return {text.removesuffix(":*") for key, text in raw.items() if isinstance(text, str) and key.endswith(_ENDS)}


def _goes_along(name: str, known: set[str]) -> bool:
    """Whether it belongs to something recorded: an alarm of its scaling, a log group of its own name."""
    parts = {name.rpartition("/")[2], name.rpartition(":")[2], *name.split("/")}
    if name.startswith(("TargetTracking-", "/aws/codebuild/", "/aws/ecs/containerinsights/", "/aws/rds/")):
        return any(part in known or part.partition("-Alarm")[0] in known for part in parts if part)
    return False


def _plain(raw: Mapping[str, Any]) -> dict[str, str]:
    return {key: text for key, text in raw.items() if isinstance(text, str) and key != "name"}
