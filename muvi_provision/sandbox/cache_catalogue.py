"""What ElastiCache sells in a region, which versions of Redis it has, and which parameters they know."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SIZES = ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge")
_BURSTABLE = ("micro", "small", "medium")
_FAMILIES = {  # the largest sizes differ by family
    "m5": {"8xlarge", "16xlarge"},
    "r5": {"8xlarge", "16xlarge"},
    "m6g": {"24xlarge"},
    "r6g": {"24xlarge"},
    "m7g": {"24xlarge"},
    "r7g": {"24xlarge"},
}
_WITHOUT_T4G = ("me-central-1",)  # aws-reality 2.3


def node_types(region: str) -> list[str]:
    """Sold in a region, sorted."""
    burstable = ("t3",) if region in _WITHOUT_T4G else ("t3", "t4g")
    small = [f"cache.{family}.{size}" for family in burstable for size in _BURSTABLE]
    large = [f"cache.{family}.{size}" for family, lacks in _FAMILIES.items() for size in _SIZES if size not in lacks]
    return sorted(small + large)


VERSIONS = {  # as they are sent -> as they are told (aws-reality 4.7 g), and their parameters' family
    "6.2": ("6.2.6", "redis6.x"),
    "7.0": ("7.0.7", "redis7"),
    "7.1": ("7.1.0", "redis7"),
}
LATEST = "7.1"
FAMILIES = ("redis6.x", "redis7")
DEFAULTS = {f"default.{family}{mode}": family for family in FAMILIES for mode in ("", ".cluster.on")}


def version(asked: str) -> str | None:
    """The version that a request means (``7.1``), None for one that does not exist. ``7.x`` is the latest of 7."""
    if asked in VERSIONS:
        return asked
    found = [short for short in VERSIONS if asked == f"{short.partition('.')[0]}.x"]
    return found[-1] if found else None


@dataclass(frozen=True)
class Parameter:
    """``allowed``: words separated by commas, or ``low-high`` for numbers."""

    name: str
    default: str
    allowed: str
    kind: str = "string"
    modifiable: bool = True

    def takes(self, value: str) -> bool:
        if self.name == "notify-keyspace-events":
            return re.fullmatch(r"[KEg$lshzxetdmnA]*", value) is not None
        if self.kind != "integer" or value in self.allowed.split(","):
            return value in self.allowed.split(",")
        ranges = filter(None, (_RANGE.fullmatch(one) for one in self.allowed.split(",")))
        return value.isdecimal() and any(int(one[1]) <= int(value) <= int(one[2]) for one in ranges)


_RANGE = re.compile(r"(\d+)-(\d+)")
_POLICIES = "volatile-lru,allkeys-lru,volatile-lfu,allkeys-lfu,volatile-random,allkeys-random,volatile-ttl,noeviction"
_ANY = "0-2147483647"
PARAMETERS = {
    one.name: one
    for one in (
        Parameter("acllog-max-len", "128", "1-10000", "integer"),
        Parameter("activedefrag", "no", "yes,no"),
        Parameter("activerehashing", "yes", "yes,no", modifiable=False),
        Parameter("active-defrag-cycle-max", "75", "1-75", "integer"),
        Parameter("active-defrag-cycle-min", "5", "1-75", "integer"),
        Parameter("active-defrag-threshold-lower", "10", "1-100", "integer"),
        Parameter("active-defrag-threshold-upper", "100", "1-100", "integer"),
        Parameter("appendonly", "no", "yes,no", modifiable=False),
        Parameter("client-query-buffer-limit", "1073741824", "1048576-1073741824", "integer"),
        Parameter("close-on-slave-write", "yes", "yes,no"),
        Parameter("cluster-enabled", "no", "yes,no"),
        Parameter("databases", "16", "1-1200000", "integer"),
        Parameter("hash-max-listpack-entries", "512", _ANY, "integer"),
        Parameter("hash-max-listpack-value", "64", _ANY, "integer"),
        Parameter("latency-tracking", "no", "yes,no"),
        Parameter("lazyfree-lazy-eviction", "no", "yes,no"),
        Parameter("lazyfree-lazy-expire", "no", "yes,no"),
        Parameter("lfu-decay-time", "1", _ANY, "integer"),
        Parameter("lfu-log-factor", "10", "1-2147483647", "integer"),
        Parameter("list-max-listpack-size", "-2", f"-1,-2,-3,-4,-5,{_ANY}", "integer"),
        Parameter("maxmemory-policy", "volatile-lru", _POLICIES),
        Parameter("maxmemory-samples", "3", "1-2147483647", "integer"),
        Parameter("min-replicas-max-lag", "10", _ANY, "integer"),
        Parameter("min-replicas-to-write", "0", _ANY, "integer"),
        Parameter("notify-keyspace-events", "", ""),
        Parameter("proto-max-bulk-len", "536870912", "1048576-536870912", "integer"),
        Parameter("repl-backlog-size", "1048576", "16384-2147483647", "integer"),
        Parameter("reserved-memory-percent", "25", "0-100", "integer"),
        Parameter("set-max-intset-entries", "512", _ANY, "integer"),
        Parameter("slowlog-log-slower-than", "10000", f"-1,{_ANY}", "integer"),
        Parameter("slowlog-max-len", "128", _ANY, "integer"),
        Parameter("stream-node-max-bytes", "4096", _ANY, "integer"),
        Parameter("tcp-keepalive", "300", _ANY, "integer"),
        Parameter("timeout", "0", "0,20-2147483647", "integer"),
        Parameter("tracking-table-max-keys", "1000000", "1-100000000", "integer"),
        Parameter("zset-max-listpack-entries", "128", _ANY, "integer"),
        Parameter("zset-max-listpack-value", "64", _ANY, "integer"),
    )
}
