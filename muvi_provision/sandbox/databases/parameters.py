"""The cluster parameters that can be changed: those a PostgreSQL 14 of ours may want, not all of AWS's 400."""

from __future__ import annotations

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
