"""Compiled queries of rules, kept between runs: compiling costs more than running.

The key covers the text of a query, all names it can use and the compiler itself,
so that what is found is always what compiling would give. The file is a cache:
anything wrong with it means that rules are compiled as if it were not there.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diag import kql
from diag.kql import Query
from diag.kql.need import of_plain, plain
from diag.kql.query import Last, Lean
from diag.schema import ABOUT_BUNDLE, SCHEMA_VERSION, TABLES, Type
from diag.store.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NAME = "rules-{}.json"


@dataclass(slots=True)
class Kept:
    """The compiled queries of one run; `folder` None keeps nothing."""

    folder: Path | None = None
    known: dict[str, Query] = field(default_factory=dict)
    used: dict[str, Query] = field(default_factory=dict)
    path: Path | None = None

    def open(self, keys: list[str]) -> None:
        """Read what was kept for a set of keys, if anything was.

        Args:
            keys: Of all queries that will be asked for.
        """
        if self.folder is None:
            return
        digest = hashlib.sha256("\0".join(sorted(keys)).encode()).hexdigest()
        self.path = self.folder / NAME.format(digest[:40])
        with contextlib.suppress(
            OSError, ValueError, LookupError, TypeError, AttributeError
        ):
            import orjson

            entries = orjson.loads(self.path.read_bytes())
            self.known = {key: _read(entry) for key, entry in entries.items()}
            self.path.touch()  # its age counts from the last use

    def get(self, key: str, build: Callable[[], Query]) -> Query:
        """Return a query, compiled only if it was not kept."""
        found = self.known.get(key)
        if found is None:
            found = build()
        self.used[key] = found
        return found

    def close(self) -> None:
        """Keep the queries that were asked for, if there is something new."""
        if self.path is None or self.used.keys() == self.known.keys():
            return
        keep(self.path, {key: _written(query) for key, query in self.used.items()})


def key_of(kind: str, text: str, names: Mapping[str, Any]) -> str:
    """Return the key of a query.

    Args:
        kind: How the text is compiled, such as `query`.
        text: KQL.
        names: All else that decides, as plain data.
    """
    parts = [compiler_version(), kind, text, json.dumps(names, default=_plain)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, timedelta):
        return f"{value // timedelta(microseconds=1)}us"
    return value.isoformat() if isinstance(value, datetime) else str(value)


_VERSION: list[str] = []


def compiler_version() -> str:
    """Return a hash of the compiler's own files and the schema, computed once."""
    if not _VERSION:
        digest = hashlib.sha256(f"{SCHEMA_VERSION} {TABLES} {ABOUT_BUNDLE}".encode())
        for path in sorted(Path(str(kql.__file__)).parent.rglob("*.py")):
            digest.update(path.read_bytes())
        _VERSION.append(digest.hexdigest())
    return _VERSION[0]


def _written(query: Query) -> dict[str, Any]:
    lean = query.lean
    return {
        "sql": query.sql,
        "last": list(query.last),
        "columns": [[name, str(kind)] for name, kind in query.columns.items()],
        "bound": dict(query.bound),
        "late": [[n, place, str(kind)] for n, (place, kind) in query.late.items()],
        "timed": query.timed,
        "drawn": query.drawn,
        "need": plain(query.need),
        "lean": [lean.head, dict(lean.bound), sorted(lean.unread)] if lean else None,
    }


def _read(entry: dict[str, Any]) -> Query:
    stage, ids, keys = entry["last"]
    lean = entry["lean"]
    return Query(
        sql=entry["sql"],
        last=Last(stage, tuple(ids), tuple(keys)),
        columns={name: Type(kind) for name, kind in entry["columns"]},
        bound=entry["bound"],
        late={name: (place, Type(kind)) for name, place, kind in entry["late"]},
        timed=entry["timed"],
        drawn=entry["drawn"],
        need=of_plain(entry["need"]),
        lean=Lean(lean[0], lean[1], frozenset(lean[2])) if lean else None,
    )
