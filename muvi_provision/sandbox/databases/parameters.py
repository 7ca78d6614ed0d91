"""The cluster parameters that can be changed: those a PostgreSQL 14 of ours may want, not all of AWS's 400."""

from __future__ import annotations

import re

_STATIC = (
    "autovacuum_max_workers huge_pages max_connections max_logical_replication_workers max_replication_slots"
    " max_wal_senders max_worker_processes rds.babelfish_status rds.logical_replication shared_buffers"
    " shared_preload_libraries track_activity_query_size"
)
_DYNAMIC = (
    "application_name auto_explain.log_analyze auto_explain.log_buffers auto_explain.log_min_duration"
    " auto_explain.log_nested_statements auto_explain.log_verbose autovacuum autovacuum_analyze_scale_factor"
    " autovacuum_naptime autovacuum_vacuum_cost_limit autovacuum_vacuum_scale_factor autovacuum_work_mem"
    " client_encoding datestyle deadlock_timeout default_statistics_target effective_cache_size"
    " idle_in_transaction_session_timeout idle_session_timeout jit lc_messages lock_timeout"
    " log_autovacuum_min_duration log_connections log_disconnections log_duration log_error_verbosity log_hostname"
    " log_lock_waits log_min_duration_sample log_min_duration_statement log_min_error_statement log_min_messages"
    " log_rotation_age log_rotation_size log_statement log_statement_sample_rate log_temp_files"
    " maintenance_work_mem max_parallel_workers max_parallel_workers_per_gather password_encryption"
    " pg_stat_statements.max pg_stat_statements.track pgaudit.log pgaudit.role random_page_cost"
    " rds.force_admin_logging_level rds.force_autovacuum_logging_level rds.force_ssl rds.log_retention_period"
    " rds.restrict_password_commands search_path ssl_max_protocol_version ssl_min_protocol_version"
    " statement_timeout tcp_keepalives_count tcp_keepalives_idle tcp_keepalives_interval temp_buffers timezone"
    " track_functions track_io_timing work_mem"
)
APPLY_TYPES = dict.fromkeys(_STATIC.split(), "static") | dict.fromkeys(_DYNAMIC.split(), "dynamic")
FAMILIES = tuple(f"aurora-postgresql{major}" for major in range(11, 18))

_ANY = 2_147_483_647
_WHOLE = {  # what they may be; AWS takes a formula ({DBInstanceClassMemory/9531392}) for any of them
    "autovacuum_max_workers": (1, 262_143),
    "autovacuum_naptime": (1, 2_147_483),
    "deadlock_timeout": (1, _ANY),
    "default_statistics_target": (1, 10_000),
    "effective_cache_size": (1, _ANY),
    "idle_in_transaction_session_timeout": (0, _ANY),
    "idle_session_timeout": (0, _ANY),
    "lock_timeout": (0, _ANY),
    "log_autovacuum_min_duration": (-1, _ANY),
    "log_min_duration_sample": (-1, _ANY),
    "log_min_duration_statement": (-1, _ANY),
    "log_temp_files": (-1, _ANY),
    "maintenance_work_mem": (1024, _ANY),
    "max_connections": (6, 262_143),
    "max_worker_processes": (0, 262_143),
    "pg_stat_statements.max": (100, _ANY),
    "rds.log_retention_period": (1440, 10_080),
    "statement_timeout": (0, _ANY),
    "track_activity_query_size": (100, 1_048_576),
    "work_mem": (64, _ANY),
}
_SWITCHES = (
    "autovacuum jit log_connections log_disconnections log_duration log_hostname log_lock_waits"
    " rds.force_ssl rds.logical_replication rds.restrict_password_commands track_io_timing"
)
_WORDS = dict.fromkeys(_SWITCHES.split(), ("0", "1")) | {
    "log_error_verbosity": ("terse", "default", "verbose"),
    "log_statement": ("none", "ddl", "mod", "all"),
    "password_encryption": ("md5", "scram-sha-256"),
    "pg_stat_statements.track": ("top", "all", "none"),
    "ssl_min_protocol_version": ("TLSv1", "TLSv1.1", "TLSv1.2"),
    "track_functions": ("none", "pl", "all"),
}


def allowed(name: str) -> str:
    """The values that a parameter takes, as AWS tells them; "" where the sandbox does not know."""
    if name in _WORDS:
        return ",".join(_WORDS[name])
    return "{}-{}".format(*_WHOLE[name]) if name in _WHOLE else ""


def takes(name: str, value: str) -> bool:
    """Whether a parameter can have that value."""
    if name in _WORDS:
        return value in _WORDS[name]
    if name not in _WHOLE or value.startswith("{"):
        return True
    low, high = _WHOLE[name]
    return re.fullmatch(r"-?\d+", value) is not None and low <= int(value) <= high
