"""From a file to bytes, JSON and rows: limits, archives, encodings, progress."""
