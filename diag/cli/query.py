"""`arcdiag query`: ask the store in KQL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from diag.cli import arguments
from diag.cli.exits import Exit
from diag.errors import KqlError, UsageError
from diag.schema import RESULTS, TABLES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from datetime import datetime

    from diag.cli.console import Console
    from diag.kql import Query
    from diag.store import Store

FORMATS = ("table", "json", "jsonl", "csv")
LARGEST = 1_000_000
# What a query without a source may be about: nothing that lies in a store.
READS = 'FROM "'


def add_arguments(parser: arguments.Parser) -> None:
    """Declare what the command takes."""
    parser.add_argument(
        "words",
        nargs="*",
        metavar="KQL [SOURCE...]",
        help="the query, unless -f or --where gives it; then zips, folders, log files "
        "or one .duckdb file. print and datatable need no source",
    )
    parser.add_argument(
        "-f",
        "--file",
        action="append",
        default=[],
        type=arguments.a_path,
        metavar="FILE",
        help="read the query from a file; several with --check",
    )
    parser.add_argument(
        "--where",
        metavar="FILTER",
        help="show the events that meet a condition: 'Level == \"error\"', a text in "
        'quotes to be searched for, either followed by "| operator ..."',
    )
    _add_output(parser)
    arguments.add_reading(parser)
    arguments.add_telling(parser)


def _add_output(parser: arguments.Parser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="only parse; no source, names are free"
    )
    parser.add_argument(
        "--explain", action="store_true", help="print the SQL instead of running it"
    )
    parser.add_argument(
        "--format",
        default="table",
        type=arguments.one_of(*FORMATS),
        metavar="FORMAT",
        help="table (default), json, jsonl or csv",
    )
    parser.add_argument(
        "-j",
        dest="format",
        action="store_const",
        const="json",
        help="short for --format json",
    )
    arguments.add_caching(parser)


def execute(args: argparse.Namespace, console: Console) -> Exit:
    """Compile the query, run it, and write its rows.

    Args:
        args: What was parsed.
        console: Where the rows go.

    Returns:
        `CLEAN`, or `USAGE` when one of several queries to check is wrong.

    Raises:
        DiagError: The query is wrong, or the source cannot be read.
    """
    texts, args.sources = _texts(args)
    if args.check:
        return _check(texts, console)
    if len(texts) > 1:
        raise UsageError("one query at a time", hint="several -f go with --check")
    [(name, text)] = texts
    query = _compiled(args, name, text)
    if args.explain:
        console.lines(_explained(query))
        return Exit.CLEAN
    _has_what_it_reads(query, args.sources)
    _run(args, query, console)
    return Exit.CLEAN


def _texts(args: argparse.Namespace) -> tuple[list[tuple[str, str]], list[Path]]:
    """Return the queries with what messages call them, and the sources."""
    words = [*args.words]
    if args.where is not None and args.file:
        raise UsageError("--where and -f cannot both give the query")
    if args.where is not None:
        found = [("", args.where)]
    elif args.file:
        found = [(str(path), _read(path)) for path in args.file]
    elif words:
        found = [("", words.pop(0))]
        if len(words) == 1 and _is_path(found[0][1]) and not _is_path(words[0]):
            hint = "arcdiag query KQL SOURCE: the query comes first"
            raise UsageError(f"'{found[0][1]}' is a source, no query", hint=hint)
    else:
        raise UsageError(
            "a query is missing",
            hint='arcdiag query "Events | take 10" SOURCE; -f reads it from a file',
        )
    if "" in words:
        raise UsageError("an empty text is no path", hint="leave it out")
    return found, [Path(word) for word in words]


def _is_path(word: str) -> bool:
    """Return whether a word is a file or folder that there is."""
    try:
        return Path(word).exists()
    except (OSError, ValueError):  # too long for a name, or with a null byte
        return False


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError as error:
        text = f"the query cannot be read: {error.strerror}"
        raise UsageError(text, where=str(path)) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError("the query is not UTF-8", where=str(path)) from error


def _check(texts: list[tuple[str, str]], console: Console) -> Exit:
    """Parse queries; every one that is wrong is told."""
    from diag.cli.main import tell_error
    from diag.kql.parse import parse_query

    wrong = 0
    for name, text in texts:
        try:
            parse_query(text)
        except KqlError as error:
            wrong += 1
            tell_error(error.within(name), console)
    return Exit.USAGE if wrong else Exit.CLEAN


def _compiled(args: argparse.Namespace, name: str, text: str) -> Query:
    from diag.engine.kept import Kept, key_of
    from diag.store.cache import default_folder

    def build() -> Query:
        # Loads pyparsing, so only for a query that was not kept.
        from diag.kql import compile_filter, compile_query

        if args.where is not None:
            return compile_filter(text)
        return compile_query(text, schema={**TABLES, **RESULTS})

    kept = Kept(None if args.no_cache else default_folder())
    kind = "filter" if args.where is not None else "question"
    key = key_of(kind, text, {})
    kept.open([key])
    try:
        query = kept.get(key, build)
    except KqlError as error:
        raise error.within(name) from error
    kept.close()
    return query


def _explained(query: Query) -> Iterator[str]:
    yield query.sql
    for name, value in query.bound.items():
        yield f"-- ${name} = {value!r}"


def _has_what_it_reads(query: Query, sources: list[Path]) -> None:
    if READS in query.sql and not sources:
        raise UsageError(
            "the query reads tables, but there is no source",
            hint="give a zip, a folder, a log file or a .duckdb file behind the query",
        )
    stored = any(path.suffix.lower() == ".duckdb" for path in sources)
    for table in () if stored else RESULTS:
        if f'{READS}{table}"' in query.sql:
            raise UsageError(
                f"{table} is only in a store, where 'arcdiag load' writes it",
                hint="arcdiag load SOURCE... -o FILE.duckdb, then query FILE.duckdb",
            )


def _run(args: argparse.Namespace, query: Query, console: Console) -> None:
    from diag.cli.check import named, open_sources
    from diag.cli.console import as_utf8
    from diag.cli.progress import Progress
    from diag.cli.scratch import scratch_in

    as_utf8(console)
    with scratch_in(args.tmp_dir):
        if not args.sources:
            from diag.analyze.load import without_source

            with without_source() as store:
                _write(args, query, store, console)
            return
        with Progress(console, f"reading {named(args.sources)}"):
            loaded = open_sources(args, cache=not args.no_cache)
        with loaded:
            _write(args, query, loaded.store, console)


def _write(
    args: argparse.Namespace, query: Query, store: Store, console: Console
) -> None:
    from diag.report.rows import Style, write_rows

    style = console.style()
    look = Style(width=style.width, cut=style.terminal, drawn=query.drawn)
    sql, params = query.bind({}, _moment(args, store))
    rows = store.stream(sql, params)
    for text in write_rows(query.columns, rows, args.format, look):
        console.result(text)
        if console.gone:
            return


def _moment(args: argparse.Namespace, store: Store) -> datetime:
    """Return what `now()` is: `--now`, else when the input was collected."""
    from datetime import UTC

    from diag import clock

    moment = args.now.at if args.now else store.collected()[0]
    if moment is None:
        moment = clock.now()
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
