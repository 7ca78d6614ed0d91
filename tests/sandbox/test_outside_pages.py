"""What a browser gets: from a load balancer, and from a distribution in front of it or of a bucket."""

from __future__ import annotations

import json
import socket
import ssl
from typing import Any

import pytest

from muvi_provision.sandbox.cloud import Cloud
from muvi_provision.sandbox.outside import Outside, delegate
from tests.sandbox.conftest import REGION, Connect, Leaping
from tests.sandbox.edge_stand import ALL_VIEWER, behaviour, bucket, config, custom, listed
from tests.sandbox.refusals import balancer, forward, group, network, target_group
from tests.sandbox.zone_records import alias, batch, plain, zone

NAME = "uat.example.com"
CLOSED = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "403", "MessageBody": "no"}}]


def header(name: str, *values: str) -> list[dict[str, Any]]:
    return [{"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": list(values)}}]


class Front:
    """A load balancer on port 80, closed to whoever does not know the secret; one target stands behind it."""

    def __init__(self, cloud: Cloud, connect: Connect) -> None:
        self.cloud, self.outside = cloud, Outside(cloud)
        self.ec2, self.elb = connect(cloud, "ec2"), connect(cloud, "elbv2")
        self.edge, self.route53 = connect(cloud, "cloudfront", "us-east-1"), connect(cloud, "route53", "us-east-1")
        self.s3, self.acm = connect(cloud, "s3"), connect(cloud, "acm", "us-east-1")
        net = network(self.ec2)
        self.door = group(self.ec2, net.vpc)
        self.arn = balancer(self.elb, net, SecurityGroups=[self.door])
        self.group = target_group(self.elb, net)
        self.elb.register_targets(TargetGroupArn=self.group, Targets=[{"Id": "10.30.0.77"}])
        (shown,) = self.elb.describe_load_balancers(LoadBalancerArns=[self.arn])["LoadBalancers"]
        self.name, self.home = str(shown["DNSName"]), str(shown["CanonicalHostedZoneId"])
        said = {"LoadBalancerArn": self.arn, "Port": 80, "Protocol": "HTTP", "DefaultActions": CLOSED}
        self.listener = str(self.elb.create_listener(**said)["Listeners"][0]["ListenerArn"])
        self.rule(10, header("X-Secret", "word"), forward(self.group))

    def rule(self, priority: int, conditions: list[dict[str, Any]], actions: list[dict[str, Any]]) -> None:
        said = {"ListenerArn": self.listener, "Priority": priority}
        self.elb.create_rule(Conditions=conditions, Actions=actions, **said)

    def open(self, **peer: Any) -> None:
        """Port 80, to the world or to a prefix list."""
        permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80} | peer
        self.ec2.authorize_security_group_ingress(GroupId=self.door, IpPermissions=[permission])

    def open_to_all(self) -> None:
        self.open(IpRanges=[{"CidrIp": "0.0.0.0/0"}])

    def open_to_edges(self) -> None:
        wanted = [{"Name": "prefix-list-name", "Values": ["com.amazonaws.global.cloudfront.origin-facing"]}]
        (found,) = self.ec2.describe_managed_prefix_lists(Filters=wanted)["PrefixLists"]
        self.open(PrefixListIds=[{"PrefixListId": found["PrefixListId"]}])

    def publish(self, secret: str = "word", **more: Any) -> str:
        """A distribution in front of it; its domain name."""
        sent = listed({"HeaderName": "X-Secret", "HeaderValue": secret})
        origin = custom() | {"DomainName": self.name, "CustomHeaders": sent}
        made = self.edge.create_distribution(DistributionConfig=config(Origins=listed(origin)) | more)
        self.edge.list_distributions()
        return str(made["Distribution"]["DomainName"])

    def status(self, url: str, **headers: str) -> int:
        return self.outside.get(url, {name.replace("_", "-"): value for name, value in headers.items()}).status


@pytest.fixture
def front(cloud: Cloud, connect: Connect) -> Front:
    return Front(cloud, connect)


def test_a_load_balancer_answers_whom_its_groups_let_in(front: Front) -> None:
    address = f"http://{front.name}/"
    with pytest.raises(TimeoutError):
        front.outside.get(address)
    front.open_to_edges()
    with pytest.raises(TimeoutError):
        front.outside.get(address)
    front.open_to_all()
    closed = front.outside.get(address)
    assert (closed.status, closed.body, closed.headers["server"]) == (403, b"no", "awselb/2.0")
    assert front.outside.get(address, {"x-secret": "WORD"}) == (200, {"content-type": "application/json"}, b"{}")
    with pytest.raises(TimeoutError):
        front.outside.get(f"http://{front.name}:81/")
    front.ec2.authorize_security_group_ingress(
        GroupId=front.door, IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    )
    with pytest.raises(ConnectionRefusedError):
        front.outside.get(f"http://{front.name}:81/")
    with pytest.raises(socket.gaierror):
        front.outside.get("http://nobody.elb.amazonaws.com/")


