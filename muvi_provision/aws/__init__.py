"""The border with AWS: the only room that makes clients, retries, waits and reads error codes."""
