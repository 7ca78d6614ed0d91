"""Day 4: certificates, names, buckets, the firewall and the distributions in front of everything."""
