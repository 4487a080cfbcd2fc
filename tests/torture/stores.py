"""The stores as the campaigns see them: the settings of the service, and a look inside from elsewhere."""

from __future__ import annotations

import pathlib
import sqlite3
from decimal import Decimal

Rows = dict[str, tuple[int, Decimal, int]]


class Sqlite:
    """One file, read here by Python's own module."""

    name = "sqlite"

    def __init__(self, folder: pathlib.Path) -> None:
        self.path = folder / "ledger.db"
        self.settings = {"DB": "sqlite", "SQLITE_PATH": str(self.path)}

    def query(self, sql: str) -> list[tuple]:
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(sql).fetchall()
        finally:
            connection.close()

    def rows(self) -> Rows:
        found = self.query("SELECT account_id, applied, balance, digest FROM Account")
        return {name: (applied, Decimal(balance), digest) for name, applied, balance, digest in found}

    def has_marks_of(self, ids: set[str]) -> bool:
        """These, and no others."""
        return {mark for mark, in self.query("SELECT id FROM kh_marks")} == ids

    def damage(self) -> str:
        [(answer,)] = self.query("PRAGMA integrity_check")
        return "" if answer == "ok" else answer
