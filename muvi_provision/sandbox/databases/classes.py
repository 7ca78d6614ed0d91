"""The instance classes of Aurora PostgreSQL by region (aws-reality 2.3). No memory-optimised family has a medium."""

from __future__ import annotations

from typing import Any

from muvi_provision.sandbox.databases import engines
from muvi_provision.sandbox.databases.found import ENGINE
from muvi_provision.sandbox.view import View

_SIZES: dict[str, tuple[int, ...]] = {  # of an xlarge; every family begins at large
    "r5": (1, 2, 4, 8, 12, 16, 24),
    "r6g": (1, 2, 4, 8, 12, 16),
    "r6i": (1, 2, 4, 8, 12, 16, 24, 32),
    "r7g": (1, 2, 4, 8, 12, 16),
    "r7i": (1, 2, 4, 8, 12, 16, 24, 48),
    "r8g": (1, 2, 4, 8, 12, 16, 24, 48),
}
_BURSTABLE = ("db.t3.medium", "db.t3.large", "db.t4g.medium", "db.t4g.large")
_LACKING = {"me-central-1": ("r7i", "r8g")}


def offered(region: str) -> list[str]:
    """All classes that can be had in a region."""
    found = ["db.serverless", *_BURSTABLE]
    for family, sizes in _SIZES.items():
        if family not in _LACKING.get(region, ()):
            found.append(f"db.{family}.large")
            found += [f"db.{family}.{size if size > 1 else ''}xlarge" for size in sizes]
    return sorted(found)


def orderable(view: View, instance_class: str, version: str) -> bool:
    return version in engines.AVAILABLE and instance_class in offered(view.region)


def described(view: View, instance_class: str, version: str) -> dict[str, Any]:
    """As DescribeOrderableDBInstanceOptions shows one."""
    return {
        "Engine": ENGINE,
        "EngineVersion": version,
        "DBInstanceClass": instance_class,
        "LicenseModel": "postgresql-license",
        "AvailabilityZones": [{"Name": zone.name} for zone in view.zones()],
        "MultiAZCapable": False,
        "ReadReplicaCapable": False,
        "Vpc": True,
        "SupportsStorageEncryption": True,
        "StorageType": "aurora",
        "SupportsIops": False,
        "SupportsEnhancedMonitoring": True,
        "SupportsIAMDatabaseAuthentication": True,
        "SupportsPerformanceInsights": True,
        "SupportedEngineModes": ["provisioned"],
        "SupportsGlobalDatabases": instance_class not in _BURSTABLE,
        "SupportedNetworkTypes": ["IPV4"],
        "SupportsClusters": True,
    }
