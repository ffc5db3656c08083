"""From a diagnosis to what a report may show: without secrets, and only what is new."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diag.cli import arguments
from diag.errors import UsageError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from diag.analyze import Loaded
    from diag.analyze.baseline import Baseline
    from diag.dossier import Dossier
    from diag.engine import RuleSet
    from diag.model import Diagnosis
    from diag.redact import Pseudonyms

TRAVELLING = ("sarif", "junit", "markdown", "html")


class Prepared(NamedTuple):
    """What is asked for, read before the work begins."""

    baseline: Baseline | None = None
    pseudonyms: Pseudonyms | None = None
    table: Path | None = None


class Shown(NamedTuple):
    """What a report shows; `dossier` is None for formats that need none."""

    diagnosis: Diagnosis
    dossier: Dossier | None


def add_arguments(parser: arguments.Parser) -> None:
    """Declare the options that decide what a report shows."""
    parser.add_argument(
        "--baseline",
        type=arguments.a_path,
        metavar="OLD",
        help="an older report of --format json: show only what is new since then, "
        "which also decides the exit code",
    )
    parser.add_argument(
        "--no-redact",
        action="store_true",
        help="leave secrets in the report",
    )
    parser.add_argument(
        "--pseudonyms",
        action="store_true",
        help="replace names of machines and users, ids and addresses, too",
    )
    parser.add_argument(
        "--map",
        type=arguments.a_path,
        metavar="FILE",
        help="the private table of pseudonyms, read if it is there (default: "
        "the name of the report with .map.json); never pass it on",
    )


def prepare(args: argparse.Namespace) -> Prepared:
    """Check the options, and read what they name.

    Args:
        args: Of the command.

    Raises:
        UsageError: They contradict each other, or name what cannot be read.
    """
    from diag.cli.target import check_target

    if args.output:
        others = [args.baseline] if args.baseline else []
        check_target(args.output, [*args.sources, *others])
    baseline = None
    if args.baseline:
        from diag.analyze.baseline import read_baseline

        baseline = read_baseline(args.baseline)
    if not args.pseudonyms:
        if args.map:
            raise UsageError("it is the table of --pseudonyms", where="--map")
        return Prepared(baseline)
    if args.no_redact:
        text = "names cannot be replaced while secrets stay"
        raise UsageError(text, where="--no-redact", hint="give one of the two")
    table = _table_of(args)
    from diag.cli.redactmap import read_map

    check_target(table, [*args.sources, *([args.output] if args.output else [])])
    return Prepared(baseline, read_map(table), table)


def _table_of(args: argparse.Namespace) -> Path:
    if args.map:
        path: Path = args.map
        return path
    if not args.output:
        text = "there is no place for the table that says whose name is which"
        hint = "give --map FILE, or -o FILE: then it lies beside the report"
        raise UsageError(text, where="--pseudonyms", hint=hint)
    output: Path = args.output
    return output.with_name(f"{output.stem}.map.json")


def show(
    args: argparse.Namespace,
    prepared: Prepared,
    loaded: Loaded,
    rules: RuleSet,
    diagnosis: Diagnosis,
) -> Shown:
    """Return what the report shows.

    Args:
        args: Of the command.
        prepared: What `prepare` returned.
        loaded: What was judged, still open.
        rules: The rules that judged it.
        diagnosis: What they said.

    Raises:
        UsageError: The older report is about other machines.
        DiagError: The store cannot be read, or the table not be written.
    """
    from diag.analyze import dossier as dossiers
    from diag.analyze.sanitise import Sanitiser
    from diag.model import Severity
    from diag.report import Format
    from diag.store.cache import default_folder

    beside = None
    if Format(args.format).wants_dossier:
        beside = dossiers.gather(
            loaded,
            rules,
            diagnosis,
            Severity(args.fail_on),
            experimental=ran_experimental(args),
        )
    if not args.no_redact:
        kept = None if args.no_cache else default_folder()
        sanitiser = Sanitiser(prepared.pseudonyms, kept)
        sanitiser.learn(diagnosis, loaded.store)
        clean = sanitiser.cleaned(diagnosis, beside)
        diagnosis, beside = clean.diagnosis, clean.dossier
        if prepared.pseudonyms is not None and prepared.table is not None:
            from diag.cli.redactmap import write_map

            write_map(prepared.table, prepared.pseudonyms)
    if prepared.baseline is not None:
        from diag.analyze.baseline import since

        diagnosis = since(diagnosis, prepared.baseline, _ran(args, rules))
    return Shown(diagnosis, beside)


def ran_experimental(args: argparse.Namespace) -> bool:
    """Return whether experimental rules ran: by name they always do."""
    return bool(args.experimental or getattr(args, "only", ()))


def _ran(args: argparse.Namespace, rules: RuleSet) -> set[str]:
    from diag.engine.rule import Status

    left_out = {Status.DEPRECATED}
    if not ran_experimental(args):
        left_out.add(Status.EXPERIMENTAL)
    return {one.id for one in rules if one.enabled and one.status not in left_out}
