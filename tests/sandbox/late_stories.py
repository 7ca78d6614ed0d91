"""For every line of the table of what is late: how such a thing is made, and who then asks in vain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.sandbox.conftest import REGION
from tests.sandbox.edge_stand import EAST
from tests.sandbox.late_stage import Stage
from tests.sandbox.refusals import balancer, target_group

Make = Callable[[Stage], Any]
Ask = Callable[[Stage, Any], Any]
LIFE = (
    '{"rules": [{"rulePriority": 1, "action": {"type": "expire"}, '
    '"selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 9}}]}'
)

NETWORK: dict[tuple[str, str], tuple[Make, Ask]] = {
    ("ec2:CreateVpc", "ec2:*"): (
        lambda on: on.ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"],
        lambda on, made: on.ec2.create_subnet(VpcId=made, CidrBlock="10.77.0.0/24"),
    ),
    ("ec2:CreateSubnet", "ec2:*"): (Stage.subnet, lambda on, made: on.ec2.describe_subnets(SubnetIds=[made])),
    ("ec2:CreateSubnet", "elbv2:*"): (
        Stage.subnet,
        lambda on, made: on.elb.create_load_balancer(Name="a", Subnets=[made, on.subnets[1]]),
    ),
    ("ec2:CreateSubnet", "rds:*DBSubnetGroup"): (
        Stage.subnet,
        lambda on, made: on.at("rds").create_db_subnet_group(
            DBSubnetGroupName="a", DBSubnetGroupDescription="a", SubnetIds=[made, on.subnets[1]]
        ),
    ),
    ("ec2:CreateInternetGateway", "ec2:*"): (
        Stage.gateway,
        lambda on, made: on.ec2.describe_internet_gateways(InternetGatewayIds=[made]),
    ),
    ("ec2:CreateInternetGateway", "ec2:*Route"): (Stage.gateway, lambda on, made: on.route(GatewayId=made)),
    ("ec2:CreateRouteTable", "ec2:*"): (
        lambda on: on.ec2.create_route_table(VpcId=on.vpc)["RouteTable"]["RouteTableId"],
        lambda on, made: on.ec2.associate_route_table(RouteTableId=made, SubnetId=on.subnets[0]),
    ),
    ("ec2:CreateNatGateway", "ec2:*"): (
        Stage.nat,
        lambda on, made: on.ec2.describe_nat_gateways(NatGatewayIds=[made]),
    ),
    ("ec2:CreateNatGateway", "ec2:*Route"): (Stage.nat, lambda on, made: on.route(NatGatewayId=made)),
    ("ec2:CreateSecurityGroup", "ec2:*"): (
        Stage.guard,
        lambda on, made: on.ec2.describe_security_groups(GroupIds=[made]),
    ),
    ("ec2:CreateSecurityGroup", "elbv2:*"): (
        Stage.guard,
        lambda on, made: on.elb.set_security_groups(LoadBalancerArn=on.balancer, SecurityGroups=[made]),
    ),
    ("ec2:AllocateAddress", "ec2:*"): (Stage.address, lambda on, made: on.nat(made)),
    ("ec2:CreateVpcEndpoint", "ec2:*"): (
        Stage.endpoint,
        lambda on, made: on.ec2.describe_vpc_endpoints(VpcEndpointIds=[made]),
    ),
    ("elbv2:CreateLoadBalancer", "elbv2:*"): (
        lambda on: balancer(on.elb, on.net, "new"),
        lambda on, made: on.elb.describe_load_balancer_attributes(LoadBalancerArn=made),
    ),
    ("elbv2:CreateLoadBalancer", "elbv2:DescribeLoadBalancers"): (
        lambda on: balancer(on.elb, on.net, "new"),
        lambda on, made: on.elb.describe_load_balancers(Names=["new"]),
    ),
    ("elbv2:CreateTargetGroup", "elbv2:*"): (
        lambda on: target_group(on.elb, on.net, "new"),
        lambda on, made: on.elb.describe_target_health(TargetGroupArn=made),
    ),
    ("elbv2:CreateTargetGroup", "elbv2:DescribeTargetGroups"): (
        lambda on: target_group(on.elb, on.net, "new"),
        lambda on, made: on.elb.describe_target_groups(Names=["new"]),
    ),
    ("elbv2:CreateListener", "elbv2:*"): (
        Stage.listen,
        lambda on, made: on.elb.describe_rules(ListenerArn=made),
    ),
    ("elbv2:CreateListener", "ecs:CreateService"): (
        Stage.listen,
        lambda on, made: on.serve(name="a", loadBalancers=on.world.behind(on.group)),
    ),
}
OTHERS: dict[tuple[str, str], tuple[Make, Ask]] = {
    ("acm:ImportCertificate", "elbv2:*Listener*"): (lambda on: on.certificate(REGION), Stage.secure),
    ("acm:RequestCertificate", "elbv2:*Listener*"): (lambda on: on.wanted(REGION), Stage.secure),
    ("acm:ImportCertificate", "cloudfront:*Distribution*"): (lambda on: on.certificate(EAST), Stage.distribute),
    ("acm:RequestCertificate", "cloudfront:*Distribution*"): (lambda on: on.wanted(EAST), Stage.distribute),
    ("s3:CreateBucket", "s3:*"): (Stage.bucket, lambda on, made: on.at("s3").get_bucket_tagging(Bucket=made)),
    ("s3:CreateBucket", "s3:HeadBucket"): (Stage.bucket, lambda on, made: on.at("s3").head_bucket(Bucket=made)),
    ("wafv2:CreateIPSet", "wafv2:*WebACL"): (Stage.addresses, Stage.wall),
    ("secretsmanager:CreateSecret", "secretsmanager:Get*"): (
        Stage.secret,
        lambda on, made: on.secrets.get_secret_value(SecretId=made),
    ),
    ("secretsmanager:CreateSecret", "secretsmanager:Put*"): (
        Stage.secret,
        lambda on, made: on.secrets.put_secret_value(SecretId=made, SecretString="y"),
    ),
    ("secretsmanager:CreateSecret", "secretsmanager:Update*"): (
        Stage.secret,
        lambda on, made: on.secrets.update_secret(SecretId="new", Description="y"),
    ),
    ("secretsmanager:CreateSecret", "secretsmanager:TagResource"): (
        Stage.secret,
        lambda on, made: on.secrets.tag_resource(SecretId=made, Tags=[{"Key": "a", "Value": "b"}]),
    ),
    ("events:PutRule", "events:PutTargets"): (
        lambda on: on.at("events").put_rule(Name="new", ScheduleExpression="rate(1 hour)"),
        lambda on, made: on.at("events").put_targets(Rule="new", Targets=[{"Id": "a", "Arn": on.function}]),
    ),
    ("route53:CreateHostedZone", "route53:*"): (
        Stage.zone,
        lambda on, made: on.at("route53").list_resource_record_sets(HostedZoneId=made),
    ),
    ("ecs:CreateService", "application-autoscaling:RegisterScalableTarget"): (
        lambda on: on.serve(name="new"),
        lambda on, made: on.register("new"),
    ),
    ("ecs:CreateCluster", "ecs:CreateService"): (
        lambda on: on.world.ecs.create_cluster(clusterName="new")["cluster"]["clusterArn"],
        lambda on, made: on.serve(cluster=made),
    ),
    (
        "application-autoscaling:RegisterScalableTarget",
        "application-autoscaling:PutScalingPolicy",
    ): (lambda on: on.register(), lambda on, made: on.follow()),
    ("elasticache:CreateReplicationGroup", "elasticache:*"): (
        Stage.cache,
        lambda on, made: on.at("elasticache").describe_replication_groups(ReplicationGroupId="a"),
    ),
    ("elasticache:CreateCacheSubnetGroup", "elasticache:CreateReplicationGroup"): (
        lambda on: on.cached("new"),
        lambda on, made: on.cache(CacheSubnetGroupName=made),
    ),
    ("elasticache:CreateCacheParameterGroup", "elasticache:CreateReplicationGroup"): (
        lambda on: on.at("elasticache").create_cache_parameter_group(
            CacheParameterGroupName="new", CacheParameterGroupFamily="redis7", Description="x"
        ),
        lambda on, made: on.cache(CacheParameterGroupName="new"),
    ),
    ("rds:CreateDBSubnetGroup", "rds:Create*"): (
        lambda on: on.at("rds").create_db_subnet_group(
            DBSubnetGroupName="new", DBSubnetGroupDescription="x", SubnetIds=on.subnets
        ),
        lambda on, made: on.database(DBSubnetGroupName="new"),
    ),
    ("rds:CreateDBClusterParameterGroup", "rds:CreateDBCluster"): (
        lambda on: on.at("rds").create_db_cluster_parameter_group(
            DBClusterParameterGroupName="new", DBParameterGroupFamily="aurora-postgresql14", Description="x"
        ),
        lambda on, made: on.database(DBClusterParameterGroupName="new"),
    ),
    ("rds:CreateDBCluster", "rds:CreateDBInstance"): (
        Stage.database,
        lambda on, made: on.at("rds").create_db_instance(
            DBInstanceIdentifier="b",
            DBClusterIdentifier="a",
            Engine="aurora-postgresql",
            DBInstanceClass="db.t4g.medium",
        ),
    ),
    ("ecr:CreateRepository", "ecr:PutLifecyclePolicy"): (
        lambda on: on.at("ecr").create_repository(repositoryName="new"),
        lambda on, made: on.at("ecr").put_lifecycle_policy(repositoryName="new", lifecyclePolicyText=LIFE),
    ),
    ("logs:CreateLogGroup", "logs:PutRetentionPolicy"): (
        lambda on: on.at("logs").create_log_group(logGroupName="new"),
        lambda on, made: on.at("logs").put_retention_policy(logGroupName="new", retentionInDays=30),
    ),
    ("lambda:CreateFunction", "lambda:AddPermission"): (
        lambda on: on.code("new"),
        lambda on, made: on.at("lambda").add_permission(
            FunctionName="new", StatementId="a", Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
        ),
    ),
}
STORIES = NETWORK | OTHERS
