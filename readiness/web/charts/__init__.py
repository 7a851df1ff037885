"""The pictures, with Altair: each answers its page's question, and a table beside it says the same in text."""

from .decide import score
from .forecasts import forecasts
from .gaps import due_dates, room
from .hindsight import went_well
from .scorecard import figures, latency
from .sections import sections
from .traces import stages, waterfall

__all__ = [
    "due_dates",
    "figures",
    "forecasts",
    "latency",
    "room",
    "score",
    "sections",
    "stages",
    "waterfall",
    "went_well",
]
