"""Day 4."""

from __future__ import annotations

from muvi_provision.aws.patience_rows.row import Patience

BUSY = "S3 is still busy with another change of the same bucket"
CHANGED = "somebody else changed it between our look and our change"

# Only what an object we have just made can cause, but for the lasting ones; the limits are those of aws-reality 1.6,
# 6.4 e, 6.6 e and 6.8 e.
CREATING: tuple[Patience, ...] = (
    Patience("*WebACL", "WAFUnavailableEntityException", "", 300, "a new address list is not yet visible to rules"),
    Patience("*", "WAFOptimisticLockException", "", 60, CHANGED, lasting=True),
    Patience("UpdateDistribution", "PreconditionFailed", "", 60, CHANGED, lasting=True),
    Patience("UpdateDistribution", "InvalidIfMatchVersion", "", 60, CHANGED, lasting=True),
    Patience(
        "*Distribution*",
        "InvalidViewerCertificate",
        "",
        60,
        "an issued certificate reaches CloudFront a little later",
        lasting=True,
    ),
    Patience("*Distribution*", "InvalidWebACLId", "", 120, "a new firewall is not yet visible to CloudFront"),
    Patience("*Distribution*", "InvalidOriginAccessControl", "", 60, "it is not yet visible to distributions"),
    Patience("*", "NoSuchHostedZone", "", 180, "a new zone is not yet visible to its records"),
    Patience("*", "NoSuchBucket", "", 180, "a new bucket is not yet visible everywhere"),
    Patience("PutBucketPolicy", "MalformedPolicy", "invalid principal", 120, "a new role is not yet visible to S3"),
    Patience("PutBucketPolicy", "AccessDenied", "BlockPublicPolicy", 120, "S3 has not yet heard that it may be public"),
    Patience(
        "CreateBucket",
        "OperationAborted",
        "",
        300,
        "the name of a deleted bucket is free only after minutes, sometimes after hours",
        60,
        lasting=True,
    ),
    Patience("*Bucket*", "OperationAborted", "", 120, BUSY, 5, lasting=True),
    Patience("PutPublicAccessBlock", "OperationAborted", "", 120, BUSY, 5, lasting=True),
    Patience(
        "ChangeResourceRecordSets",
        "InvalidChangeBatch",
        "that target was not found",
        300,
        "Route 53 has not yet heard of what the name leads to",
    ),
    Patience("CreateRule", "ListenerNotFound", "", 120, "a new listener is not yet visible to its rules"),
)

# While these are answered the object stands on something that is still being taken away: limits of aws-reality 8.3.
EVERYWHERE = "CloudFront switches it off in all its places first"
LETS_GO = "CloudFront lets go of it a little later"
DELETING: tuple[Patience, ...] = (
    Patience("DeleteDistribution", "DistributionNotDisabled", "", 1800, EVERYWHERE, 300),
    Patience("*Distribution", "PreconditionFailed", "", 60, CHANGED),
    Patience("*Distribution", "InvalidIfMatchVersion", "", 60, CHANGED),
    Patience("DeleteOriginAccessControl", "OriginAccessControlInUse", "", 600, LETS_GO, 30),
    Patience("Delete*", "WAFAssociatedItemException", "", 900, LETS_GO, 60),
    Patience("Delete*", "WAFOptimisticLockException", "", 60, CHANGED),
    Patience("DeleteCertificate", "ResourceInUseException", "", 1800, "what shows it lets go of it minutes later", 300),
    Patience("DeleteHostedZone", "HostedZoneNotEmpty", "", 300, "there are still records in it", 5, look=True),
    Patience("ChangeResourceRecordSets", "InvalidChangeBatch", "was not found", 60, CHANGED, look=True),
    Patience("ChangeResourceRecordSets", "InvalidChangeBatch", "do not match", 60, CHANGED, look=True),
    Patience("DeleteBucket", "BucketNotEmpty", "", 3600, "it is being emptied, a hundred thousand at a time", 30),
    Patience("*Bucket*", "OperationAborted", "", 600, BUSY, 10),
)
