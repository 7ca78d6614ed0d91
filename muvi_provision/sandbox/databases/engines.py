"""The versions of Aurora PostgreSQL 14 (aws-reality 4.4): a frozen list, as of November 2026."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from muvi_provision.sandbox.databases.found import ENGINE

MAJOR = "14"
AVAILABLE = ("14.6", "14.17", "14.18", "14.19", "14.20", "14.22", "14.23", "14.24")
DEPRECATED = ("14.3", "14.4", "14.5", "14.7", "14.8", "14.9", "14.10", "14.11", "14.12", "14.13", "14.15")
DEFAULT = "14.22"  # AWS's default is none of the newest; which one it is must be asked, so no code may assume this
LOGS = ("instance", "iam-db-auth-error", "postgresql")
AUTHORITIES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
ENDS = datetime(2027, 2, 28, 23, 59, 59, tzinfo=UTC)  # 0.11


def number(version: str) -> tuple[int, ...]:
    """By which versions are compared."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def family(version: str) -> str:
    """The parameter group family of a version."""
    return f"{ENGINE}{version.partition('.')[0]}"


def default_group(version: str) -> str:
    return f"default.{family(version)}"


def resolved(version: str | None) -> str | None:
    """The full version that is meant by a full one, by the major alone or by nothing; None if there is none."""
    if version in (None, "", MAJOR):
        return DEFAULT
    return version if version in AVAILABLE else None


def listed(*, everything: bool) -> list[str]:
    found = (*AVAILABLE, *DEPRECATED) if everything else AVAILABLE
    return sorted(found, key=number)


def described(version: str) -> dict[str, Any]:
    """As DescribeDBEngineVersions shows one."""
    known = listed(everything=False)
    newer = [one for one in known if number(one) > number(version)]
    return {
        "Engine": ENGINE,
        "MajorEngineVersion": MAJOR,
        "EngineVersion": version,
        "DBParameterGroupFamily": family(version),
        "DBEngineDescription": "Aurora PostgreSQL",
        "DBEngineVersionDescription": f"Aurora PostgreSQL (compatible with PostgreSQL {version})",
        "Status": "available" if version in AVAILABLE else "deprecated",
        "SupportedEngineModes": ["provisioned"],
        "ExportableLogTypes": list(LOGS),
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": False,
        "SupportsGlobalDatabases": True,
        "SupportedCACertificateIdentifiers": list(AUTHORITIES),
        "ValidUpgradeTarget": [
            {"Engine": ENGINE, "EngineVersion": one, "IsMajorVersionUpgrade": False} for one in newer
        ],
    }


def lifecycles() -> list[dict[str, Any]]:
    """As DescribeDBMajorEngineVersions shows them; extended support begins the day after standard support."""
    standard = {"LifecycleSupportStartDate": datetime(2022, 6, 20, tzinfo=UTC), "LifecycleSupportEndDate": ENDS}
    extended = {
        "LifecycleSupportStartDate": datetime(2027, 3, 1, tzinfo=UTC),
        "LifecycleSupportEndDate": datetime(2030, 2, 28, 23, 59, 59, tzinfo=UTC),
    }
    return [
        {"LifecycleSupportName": "open-source-rds-standard-support", **standard},
        {"LifecycleSupportName": "open-source-rds-extended-support", **extended},
    ]
