"""Day 2: databases, caches, secrets and settings."""
