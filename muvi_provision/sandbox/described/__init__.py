"""Each service's objects as plain values; one file a service, each with what it describes in ``SERVICES``."""
