"""Spans as OpenTelemetry writes them, whole and in lines of any length."""
