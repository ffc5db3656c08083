"""From sources to a store: open, detect, parse, insert; or find it in the cache."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

import arcdiag_core

from diag import __version__, bundle, content
from diag.errors import StoreError, UsageError
from diag.schema import SCHEMA_VERSION
from diag.store import Builder, Cache, Store
from diag.store.cache import key_of
from diag.store.options import Options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import TracebackType

    from diag.formats import Families, Family
    from diag.model import Bundle

    Codes = Sequence[Sequence[str]]  # rows of `ErrorCodes`

__all__ = ["Loaded", "Options", "fill", "load", "without_source"]


@dataclass(slots=True)
class Loaded:
    """An open store, and what has to be removed once it is closed.

    `note` says why the store could not be kept for the next time, if it could not.
    """

    store: Store
    cached: bool = False
    note: str = ""
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the store and remove temporary files."""
        self.store.close()
        self._stack.close()


def load(
    sources: Sequence[Path],
    options: Options | None = None,
    *,
    cache: bool = True,
    keep: Path | None = None,
) -> Loaded:
    """Open sources as one store; what was parsed before is not parsed again.

    Args:
        sources: Zips, folders, single logs, or one `.duckdb` file of ours.
        options: Zone, definitions and rule packs (for the error codes).
        cache: Keep the store in the user's cache folder.
        keep: Write the store to this path instead.

    Returns:
        The store, open for reading. A cache that cannot be used is no error:
        the store is then a temporary one, and `note` says so.

    Raises:
        UsageError: A source does not exist, or a store is mixed with others.
        ContentError: A definition or a reference table is wrong.
        StoreError: The store cannot be written or read.
    """
    if any(source.suffix == ".duckdb" for source in sources):
        return Loaded(_only_store(sources))
    with bundle.Scratch() as scratch:
        return _load(sources, options or Options(), scratch, cache=cache, keep=keep)


def _load(
    sources: Sequence[Path],
    options: Options,
    scratch: bundle.Scratch,
    *,
    cache: bool,
    keep: Path | None,
) -> Loaded:
    # What a user brings may be wrong, which is told even if the source is kept.
    theirs = _definitions(options) if options.parsers or options.rules else None
    bundles = [bundle.open_bundle(source, scratch) for source in sources]

    def make(path: Path) -> Store:
        families, codes = theirs or _definitions(options)
        fill(Builder(path), bundles, families, codes, options)
        return Store(path)

    if keep is not None:
        return Loaded(make(keep))
    note = ""
    if cache:
        try:
            return _kept(_key(bundles, theirs, options), make)
        except StoreError as error:
            note = f"nothing is kept for the next time: {error}"
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="arcdiag-"))
        store = make(Path(folder) / "store.duckdb")
        return Loaded(store, note=note, _stack=stack.pop_all())


@contextmanager
def without_source() -> Iterator[Store]:
    """Yield an empty store, for queries that read no table."""
    with tempfile.TemporaryDirectory(prefix="arcdiag-") as folder:
        path = Path(folder) / "store.duckdb"
        Builder(path).finish()
        with Store(path) as store:
            yield store


def _kept(key: str, make: Callable[[Path], Store]) -> Loaded:
    """Return the store of a key from the cache, or make it there."""
    store_cache = Cache()
    store_cache.purge()
    path = store_cache.path(key)
    if path.exists():
        try:
            store = Store(path)
            with suppress(OSError):
                path.touch()  # its age counts from the last use
            return Loaded(store, cached=True)
        except StoreError:
            # Damaged, or purged by another process this very moment: make it again.
            with suppress(OSError):
                path.unlink(missing_ok=True)
    return Loaded(make(path))


def fill(
    builder: Builder,
    bundles: Sequence[Bundle],
    families: Families,
    codes: Codes,
    options: Options,
    more: Callable[[Builder], None] = lambda _builder: None,
    between: Callable[[], None] = lambda: None,
) -> None:
    """Parse bundles into a store that was begun, and finish it.

    Args:
        builder: The empty store; it is abandoned when something fails.
        bundles: What `bundle.open_bundle` returned.
        families: The definitions to read by.
        codes: Rows of `ErrorCodes`.
        options: As in `load`.
        more: Adds rows of its own.
        between: Is called between the steps.

    Raises:
        StoreError: The store cannot be written.
    """
    from diag.analyze.ingest import add_bundles

    try:
        between()
        builder.add_error_codes(codes)
        between()
        add_bundles(builder, bundles, families, options.zone, options.now)
        more(builder)
        between()
        builder.finish()
    except BaseException:
        builder.abandon()
        raise


def _only_store(sources: Sequence[Path]) -> Store:
    if len(sources) > 1:
        raise UsageError(
            "a .duckdb file cannot be mixed with other sources",
            hint="give it alone, or give the bundles it was made from",
        )
    if not sources[0].exists():
        raise UsageError("no such file", where=str(sources[0]), hint="check the path")
    return Store(sources[0])


def _tables(family: Family) -> tuple[object, ...]:
    one = family
    return one.tables, one.block, one.header, one.json, one.word, one.objects


def _definitions(options: Options) -> tuple[Families, Codes]:
    from diag import engine, formats

    return formats.load_families(options.parsers), engine.load_error_codes(
        options.rules, lenient=options.lenient, unlocked=options.unlocked
    )


def _built_in() -> list[str]:
    """Return what decides how a source is read, when it is only what we ship.

    Reading a hundred files takes a twentieth of the time of understanding them, which
    a store that is kept does not need.
    """
    code = Path(__file__).parents[1]
    files = [
        path
        for part in ("analyze", "bundle", "engine", "formats", "store")
        for path in sorted((code / part).rglob("*.py"))
    ]
    texts = [text for name, text in content.yaml_files("parsers")]
    texts += [text for name, text in content.yaml_files("rules") if "/data/" in name]
    return [*texts, *(path.read_text(encoding="utf-8") for path in files)]


def _parts_of(families: Families, codes: Codes) -> list[str]:
    from diag import formats

    return [
        *(formats.core_plan(family) for family in families.values()),
        # What becomes rows of tables is no part of a plan.
        *(repr(_tables(family)) for family in families.values()),
        *("\0".join(row) for row in codes),
    ]


def _key(
    bundles: Sequence[Bundle],
    theirs: tuple[Families, Codes] | None,
    options: Options,
) -> str:
    return key_of(
        [
            __version__,
            arcdiag_core.__version__,
            str(SCHEMA_VERSION),
            options.zone,
            str(options.now),
            *(part for b in bundles for part in (b.source, b.sha256)),
            # A zip inside could not be unpacked for want of room: next time it may.
            *(problem.text for b in bundles for problem in b.problems),
            *(_parts_of(*theirs) if theirs else _built_in()),
        ]
    )
