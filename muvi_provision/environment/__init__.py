"""One YAML file describes one stack; this package reads it, judges it and hands it over as frozen models."""

from muvi_provision.environment.loading import find_environment, load
from muvi_provision.environment.models import Environment
from muvi_provision.environment.written import schema

__all__ = ["Environment", "find_environment", "load", "schema"]
