"""Parameters."""

from __future__ import annotations

from typing import Any

import pytest

from muvi_provision.sandbox import persistence
from muvi_provision.sandbox.cloud import Cloud
from tests.sandbox.conftest import Connect, Leaping
from tests.sandbox.refusals import refused

TAGS = [{"Key": "muvi:address", "Value": "parameter/a"}]


@pytest.fixture
def ssm(cloud: Cloud, connect: Connect) -> Any:
    return connect(cloud, "ssm")


def wanted(name: str = "/uat/api/url", value: str = "x", **more: Any) -> dict[str, Any]:
    return {"Name": name, "Value": value, "Type": "String"} | more


@pytest.mark.parametrize("name", ["/a b", "a/b", "/a//b", "/a/", "é", "/" + "x" * 1011, "ssm-x", "/ssm/x"])
def test_names(ssm: Any, name: str) -> None:
    assert refused(ssm.put_parameter, **wanted(name)) == "ValidationException"
    ssm.put_parameter(**wanted("/uat/My_name.with-all"))


def test_reserved_names(ssm: Any) -> None:
    assert refused(ssm.put_parameter, **wanted("/aws/x")) == "AccessDeniedException"
    ssm.put_parameter(**wanted("/uat/aws/x"))


def test_levels(ssm: Any) -> None:
    ssm.put_parameter(**wanted("/a" * 15))
    assert refused(ssm.put_parameter, **wanted("/a" * 16)) == "HierarchyLevelLimitExceededException"


def test_values(ssm: Any) -> None:
    ssm.put_parameter(**wanted(value="x" * 4096))
    assert refused(ssm.put_parameter, **wanted("/b", "é" * 2049)) == "ValidationException"
    ssm.put_parameter(**wanted("/b", "x" * 8192, Tier="Advanced"))
    assert refused(ssm.put_parameter, **wanted("/c", "x" * 8193, Tier="Advanced")) == "ValidationException"
    assert refused(ssm.put_parameter, **wanted("/c", "a{{ssm:b}}c")) == "ValidationException"
    ssm.put_parameter(**wanted("/c", '{"a": {"b": 1}}'))
    matching = {"AllowedPattern": r"^\d+$"}
    assert refused(ssm.put_parameter, **wanted("/d"), **matching) == "ParameterPatternMismatchException"
    ssm.put_parameter(**wanted("/d", "12"), **matching)
    smaller = wanted("/b", Tier="Standard", Overwrite=True)
    assert refused(ssm.put_parameter, **smaller) == "ValidationException"


def test_a_name_is_taken_unless_it_is_written_over(ssm: Any) -> None:
    """aws-reality 4.9 c."""
    ssm.put_parameter(**wanted(Tags=TAGS))
    assert refused(ssm.put_parameter, **wanted()) == "ParameterAlreadyExists"
    assert refused(ssm.put_parameter, **wanted(Tags=TAGS, Overwrite=True)) == "ValidationException"
    assert ssm.put_parameter(**wanted(Overwrite=True))["Version"] == 2
    named = {"ResourceType": "Parameter", "ResourceId": "/uat/api/url"}
    assert ssm.list_tags_for_resource(**named)["TagList"] == TAGS


def test_tags_go_with_their_parameter(ssm: Any) -> None:
    for gone in ({"Name": "/a"}, {"Names": ["/a"]}):
        ssm.put_parameter(**wanted("/a", Tags=TAGS))
        getattr(ssm, "delete_parameter" if "Name" in gone else "delete_parameters")(**gone)
        ssm.put_parameter(**wanted("/a"))
        assert ssm.list_tags_for_resource(ResourceType="Parameter", ResourceId="/a")["TagList"] == []
        ssm.delete_parameter(Name="/a")


def test_tags(ssm: Any) -> None:
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(51)]
    assert refused(ssm.put_parameter, **wanted(Tags=many)) == "TooManyTagsError"
    ssm.put_parameter(**wanted(Tags=TAGS))
    named = {"ResourceType": "Parameter", "ResourceId": "/uat/api/url"}
    assert refused(ssm.add_tags_to_resource, **named, Tags=many[:50]) == "TooManyTagsError"
    ssm.add_tags_to_resource(**named, Tags=many[:1])
    assert len(ssm.list_tags_for_resource(**named)["TagList"]) == 2
    ssm.delete_parameter(Name="/uat/api/url")
    assert refused(ssm.list_tags_for_resource, **named) == "InvalidResourceId"
    ssm.put_parameter(**wanted())
    assert ssm.list_tags_for_resource(**named)["TagList"] == []