def test_rules_are_tried_by_priority(front: Front) -> None:
    front.open_to_all()
    front.rule(20, [{"Field": "path-pattern", "Values": ["/old/*"]}], CLOSED)
    moved = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301", "Protocol": "HTTPS", "Port": "443"}}
    front.rule(5, [{"Field": "path-pattern", "Values": ["/old/*"]}], [moved])
    front.rule(6, [{"Field": "host-header", "Values": ["*.example.org"]}], forward(front.group))
    got = front.outside.get(f"http://{front.name}/old/page?a=1")
    assert (got.status, got.headers["location"]) == (301, f"https://{front.name}:443/old/page?a=1")
    assert front.status(f"http://{front.name}/", Host="a.example.org") == 200
    assert front.status(f"http://{front.name}/", Host="a.example.net") == 403


def test_without_a_healthy_target_it_is_unavailable(front: Front) -> None:
    front.open_to_all()
    front.elb.deregister_targets(TargetGroupArn=front.group, Targets=[{"Id": "10.30.0.77"}])
    assert front.status(f"http://{front.name}/", X_Secret="word") == 503


def test_no_browser_trusts_a_private_certificate(front: Front, acm: Any) -> None:
    from tests.sandbox.refusals import authority

    arn = acm.import_certificate(**authority().issue(front.name[:60]))["CertificateArn"]
    said = {"LoadBalancerArn": front.arn, "Port": 443, "Protocol": "HTTPS", "DefaultActions": CLOSED}
    front.elb.create_listener(Certificates=[{"CertificateArn": arn}], **said)
    everybody = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    front.ec2.authorize_security_group_ingress(GroupId=front.door, IpPermissions=everybody)
    with pytest.raises(ssl.SSLCertVerificationError):
        front.outside.get(f"https://{front.name}/")
    assert front.status(f"http://{front.name}:443/") == 400


def test_a_distribution_knows_the_secret(front: Front) -> None:
    site = front.publish()
    assert front.status(f"https://{site}/") == 504  # no security group lets the edges in
    front.open_to_edges()
    got = front.outside.get(f"https://{site}/")
    assert (got.status, got.body, got.headers["x-cache"]) == (200, b"{}", "Miss from cloudfront")
    moved = front.outside.get(f"http://{site}/a?b=1")
    assert (moved.status, moved.headers["location"]) == (301, f"https://{site}/a?b=1")
    wrong = front.publish("another", CallerReference="r2")
    assert front.status(f"https://{wrong}/") == 403


def test_an_origin_that_is_not_there_is_a_bad_gateway(front: Front) -> None:
    nowhere = custom() | {"DomainName": "gone.me-central-1.elb.amazonaws.com"}
    assert front.status(f"https://{front.publish(Origins=listed(nowhere))}/") == 502
    front.open_to_edges()
    tls = custom(OriginProtocolPolicy="https-only", HTTPSPort=80) | {"DomainName": front.name}
    assert front.status(f"https://{front.publish(CallerReference='r2', Origins=listed(tls))}/") == 502


def test_the_viewers_headers_reach_the_origin_by_policy_only(front: Front) -> None:
    front.open_to_edges()
    front.rule(5, [{"Field": "host-header", "Values": ["*.cloudfront.net"]}], CLOSED)
    plain_site = front.publish()
    assert front.status(f"https://{plain_site}/") == 200
    passing = behaviour(OriginRequestPolicyId=ALL_VIEWER)
    site = front.publish(CallerReference="r2", DefaultCacheBehavior=passing)
    assert front.status(f"https://{site}/") == 403


def test_methods_are_allowed_by_the_behaviour(front: Front) -> None:
    front.open_to_edges()
    method = [{"Field": "http-request-method", "HttpRequestMethodConfig": {"Values": ["POST"]}}]
    front.rule(5, method, CLOSED)
    reading = front.publish()
    assert front.outside.get(f"https://{reading}/", method="HEAD").body == b""
    refused = front.outside.get(f"https://{reading}/", method="POST", body=b"{}")
    assert (refused.status, refused.headers["server"]) == (403, "CloudFront")
    all_of_them = listed("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE")
    said = behaviour(AllowedMethods=all_of_them | {"CachedMethods": listed("GET", "HEAD")})
    writing = front.publish(CallerReference="r2", DefaultCacheBehavior=said)
    closed = front.outside.get(f"https://{writing}/", method="POST", body=b"{}")
    assert (closed.status, closed.body, closed.headers["server"]) == (403, b"no", "awselb/2.0")
    assert front.outside.get(f"https://{writing}/", method="PUT").status == 200


