"""Traces: one, very many as columns, and which of them to keep. Pure."""
