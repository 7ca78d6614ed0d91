"""Relational databases: what the sandbox keeps of them, and what of AWS's catalogue it knows."""
