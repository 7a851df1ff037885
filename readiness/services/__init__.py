"""What a person can do or read: the only callers of the store, each with a principal and authorised.

Modules that begin with an underscore are shared by the services and are nobody else's.
"""

from readiness.store import Store, connect, open_store, passing_store

__all__ = ["Store", "connect", "open_store", "passing_store"]
