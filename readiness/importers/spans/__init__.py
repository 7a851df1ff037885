"""From spans as tools write them to traces."""
