"""Evidence fetched from where it lies: MLflow, Phoenix, Langfuse, LangSmith and Opik, each by the API it documents."""

from __future__ import annotations

from .asked import PullLimits, Wanted
from .pull import Pulled, pull
from .spool import locked

__all__ = ["PullLimits", "Pulled", "Wanted", "locked", "pull"]
