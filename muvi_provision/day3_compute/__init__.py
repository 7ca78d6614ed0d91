"""Day 3: images, roles, logs and the services themselves."""
