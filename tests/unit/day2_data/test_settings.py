"""The addresses that follow from an environment, for the Parameter Store and for containers."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.day2_data import plans, settings
from muvi_provision.environment import Environment
from muvi_provision.resource import Unknown
from tests.unit.day1_network.test_chain import varied


def told(environment: Environment) -> dict[str, Any]:
    return {plan.name: plan.value for plan in settings.parameters(environment)}


def test_uat_fits_into_three_pages(uat: Environment) -> None:
    found = told(uat)
    assert len(found) <= 30
    assert found["databases/main/DB_WRITE_HOST"] == Unknown("aurora-cluster/main", "writer_host")
    assert found["databases/main/DB_READ_HOST"] == found["databases/main/DB_WRITE_HOST"], "there is no reader"
    assert found["caches/bulk-refund/REDIS_HOST"] == Unknown("replication-group/bulk-refund", "host")
    assert found["services/main/SERVICE_HOST"] == "main.uat.microservices.internal"
    assert "services/gateway/SERVICE_HOST" not in found, "its load balancer is a public one"


def test_or_none_at_all(uat: Environment) -> None:
    assert settings.parameters(varied(uat, parameters=False)) == ()


def test_a_proxy_stands_before_its_database(prodlike: Environment) -> None:
    assert settings.write_host(prodlike, "main") == Unknown("db-proxy/main", "host")
    assert settings.read_host(prodlike, "main") == Unknown("db-proxy-endpoint/main-read", "host")


def test_a_read_only_door_without_a_reader_leads_nowhere(prodlike: Environment) -> None:
    assert settings.read_host(prodlike, "notification") == Unknown("db-proxy/notification", "host")


def test_a_reader_without_a_proxy_has_an_address_of_its_own(prodlike: Environment) -> None:
    without = varied(prodlike, proxies=())
    assert settings.read_host(without, "main") == Unknown("aurora-cluster/main", "reader_host")
    assert settings.read_host(without, "notification") == Unknown("aurora-cluster/notification", "writer_host")


def test_what_main_is_given(uat: Environment) -> None:
    found = settings.variables(uat, "main")
    assert found["PORT"] == "5002"
    assert (found["DB_NAME"], found["DB_PORT"]) == ("main", "5432")
    assert found["DB_WRITE_HOST"] == Unknown("aurora-cluster/main", "writer_host")
    assert found["REDIS_HOST"] == Unknown("replication-group/main", "host")
    assert found["REDIS_BULK_REFUND_HOST"] == Unknown("replication-group/bulk-refund", "host")
    assert (found["REDIS_PORT"], found["REDIS_TLS"]) == ("6379", "true")
    called = {name for name in found if name.endswith("_SERVICE_HOST")}
    assert called == {f"{name.upper()}_SERVICE_HOST" for name in uat.services["main"].calls}
    host, port = settings.service_address(uat, "payment") or ("", 0)
    assert (found["PAYMENT_SERVICE_HOST"], found["PAYMENT_SERVICE_PORT"]) == (host, str(port))


def test_what_has_no_database_is_given_none(uat: Environment) -> None:
    assert not [name for name in settings.variables(uat, "website") if name.startswith(("DB_", "REDIS_"))]


def test_the_only_database_of_another_needs_no_name(prodlike: Environment) -> None:
    assert settings.variables(prodlike, "ticket")["DB_NAME"] == "main"


def test_several_databases_are_told_apart(uat: Environment) -> None:
    shared = {
        name: database.model_copy(update={"used_by": ("website", *database.used_by)})
        for name, database in uat.databases.items()
    }
    environment = uat.model_copy(update={"databases": shared})
    assert {name for name in settings.variables(environment, "website") if name.endswith("DB_NAME")} == {
        f"{name.upper()}_DB_NAME" for name in uat.databases
    }
    with_own = {**uat.databases, "fb": uat.databases["fb"].model_copy(update={"used_by": ("fb", "main")})}
    found = settings.variables(uat.model_copy(update={"databases": with_own}), "main")
    assert (found["DB_NAME"], found["FB_DB_NAME"]) == ("main", "fb")


def test_a_shared_cache_answers_for_all_it_holds(uat: Environment) -> None:
    environment = varied(uat, redis={"layout": "shared"})
    held = uat.caches["gateway"].shared_as
    assert settings.cache_host(environment, "gateway") == Unknown(f"replication-group/{held}", "host")


def test_what_the_file_says_comes_last(uat: Environment) -> None:
    main = uat.services["main"].model_copy(update={"environment": {"PORT": "9", "LOG_LEVEL": "debug"}})
    found = settings.variables(uat.model_copy(update={"services": {**uat.services, "main": main}}), "main")
    assert (found["PORT"], found["LOG_LEVEL"]) == ("9", "debug")


def test_every_variable_is_a_text_or_an_output(uat: Environment, prodlike: Environment) -> None:
    for environment in (uat, prodlike):
        for service in environment.services:
            values = settings.variables(environment, service).values()
            assert all(isinstance(value, str | Unknown) for value in values)


def test_a_service_found_by_name_is_reached_by_it(prodlike: Environment) -> None:
    assert settings.service_address(prodlike, "gateway") == ("gateway.internal", prodlike.services["gateway"].port)
    assert settings.service_address(prodlike, "ticket") is None


@pytest.mark.parametrize(("name", "spelt"), [("main", "main"), ("bulk-refund", "bulkrefund")])
def test_a_database_has_letters_and_digits_only(name: str, spelt: str) -> None:
    assert plans.database_name(name) == spelt


@pytest.mark.parametrize(
    ("instance_class", "reader", "vcpus"),
    [("db.t4g.medium", False, 2), ("db.r6g.large", True, 4), ("db.r5.xlarge", False, 4), ("db.r5.2xlarge", True, 16)],
)
def test_a_proxy_is_billed_for_all_processors_behind_it(
    uat: Environment, instance_class: str, reader: bool, vcpus: int
) -> None:
    main = uat.databases["main"].model_copy(update={"instance_class": instance_class, "reader": reader})
    assert plans.vcpus(uat.model_copy(update={"databases": {"main": main}}), "main") == vcpus
