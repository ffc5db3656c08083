"""The DuckDB store: building it, caching it, asking it. DuckDB only here."""

from diag.store.build import Builder, EventStream, FileRow, TableMap
from diag.store.cache import Cache
from diag.store.identity import Named
from diag.store.store import Store

__all__ = ["Builder", "Cache", "EventStream", "FileRow", "Named", "Store", "TableMap"]
