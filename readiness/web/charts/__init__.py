"""The pictures, with Altair: each answers its page's question, and a table beside it says the same in text."""

from .decide import portfolio, score
from .gaps import due_dates, room
from .scorecard import differences, figures, latency
from .sections import sections
from .traces import stages, waterfall

__all__ = [
    "differences",
    "due_dates",
    "figures",
    "latency",
    "portfolio",
    "room",
    "score",
    "sections",
    "stages",
    "waterfall",
]
