"""What was made, on disk: records, a write-ahead log, a checkpoint, one writer."""
