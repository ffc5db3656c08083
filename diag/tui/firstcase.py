"""A case as it was found before, shown while nothing but small files was looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag.store.first import mark_of, read_first
from diag.store.kept import read_kept
from diag.store.reading import Unfit, read_back
from diag.tui.case import Case, proofs_of
from diag.tui.standing import Standing
from diag.tui.storing import Storing

if TYPE_CHECKING:
    from diag.store.first import Mark
    from diag.tui.case import Wanted


def mark_of_case(wanted: Wanted) -> Mark | None:
    """Return by what a case is known without being read; None if it is not.

    Args:
        wanted: What to open.
    """
    own = any(one.suffix.lower() == ".duckdb" for one in wanted.sources)
    if not (own or wanted.cache):
        return None
    options = wanted.options
    decides = (options, wanted.now, wanted.experimental, wanted.suppressions)
    extra = (*options.parsers, *options.rules)
    return mark_of(wanted.kept, wanted.sources, extra, repr(decides))


def first_case(wanted: Wanted) -> Case | None:
    """Return a case as it was found before; its store is opened by `open_store`.

    Args:
        wanted: What to open.

    Returns:
        None when it is not known, or anything is wrong with what was kept.
    """
    mark = mark_of_case(wanted)
    first = read_first(mark) if mark else None
    if mark is None or first is None:
        return None
    judged = read_kept(mark.path.with_name(first.judged))
    if judged is None:
        return None
    try:
        stood = read_back(Standing, first.standing)
    except Unfit:
        return None
    hashes, name = first.hashes, first.judged
    case = Case(wanted, judged.diagnosis, stood, Storing(), hashes, name)
    case.places, case.proofs = judged.places, proofs_of(judged)
    return case
