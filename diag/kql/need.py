"""What a store must hold so that a query can have a row: asked before the query runs.

Most rules look for texts that a bundle does not have. Planning a query takes the
database longer than a look at the texts of all rules at once (diag/engine/presence.py).
A need is a necessary condition, never a sufficient one: when in doubt, `ALWAYS`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

# The columns of which parts are searched; of all others the whole value counts. The
# second stands for messages and fields together.
SEARCHED = "Message"
WIDELY = "Fields"
# The columns that needs are about. Each has few values, or few templates.
INDEXED = {
    "Events": ("Log", "Level", SEARCHED, WIDELY),
    "Facts": ("Source", "Name"),
    "Services": ("Name", "State"),
    "Problems": ("Kind",),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """A row of `table` that meets all `tests`.

    A test is a column and lower-case texts: the value is one of them, or, of
    `SEARCHED`, holds one of them; `WIDELY` is for messages or fields that hold one.
    `scan` tells apart two readings of one table.
    """

    table: str
    tests: tuple[tuple[str, frozenset[str]], ...] = ()
    scan: int = field(default=0, compare=False)

    def with_test(self, column: str, texts: frozenset[str]) -> Rows:
        """Return the need for rows that meet one test more."""
        return replace(self, tests=(*self.tests, (column, texts)))


@dataclass(frozen=True, slots=True)
class All:
    """All of several needs."""

    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several needs."""

    needs: tuple[Need, ...] = ()


Need = Rows | All | AnyOf
ALWAYS = All()


def all_of(needs: Iterable[Need]) -> Need:
    """Return the need for all of some."""
    found = tuple(dict.fromkeys(need for need in needs if need != ALWAYS))
    return found[0] if len(found) == 1 else All(found)


def any_of(needs: Iterable[Need]) -> Need:
    """Return the need for one of some."""
    found = tuple(dict.fromkeys(needs))
    if ALWAYS in found:
        return ALWAYS
    return found[0] if len(found) == 1 else AnyOf(found)


def plain(need: Need) -> Any:  # noqa: ANN401 - JSON data
    """Return a need as JSON data; see `of_plain`."""
    match need:
        case Rows(table, tests):
            return [table, [[column, sorted(texts)] for column, texts in tests]]
        case All(needs):
            return {"all": [plain(one) for one in needs]}
        case AnyOf(needs):
            return {"any": [plain(one) for one in needs]}


def of_plain(data: Any) -> Need:  # noqa: ANN401 - JSON data
    """Return the need that `plain` wrote.

    Raises:
        ValueError, LookupError, TypeError: It did not.
    """
    if isinstance(data, list):
        table, tests = data
        return Rows(table, tuple((one, frozenset(texts)) for one, texts in tests))
    if "all" in data:
        return All(tuple(of_plain(one) for one in data["all"]))
    return AnyOf(tuple(of_plain(one) for one in data["any"]))
