"""What stands for the bytes of a table: a canonical account of what was asked of it and what came back.

Its SHA-256 is the digest of the evidence: of the address without its secrets, the table and its columns with their
types, how each was read, how many rows each combination and bucket has with the least and the greatest value, the mean
of each combination to six digits (an engine adds in any order, so that later ones may differ the next time), and the
single values that were fetched. An import of rows that nobody changed has the same digest.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from readiness.importers.source.gateway import Source

from .addresses import Address, parse


@dataclass
class Receipt:
    """The account as it is written; only its digest and its size are held."""

    _digest: Any = field(default_factory=hashlib.sha256)
    size: int = 0

    def add(self, what: str, rows: Iterable[Any]) -> None:
        for row in rows:
            line = json.dumps([what, row], ensure_ascii=False, sort_keys=True, default=str).encode() + b"\n"
            self._digest.update(line)
            self.size += len(line)

    @property
    def digest(self) -> str:
        return str(self._digest.hexdigest())


@dataclass(frozen=True)
class TableSource(Source):
    """A table in place of a file; there are no bytes of it here."""

    address: Address = field(kw_only=True)
    receipt: Receipt = field(default_factory=Receipt)

    @classmethod
    def of(cls, url: str, table: str) -> TableSource:
        """Raises InputError for an address or a name that is none."""
        address = parse(url, table)
        return cls(address.name, Path(os.devnull), address=address)

    @property
    def size(self) -> int:
        return self.receipt.size

    @property
    def digest(self) -> str:
        """SHA-256 of the account, in hex."""
        return self.receipt.digest

    @property
    def head(self) -> bytes:
        return b""
