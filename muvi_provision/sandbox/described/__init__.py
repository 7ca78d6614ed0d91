"""Each service's objects as plain values; one file a service."""
