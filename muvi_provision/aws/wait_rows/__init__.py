"""How long AWS takes over what, one file a day: data for ``waits.py``."""
