"""Day 1: the network everything stands in, its firewalls and its load balancers."""
