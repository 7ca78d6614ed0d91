"""Another tool's work and ours on the same server, killed at the same calls. Run with ``poe peers``."""
