"""Baseline against candidate: intervals, comparison, gates, display. Pure."""
