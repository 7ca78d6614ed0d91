"""Examples of the zones, records, certificates and buckets of day 4."""

from __future__ import annotations

from typing import Any

from muvi_provision.day1_network.vpc import Vpc
from muvi_provision.day4_edge.bucket_policies import BucketPolicy
from muvi_provision.day4_edge.buckets import Bucket
from muvi_provision.day4_edge.delegation import Delegation
from muvi_provision.day4_edge.public_certificates import IssuedCertificate, PublicCertificate, names_of
from muvi_provision.day4_edge.records import CLOUDFRONT_ZONE, DnsRecord, ValidationRecord
from muvi_provision.day4_edge.zones import HostedZone, ParentZone, PrivateZone
from muvi_provision.resource import Handle, Unknown
from tests.resources.contract import Example


def at(address: str) -> Handle[Any]:
    """The handle of something that stands."""
    return Handle(address)


DOMAIN = "uat.cinema.example"
VPC, OTHER_VPC = Vpc("main", cidr="10.240.0.0/16"), Vpc("other", cidr="10.241.0.0/16")
ABOVE = HostedZone("above", domain="cinema.example")
PUBLIC = HostedZone("public", domain=DOMAIN)
PRIVATE = PrivateZone("internal", domain="uat.microservices.internal", vpc=at(VPC.address))
PARENT = ParentZone("public", domain=DOMAIN)
SERVERS: Any = Unknown(PUBLIC.address, "name_servers")
DELEGATION = Delegation(
    "public", parent=at(PARENT.address), zone=at(PUBLIC.address), domain=DOMAIN, name_servers=SERVERS
)
CERTIFICATE = PublicCertificate("edge", names=names_of(DOMAIN))
_PROOF: dict[str, Any] = {
    "record_name": Unknown(CERTIFICATE.address, "record_name"),
    "record_value": Unknown(CERTIFICATE.address, "record_value"),
}
PROOF = ValidationRecord("edge", zone=at(PUBLIC.address), **_PROOF)
ISSUED = IssuedCertificate(
    "edge", certificate=at(CERTIFICATE.address), record=at(PROOF.address), domain=DOMAIN, name_servers=SERVERS
)
WEBSITE = DnsRecord(
    "website",
    zone=at(PUBLIC.address),
    host=f"www.{DOMAIN}",
    target="d111.cloudfront.net",
    target_zone=CLOUDFRONT_ZONE,
    ipv6=True,
)
MEDIA = Bucket("media", origins=("https://*.cinema.example",))
READERS = BucketPolicy("media", bucket=at(MEDIA.address))
DISTRIBUTION = "arn:aws:cloudfront::123456789012:distribution/EDFDVBD632BHDS5"

EXAMPLES = [
    Example(PUBLIC, unseen=frozenset({"tagged"})),
    Example(PRIVATE, (VPC,), unseen=frozenset({"tagged", "vpc"})),
    Example(PARENT, (ABOVE,)),
    Example(DELEGATION, (ABOVE, PUBLIC, PARENT), {"name_servers": "ns-1.awsdns-01.com ns-2.awsdns-02.net"}),
    Example(CERTIFICATE, unseen=frozenset({"alive"})),
    Example(PROOF, (PUBLIC, CERTIFICATE), {"record_value": "_0123.acm-validations.aws"}),
    Example(ISSUED, (PUBLIC, CERTIFICATE, PROOF), empty=frozenset({"arn"})),
    Example(
        WEBSITE,
        (PUBLIC,),
        {
            "target": "d222.cloudfront.net",
            "target_zone": {
                "target": "uat-api-1.me-central-1.elb.amazonaws.com",
                "target_zone": "Z08230872XQRWHG2XF6I",
                "ipv6": False,
            },
            "ipv6": False,
        },
    ),
    Example(
        MEDIA,
        (),
        {
            "public": True,
            "versioned": True,
            "keep_versions_days": 90,
            "expire_days": 30,
            "origins": (),
        },
        unseen=frozenset({"noted"}),
    ),
    Example(READERS, (MEDIA,), {"distributions": (DISTRIBUTION,)}, unseen=frozenset({"intact", "public"})),
]