def test_a_distribution_is_there_once_it_is_deployed(slow: Cloud, connect: Connect, clock: Leaping) -> None:
    front = Front(slow, connect)
    front.open_to_edges()
    site = front.publish()
    with pytest.raises(socket.gaierror):
        front.outside.get(f"https://{site}/")
    clock.sleep(301)
    assert front.status(f"https://{site}/") == 200
    (shown,) = front.edge.list_distributions()["DistributionList"]["Items"]
    held = front.edge.get_distribution_config(Id=shown["Id"])
    said = held["DistributionConfig"] | {"Enabled": False}
    front.edge.update_distribution(Id=shown["Id"], IfMatch=held["ETag"], DistributionConfig=said)
    clock.sleep(301)
    with pytest.raises(socket.gaierror):
        front.outside.get(f"https://{site}/")


def test_a_name_of_ours_leads_to_it_when_it_is_an_alias(front: Front) -> None:
    wanted = zone(front.route53)
    delegate(front.cloud, NAME)
    front.open_to_edges()
    asked = front.acm.request_certificate(DomainName=NAME, ValidationMethod="DNS")["CertificateArn"]
    shown = front.acm.describe_certificate(CertificateArn=asked)["Certificate"]
    record = shown["DomainValidationOptions"][0]["ResourceRecord"]
    proof = plain("CREATE", record["Name"], "CNAME", record["Value"])
    front.route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=batch(proof))
    front.acm.list_certificates()
    served = {"ACMCertificateArn": asked, "SSLSupportMethod": "sni-only", "MinimumProtocolVersion": "TLSv1.2_2021"}
    site = front.publish(Aliases=listed(NAME), ViewerCertificate=served)
    with pytest.raises(socket.gaierror):
        front.outside.get(f"https://{NAME}/")
    changes = batch(alias("CREATE", NAME, site), plain("CREATE", f"b.{NAME}", "CNAME", site))
    front.route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=changes)
    assert front.status(f"https://{NAME}/") == 200
    assert front.status(f"https://b.{NAME}/") == 403  # it leads there, and nobody there knows it
    other = front.publish("another", CallerReference="r2")
    change = batch(plain("UPSERT", f"b.{NAME}", "CNAME", other), alias("UPSERT", NAME, other))
    front.route53.change_resource_record_sets(HostedZoneId=wanted, ChangeBatch=change)
    assert front.status(f"https://{NAME}/") == 200  # whose alias it is answers, whatever leads there


def test_a_bucket_is_read_by_the_distribution_its_policy_names(front: Front) -> None:
    files = {"Bucket": "uat-files"}
    front.s3.create_bucket(CreateBucketConfiguration={"LocationConstraint": REGION}, **files)
    front.s3.put_object(Key="index.html", Body=b"<html>", ContentType="text/html", **files)
    control = {
        "Name": "f",
        "SigningProtocol": "sigv4",
        "SigningBehavior": "always",
        "OriginAccessControlOriginType": "s3",
    }
    made = front.edge.create_origin_access_control(OriginAccessControlConfig=control)["OriginAccessControl"]["Id"]
    origin = bucket(made)
    pages = listed(
        {"ErrorCode": 403, "ResponsePagePath": "/index.html", "ResponseCode": "200", "ErrorCachingMinTTL": 10}
    )
    single = {"Origins": listed(origin), "DefaultCacheBehavior": behaviour("files"), "DefaultRootObject": "index.html"}
    site = front.publish(**single)
    spa = front.publish(CallerReference="r2", CustomErrorResponses=pages, **single)
    assert front.status(f"https://{site}/") == 403  # no policy yet
    _grant(front, "s3:GetObject", f"arn:aws:s3:::{files['Bucket']}/*")
    got = front.outside.get(f"https://{site}/")
    assert (got.status, got.headers["content-type"], got.body) == (200, "text/html", b"<html>")
    assert front.status(f"https://{site}/none") == 403  # it may not list
    assert front.outside.get(f"https://{spa}/some/page").body == b"<html>"
    viewed = single | {"DefaultCacheBehavior": behaviour("files", OriginRequestPolicyId=ALL_VIEWER)}
    named = front.publish(CallerReference="r3", **viewed)
    _grant(front, "s3:GetObject", f"arn:aws:s3:::{files['Bucket']}/*")
    assert b"SignatureDoesNotMatch" in front.outside.get(f"https://{named}/").body  # it is asked by the viewer's name
    front.s3.delete_bucket_policy(**files)
    assert front.status(f"https://{site}/index.html") == 403


def _grant(front: Front, action: str, resource: str) -> None:
    """To every distribution there is."""
    arns = [one["ARN"] for one in front.edge.list_distributions()["DistributionList"]["Items"]]
    allowed = {"Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": action}
    allowed |= {"Resource": resource, "Condition": {"StringEquals": {"AWS:SourceArn": arns}}}
    document = {"Version": "2012-10-17", "Statement": [allowed]}
    front.s3.put_bucket_policy(Bucket="uat-files", Policy=json.dumps(document))
