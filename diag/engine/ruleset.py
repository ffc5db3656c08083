"""The loaded rules, and what is asked of them as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag.engine.failures import located

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from diag.engine.compiled import CompiledRule
    from diag.engine.rule import Rule


@dataclass(frozen=True)
class RuleSet:
    """Rules sorted by id, remarks of the loader that are no errors, and texts.

    `texts` are the files that the rules stand in, for the line of an error. `kept`
    is the folder where compiled queries are kept between runs; None keeps none.
    `errors` say what could not be loaded, each with its place; there are none unless
    the rules were loaded leniently (`lenient`), as for a check: then what is right
    runs, and what is wrong is told.
    """

    rules: tuple[Rule, ...]
    remarks: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    kept: Path | None = None
    errors: tuple[str, ...] = ()
    lenient: bool = False

    def __iter__(self) -> Iterator[Rule]:
        """Go through the rules, sorted by id."""
        return iter(self.rules)

    def __len__(self) -> int:
        """Return how many rules there are."""
        return len(self.rules)

    def compile(
        self, chosen: Iterable[Rule], errors: list[str] | None = None
    ) -> list[CompiledRule]:
        """Compile the queries of some of the rules, in their order.

        Args:
            chosen: Which rules.
            errors: Collects what is wrong, each with its place; the rules that it is
                about are then left out of the result. None raises it.

        Raises:
            RuleError: Queries are wrong; the text lists every error with its place.
        """
        from diag.engine.compile import compile_rules

        return compile_rules(self, chosen, errors)

    def place(self, rule: Rule, *keys: str | int) -> str:
        """Return `file:line` of a rule or of a field in it."""
        text = self.texts[rule.file]
        return located(rule.file, text, [((*rule.path, *keys), "")])[0][: -len(": ")]
