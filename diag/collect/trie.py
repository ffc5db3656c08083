"""All globs as one tree, so that every folder is listed once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.collect.plan import LISTING, LOG, TURNED, part_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diag.collect.plan import Candidate


class Node:
    """What may stand below a folder, and what ends there."""

    __slots__ = ("children", "ends")

    def __init__(self) -> None:
        """Make a node under which nothing is wanted."""
        self.children: dict[tuple[str, str], tuple[Any, Node]] = {}
        self.ends: list[Candidate] = []

    def child(self, part: str, tail: str) -> Node:
        """Return the node for a part of a glob, made if need be."""
        key = part.lower(), tail
        if key not in self.children:
            self.children[key] = part_pattern(part, tail), Node()
        return self.children[key][1]


def tree_of(candidates: Iterable[Candidate]) -> Node:
    """Return the tree of the candidates' globs."""
    top = Node()
    for one in candidates:
        parts = one.path.split("/")
        node = top
        for depth, part in enumerate(parts, 1):
            turned = one.kind == LOG and depth == len(parts)
            node = node.child(part, TURNED if turned else "")
        node.ends.append(one)
    return top


def below(nodes: Sequence[Node], name: str) -> list[Node]:
    """Return the nodes that a name in a folder leads to."""
    return list(_below(nodes, name))


def wanted(nodes: Sequence[Node], name: str) -> bool:
    """Say whether a name in a folder leads anywhere."""
    return next(_below(nodes, name), None) is not None


def _below(nodes: Sequence[Node], name: str) -> Iterator[Node]:
    for node in nodes:
        for pattern, child in node.children.values():
            if pattern.match(name):
                yield child


def best_of(nodes: Sequence[Node]) -> Candidate | None:
    """Return the candidate that fits a file best: the most exact glob."""
    ends = [one for node in nodes for one in node.ends if one.kind != LISTING]
    if not ends:
        return None
    return max(ends, key=lambda one: (one.weight, -one.rank))


def listing_of(nodes: Sequence[Node]) -> Candidate | None:
    """Return the listing that begins at a folder, if one does."""
    ends = [one for node in nodes for one in node.ends if one.kind == LISTING]
    return max(ends, key=lambda one: one.depth) if ends else None
