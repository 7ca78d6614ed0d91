"""What is said of a database or a cache that AWS gave up on."""

from __future__ import annotations

import pytest

from muvi_provision.aws import waits
from muvi_provision.day2_data import failures
from muvi_provision.resource import Live
from tests.unit.day1_network.balancing.conftest import Rehearsal

WAITS = {
    "db-cluster": ("db_cluster_available", "Status"),
    "db-instance": ("db_instance_available", "DBInstanceStatus"),
    "db-proxy": ("db_proxy_available", "Status"),
    "replication-group": ("replication_group_available", "Status"),
}


@pytest.mark.parametrize("status", ["available", "creating", "modifying", "deleting", "stopped"])
def test_nothing_is_said_of_what_has_not_failed(rehearsal: Rehearsal, status: str) -> None:
    assert failures.told(rehearsal.aws, status, "db-cluster", "uat-main") == {}


@pytest.mark.parametrize("sort", sorted(WAITS))
def test_the_reason_is_aws_s_word_a_sentence_and_where_to_ask(rehearsal: Rehearsal, sort: str) -> None:
    wait, field = WAITS[sort]
    status = "create-failed" if sort == "replication-group" else "incompatible-network"
    live = Live("uat-main", {field: status, **failures.told(rehearsal.aws, status, sort, "uat-main")})
    assert waits.outcome(wait, live) == "failure"
    service = "elasticache" if sort == "replication-group" else "rds"
    ask = f"aws {service} describe-events --source-type {sort} --source-identifier uat-main --duration 1440"
    assert waits.reason(wait, live) == (
        f"{status}: {failures.MEANS[status]}; `{ask} --region eu-central-1` shows what AWS says of it"
    )


def test_every_word_is_one_that_ends_a_wait() -> None:
    ends = {
        status
        for status in failures.MEANS
        for wait, field in WAITS.values()
        if waits.outcome(wait, Live("x", {field: status})) == "failure"
    }
    assert ends == failures.MEANS.keys()
