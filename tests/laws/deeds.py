"""What people change by hand on days 4 and 5 where it takes more than one call: read, altered and written."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import boto3

from muvi_provision.sandbox.transport import InProcess
from tests.laws.hands import NOWHERE, client
from tests.world import World

SCALED = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/tiny-main/tiny-main",
    "ScalableDimension": "ecs:service:DesiredCount",
}


def known(one: World, address: str) -> str:
    """The id that is recorded."""
    record = one.site().state.record(address)
    assert record
    return str(record.id)


def configured(one: World, name: str, change: Callable[[dict[str, Any]], Any]) -> None:
    """A distribution, with its whole configuration written as the console does."""
    do, wanted = client(one, "cloudfront"), known(one, f"distribution/{name}")
    told = do.get_distribution_config(Id=wanted)
    change(told["DistributionConfig"])
    do.update_distribution(Id=wanted, IfMatch=told["ETag"], DistributionConfig=told["DistributionConfig"])


def firewall(one: World) -> None:
    """The second rule lets through what it kept out."""
    _guarding(one, lambda acl: acl["Rules"][1].update(Action={"Count": {}}))


def closing(one: World) -> None:
    """Whatever no rule lets in is kept out."""
    _guarding(one, lambda acl: acl.update(DefaultAction={"Block": {}}))


def _guarding(one: World, change: Callable[[dict[str, Any]], Any]) -> None:
    do = _in(one, "wafv2")
    named = next({"Name": each["Name"], "Id": each["Id"]} for each in do.list_web_acls(Scope="CLOUDFRONT")["WebACLs"])
    told = do.get_web_acl(**named, Scope="CLOUDFRONT")
    acl = told["WebACL"]
    change(acl)
    said = {key: acl[key] for key in ("Description", "DefaultAction", "Rules", "VisibilityConfig")}
    do.update_web_acl(**named, Scope="CLOUDFRONT", LockToken=told["LockToken"], **said)


def addresses(one: World) -> None:
    do = _in(one, "wafv2")
    named = next({"Name": each["Name"], "Id": each["Id"]} for each in do.list_ip_sets(Scope="CLOUDFRONT")["IPSets"])
    token = do.get_ip_set(**named, Scope="CLOUDFRONT")["LockToken"]
    do.update_ip_set(**named, Scope="CLOUDFRONT", LockToken=token, Addresses=["198.51.100.0/24"])


def _in(one: World, service: str) -> Any:
    """A client in us-east-1, where the firewall is."""
    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    made: Any = boto3.client(service, region_name="us-east-1", endpoint_url=NOWHERE, **keys)  # type: ignore[call-overload]
    InProcess(one.cloud).attach(made.meta.events)
    return made


def record(
    one: World, name: str, change: Callable[[dict[str, Any]], Any], *kinds: str, zone: str = "hosted-zone/public"
) -> None:
    """Changes the records of a name; where ``change`` gives nothing back, they go."""
    do, place = client(one, "route53"), known(one, zone)
    for each in do.list_resource_record_sets(HostedZoneId=place)["ResourceRecordSets"]:
        if each["Name"].startswith(name) and each["Type"] in kinds:
            action = "UPSERT" if change(each) is not False else "DELETE"
            batch = {"Changes": [{"Action": action, "ResourceRecordSet": each}]}
            do.change_resource_record_sets(HostedZoneId=place, ChangeBatch=batch)


def saying(*values: str) -> Callable[[dict[str, Any]], Any]:
    return lambda each: each.update(ResourceRecords=[{"Value": value} for value in values])


def signing(one: World) -> None:
    do, wanted = client(one, "cloudfront"), known(one, "origin-access-control/buckets")
    told = do.get_origin_access_control(Id=wanted)
    said = {**told["OriginAccessControl"]["OriginAccessControlConfig"], "SigningBehavior": "never"}
    do.update_origin_access_control(Id=wanted, IfMatch=told["ETag"], OriginAccessControlConfig=said)


def rule_of(one: World, address: str, **said: Any) -> None:
    client(one, "elbv2").modify_rule(RuleArn=known(one, address), **said)


def pipeline(one: World) -> None:
    do = client(one, "codepipeline")
    there = do.get_pipeline(name="tiny-gateway")["pipeline"]
    there["stages"] = [each for each in there["stages"] if each["name"] != there["stages"][1]["name"]]
    do.update_pipeline(pipeline=there)


def project(one: World) -> None:
    do = client(one, "codebuild")
    there = do.batch_get_projects(names=["tiny-gateway"])["projects"][0]["environment"]
    do.update_project(name="tiny-gateway", environment={**there, "environmentVariables": []})


def scaling(one: World) -> None:
    do = client(one, "application-autoscaling")
    (there,) = do.describe_scaling_policies(ServiceNamespace="ecs", PolicyNames=["tiny-main-cpu"])["ScalingPolicies"]
    said = {**there["TargetTrackingScalingPolicyConfiguration"], "TargetValue": 20.0}
    do.put_scaling_policy(
        **SCALED, PolicyName="tiny-main-cpu", PolicyType="TargetTrackingScaling",
        TargetTrackingScalingPolicyConfiguration=said,
    )  # fmt: skip


def alarm(one: World) -> None:
    do = client(one, "cloudwatch")
    (there,) = do.describe_alarms(AlarmNames=["tiny-gateway-cpu"])["MetricAlarms"]
    words = ("AlarmName", "MetricName", "Namespace", "Statistic", "Dimensions", "Period", "EvaluationPeriods")
    kept = {word: there[word] for word in (*words, "ComparisonOperator", "TreatMissingData", "AlarmDescription")}
    do.put_metric_alarm(**kept, Threshold=99.0)


def counting(one: World) -> None:
    do = client(one, "logs")
    group = {"logGroupName": "aws-cloudtrail-logs"}
    (there,) = do.describe_metric_filters(**group, filterNamePrefix="tiny-root-use")["metricFilters"]
    do.put_metric_filter(
        **group, filterName="tiny-root-use", filterPattern="x", metricTransformations=there["metricTransformations"]
    )


def zipped(**files: bytes | str) -> bytes:
    """A zip; a name's last underscore is its dot."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return written.getvalue()


def function(one: World, **said: Any) -> None:
    """Each change of a function goes on for a while, in which another one is refused."""
    client(one, "lambda").update_function_configuration(FunctionName="tiny-sync-films", **said)
    one.clock.sleep(120)


def put_rule(one: World, name: str, **said: Any) -> None:
    do = client(one, "events")
    there = do.describe_rule(Name=name)
    kept = {key: there[key] for key in ("ScheduleExpression", "State", "Description")}
    do.put_rule(**{"Name": name, **kept, **said})


def input_of(one: World) -> None:
    do = client(one, "events")
    (there,) = do.list_targets_by_rule(Rule="tiny-workflow-busy")["Targets"]
    do.put_targets(Rule="tiny-workflow-busy", Targets=[{**there, "Input": json.dumps({"moment": "quiet"})}])
