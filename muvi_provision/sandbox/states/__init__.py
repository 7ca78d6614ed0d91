"""State machines that really run: the definitions are checked and walked through as Step Functions does."""