@pytest.mark.parametrize(
    "tag", [{"Key": "aws:a", "Value": "v"}, {"Key": "a,b", "Value": "v"}, {"Key": "a", "Value": "(v)"}]
)
def test_how_tags_are_spelt(ssm: Any, tag: dict[str, str]) -> None:
    assert refused(ssm.put_parameter, **wanted(Tags=[tag])) == "ValidationException"
    ssm.put_parameter(**wanted(Tags=TAGS))
    named = {"ResourceType": "Parameter", "ResourceId": "/uat/api/url"}
    assert refused(ssm.add_tags_to_resource, **named, Tags=[tag]) == "ValidationException"


def test_an_advanced_parameter_keeps_its_size(ssm: Any) -> None:
    ssm.put_parameter(**wanted(value="x" * 8192, Tier="Advanced"))
    ssm.put_parameter(**wanted(value="y" * 8192, Overwrite=True))
    assert refused(ssm.put_parameter, **wanted(value="", Overwrite=True)) == "ValidationException"


def test_so_many_in_a_region(clock: Leaping, connect: Connect) -> None:
    few = connect(Cloud(clock, quotas={"ssm_parameters": 2}), "ssm")
    few.put_parameter(**wanted("/a"))
    few.put_parameter(**wanted("/b"))
    assert refused(few.put_parameter, **wanted("/c")) == "ParameterLimitExceeded"
    few.put_parameter(**wanted("/b", Overwrite=True))
    few.delete_parameter(Name="/a")
    few.put_parameter(**wanted("/c"))


def test_by_path_ten_a_page(ssm: Any) -> None:
    for number in range(23):
        ssm.put_parameter(**wanted(f"/uat/api/{number:02d}"))
    ssm.put_parameter(**wanted("/other", Type="SecureString"))
    asked = {"Path": "/uat", "Recursive": True, "WithDecryption": True}
    assert refused(ssm.get_parameters_by_path, **asked, MaxResults=11) == "ValidationException"
    assert refused(ssm.get_parameters_by_path, Path="uat") == "ValidationException"
    assert len(ssm.get_parameters_by_path(**asked)["Parameters"]) == 10
    pages = list(ssm.get_paginator("get_parameters_by_path").paginate(**asked))
    assert sum(len(one["Parameters"]) for one in pages) == 23
    assert len(list(ssm.get_paginator("describe_parameters").paginate())) == 3
    assert refused(ssm.get_parameters, Names=[f"/{number}" for number in range(11)]) == "ValidationException"
    found = ssm.get_parameters(Names=["/other", "/none"], WithDecryption=True)
    assert (found["Parameters"][0]["Value"], found["InvalidParameters"]) == ("x", ["/none"])


def test_gone(ssm: Any, cloud: Cloud) -> None:
    for name in ("/a", "/b", "/c"):
        ssm.put_parameter(**wanted(name))
    gone = ssm.delete_parameters(Names=["/a", "/b", "/none"])
    assert (sorted(gone["DeletedParameters"]), gone["InvalidParameters"]) == (["/a", "/b"], ["/none"])
    ssm.delete_parameter(Name="/c")
    assert refused(ssm.delete_parameter, Name="/c") == "ParameterNotFound"
    assert "ssm" not in cloud.snapshot()


def test_only_a_digest_of_a_value_is_described(ssm: Any, cloud: Cloud, clock: Leaping) -> None:
    ssm.put_parameter(**wanted("/uat/password", "s3cret-value", Type="SecureString", Tags=TAGS))
    shown = cloud.snapshot()["ssm"]["me-central-1"]["parameter"]["/uat/password"]
    assert "s3cret-value" not in str(shown)
    assert shown["tags"] == {"muvi:address": "parameter/a"}
    again = Cloud(clock)
    persistence.load(again, persistence.dumped(cloud))
    assert again.snapshot() == cloud.snapshot()
    again.reset()
