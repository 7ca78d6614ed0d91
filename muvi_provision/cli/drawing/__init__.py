"""How things look: on a terminal, as plain lines, as NDJSON; and results as tables."""
