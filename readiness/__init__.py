"""Evidence that an LLM feature is ready for an enterprise rollout, and the verdict that follows from it."""

__version__ = "0.1.0"
