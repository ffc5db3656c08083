"""Words that may stand at the cursor of a condition."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.store.browse import LEVELS

if TYPE_CHECKING:
    from diag.tui.case import Case

WORD = re.compile(r"!?[A-Za-z_]\w*$")
# A column, an operator and an opened quotation mark.
VALUE = re.compile(
    r"(\w+)\s*(?:[=!]=|=~|!~|has|contains|startswith|in\s*\()[^\"]*\"([^\"]*)$"
)
MOST = 12


class Words:
    """What may stand in a condition on this case; made in a thread of its own."""

    def __init__(self, case: Case) -> None:
        """Gather columns, operators, functions, and values of some columns."""
        from diag.kql.completion import Kind, completions

        order = (Kind.COLUMN, Kind.COMPARISON, Kind.FUNCTION, Kind.OPERATOR)
        found = [
            one
            for one in completions()
            if one.kind in order and one.table in {"", "Events"}
        ]
        found.sort(key=lambda one: order.index(one.kind))
        self._words = {one.name: f"{one.form}: {one.help}" for one in found}
        files = case.diagnosis.files
        self._values = {
            "Level": [word for word in reversed(LEVELS) if word],
            "Log": sorted({one.log for one in files if one.log}),
            "File": sorted({one.file for one in files}),
            "Computer": [one.computer for one in case.diagnosis.bundles],
        }

    def at(self, before: str) -> tuple[int, list[str]]:
        """Return how many characters a completion replaces, and the completions.

        Args:
            before: The text in front of the cursor.
        """
        if before.count('"') % 2:
            found = VALUE.search(before)
            values = self._values.get(found[1], []) if found else []
            begun = found[2].lower() if found else ""
            return len(begun), [f'{v}"' for v in values if begun in v.lower()][:MOST]
        word = WORD.search(before)
        begun = word.group() if word else ""
        if not begun:
            return 0, []
        low = begun.lower()
        fits = [name for name in self._words if name.lower().startswith(low)]
        return len(begun), [name for name in fits if name != begun][:MOST]

    def help(self, name: str) -> str:
        """Return the form of a word and what it does."""
        return self._words.get(name, "")
