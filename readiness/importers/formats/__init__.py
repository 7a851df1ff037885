"""One file for each format, nothing else."""
