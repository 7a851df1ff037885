"""The store: `open_store` gives the handle, `queries` reads, `changes` holds every write, `schema` moves it forward."""

from .engine import Store, connect
from .passing import passing_store
from .schema import open_store

__all__ = ["Store", "connect", "open_store", "passing_store"]
