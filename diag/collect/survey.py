"""What there is to take, before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diag.collect.choose import Pick, choose
from diag.collect.plan import LISTING
from diag.collect.told import ABSENT, Left
from diag.collect.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Sequence

    from diag.collect.options import Options
    from diag.collect.plan import Candidate, Plan
    from diag.collect.roots import Root
    from diag.collect.walk import Found


class Chosen(NamedTuple):
    """A file to take, and the root under which it lies."""

    root: Root
    pick: Pick


class Survey(NamedTuple):
    """Everything that was found: what is taken, in this order, and what is not."""

    chosen: Sequence[Chosen]
    left: Sequence[Left]
    listings: Sequence[str]
    seen: Sequence[Found]

    @property
    def size(self) -> int:
        """How many bytes will be read, as far as it is known."""
        return sum(size_of(one.pick) for one in self.chosen)


def size_of(pick: Pick) -> int:
    """Return how many bytes a pick has."""
    return min(pick.found.size, pick.most)


def survey(plan: Plan, roots: Sequence[Root], options: Options) -> Survey:
    """Look through the roots and decide what is taken.

    Args:
        plan: What to look for.
        roots: Open.
        options: Window and size.
    """
    chosen: list[Chosen] = []
    left: list[Left] = []
    lines: list[str] = []
    seen: list[Found] = []
    for root in roots:
        walk = Walk(plan, root.system)
        walk.run(root.folder)
        choice = choose(walk.found, options)
        chosen += [Chosen(root, pick) for pick in choice.picks]
        left += [*walk.left, *choice.left, *_absent(plan, root, walk.met)]
        lines += walk.listings
        seen += walk.found
    return Survey(chosen, left, lines, seen)


def _absent(plan: Plan, root: Root, met: Container[str]) -> Iterator[Left]:
    """Yield the usual path of every kind of file of which there is none."""
    paths: dict[str, list[Candidate]] = {}
    for one in plan.candidates:
        if one.system == root.system and one.kind != LISTING:
            paths.setdefault(one.key, []).append(one)
    for key, ways in paths.items():
        if key not in met:
            text = "nor at its other places" if len(ways) > 1 else "there is none"
            yield Left(ways[0].path, ABSENT, text)
