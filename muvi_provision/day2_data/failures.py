"""What AWS's words for a database or a cache that did not come to be mean, and whom to ask for more.

Facts: aws-reality 4.2 to 4.7. A status is all that such an object tells of itself; the rest is in AWS's events.
"""

from __future__ import annotations

from muvi_provision.aws.clients import Aws

MEANS = {
    "failed": "AWS could not make it",
    "create-failed": "AWS could not make it",
    "inaccessible-encryption-credentials": "the key that it is encrypted with cannot be used",
    "incompatible-network": "AWS finds no place for it in its subnets: each needs free addresses",
    "incompatible-parameters": "it does not start with the settings of its parameter group: see `aurora.parameters`",
    "insufficient-capacity": "AWS has no machine of that class left there: try again later, or choose another class",
    "insufficient-resource-limits": "the account may have no more of these, or too few addresses are free",
    "storage-full": "there is no room left in its storage",
}
_COMMANDS = {"replication-group": "elasticache"}  # the others are RDS's


def told(aws: Aws, status: str, sort: str, name: str) -> dict[str, str]:
    """``Why`` in a sentence and with the command that shows AWS's events; nothing for a status that is no failure.

    sort: db-cluster, db-instance, db-proxy, replication-group. name: as AWS has it.
    """
    if status not in MEANS:
        return {}
    ask = (
        f"aws {_COMMANDS.get(sort, 'rds')} describe-events --source-type {sort} --source-identifier {name} "
        f"--duration 1440 --region {aws.region}"
    )
    return {"Why": f"{MEANS[status]}; `{ask}` shows what AWS says of it"}
