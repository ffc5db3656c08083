"""The DuckDB store: building it, caching it, asking it. DuckDB only here.

What needs DuckDB is imported when it is first asked for: the engine takes a seventh of
a second, and what was kept of a case is shown before anybody asks it.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diag.store.build import Builder, EventStream, FileRow, TableMap
    from diag.store.cache import Cache
    from diag.store.fleeting import Fleeting
    from diag.store.identity import Named
    from diag.store.store import Store

__all__ = [
    "Builder",
    "Cache",
    "EventStream",
    "FileRow",
    "Fleeting",
    "Named",
    "Store",
    "TableMap",
]

_PLACES = {
    "Builder": "build",
    "Cache": "cache",
    "EventStream": "build",
    "FileRow": "build",
    "Fleeting": "fleeting",
    "Named": "identity",
    "Store": "store",
    "TableMap": "build",
}


def __getattr__(name: str) -> object:
    """Return a class of this package, from the module it stands in."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
