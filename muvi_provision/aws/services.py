"""The clients by service, typed: each is made by the border on first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_application_autoscaling import ApplicationAutoScalingClient
    from mypy_boto3_ce import CostExplorerClient
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_codebuild import CodeBuildClient
    from mypy_boto3_codeconnections import CodeConnectionsClient
    from mypy_boto3_codepipeline import CodePipelineClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_ecr import ECRClient
    from mypy_boto3_ecs import ECSClient
    from mypy_boto3_elasticache import ElastiCacheClient
    from mypy_boto3_elbv2 import ElasticLoadBalancingv2Client
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_rds import RDSClient
    from mypy_boto3_route53 import Route53Client
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_servicediscovery import ServiceDiscoveryClient
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_sts import STSClient
    from mypy_boto3_wafv2 import WAFV2Client

WORLDWIDE = "us-east-1"  # where AWS keeps what is in no region


class Services:
    """A client for each service, in the region of the view; those of the whole world are where they must be."""

    border: Any
    region: str

    @property
    def ec2(self) -> EC2Client:
        return cast("EC2Client", self.border.client("ec2", self.region))

    @property
    def elbv2(self) -> ElasticLoadBalancingv2Client:
        return cast("ElasticLoadBalancingv2Client", self.border.client("elbv2", self.region))

    @property
    def acm(self) -> ACMClient:
        return cast("ACMClient", self.border.client("acm", self.region))

    @property
    def secretsmanager(self) -> SecretsManagerClient:
        return cast("SecretsManagerClient", self.border.client("secretsmanager", self.region))

    @property
    def sts(self) -> STSClient:
        return cast("STSClient", self.border.client("sts", self.region))

    @property
    def iam(self) -> IAMClient:
        return cast("IAMClient", self.border.client("iam", self.region))

    @property
    def rds(self) -> RDSClient:
        return cast("RDSClient", self.border.client("rds", self.region))

    @property
    def elasticache(self) -> ElastiCacheClient:
        return cast("ElastiCacheClient", self.border.client("elasticache", self.region))

    @property
    def ssm(self) -> SSMClient:
        return cast("SSMClient", self.border.client("ssm", self.region))

    @property
    def ecr(self) -> ECRClient:
        return cast("ECRClient", self.border.client("ecr", self.region))

    @property
    def ecs(self) -> ECSClient:
        return cast("ECSClient", self.border.client("ecs", self.region))

    @property
    def logs(self) -> CloudWatchLogsClient:
        return cast("CloudWatchLogsClient", self.border.client("logs", self.region))

    @property
    def servicediscovery(self) -> ServiceDiscoveryClient:
        return cast("ServiceDiscoveryClient", self.border.client("servicediscovery", self.region))

    @property
    def quotas(self) -> ServiceQuotasClient:
        return cast("ServiceQuotasClient", self.border.client("service-quotas", self.region))

    @property
    def s3(self) -> S3Client:
        return cast("S3Client", self.border.client("s3", self.region))

    @property
    def lambda_(self) -> LambdaClient:
        return cast("LambdaClient", self.border.client("lambda", self.region))

    @property
    def events(self) -> EventBridgeClient:
        return cast("EventBridgeClient", self.border.client("events", self.region))

    @property
    def scaling(self) -> ApplicationAutoScalingClient:
        return cast("ApplicationAutoScalingClient", self.border.client("application-autoscaling", self.region))

    @property
    def cloudwatch(self) -> CloudWatchClient:
        return cast("CloudWatchClient", self.border.client("cloudwatch", self.region))

    @property
    def stepfunctions(self) -> SFNClient:
        return cast("SFNClient", self.border.client("stepfunctions", self.region))

    @property
    def codepipeline(self) -> CodePipelineClient:
        return cast("CodePipelineClient", self.border.client("codepipeline", self.region))

    @property
    def codebuild(self) -> CodeBuildClient:
        return cast("CodeBuildClient", self.border.client("codebuild", self.region))

    @property
    def codeconnections(self) -> CodeConnectionsClient:
        return cast("CodeConnectionsClient", self.border.client("codeconnections", self.region))

    @property
    def cloudfront(self) -> CloudFrontClient:
        return cast("CloudFrontClient", self.border.client("cloudfront", WORLDWIDE))

    @property
    def wafv2(self) -> WAFV2Client:
        return cast("WAFV2Client", self.border.client("wafv2", WORLDWIDE))

    @property
    def route53(self) -> Route53Client:
        return cast("Route53Client", self.border.client("route53", WORLDWIDE))

    @property
    def costs(self) -> CostExplorerClient:
        return cast("CostExplorerClient", self.border.client("ce", WORLDWIDE))
