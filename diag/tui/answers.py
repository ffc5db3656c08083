"""A query of the query screen: compiled, run in a thread, its rows made when drawn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from diag.errors import UsageError
from diag.report.chart import chart
from diag.report.rows import CHARTS, Style, cell, write_rows
from diag.schema import RESULTS, TABLES, Type
from diag.store.browse import Browser
from diag.text import show
from diag.tui.asking import now_of
from diag.tui.goals import Place
from diag.tui.sheet import Row

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from diag.tui.case import Case

MOST_ROWS = 100_000
LOOKED_AT = 200  # rows from which widths are taken
WIDEST = 60
LONGEST = 2_000
FORMS = {".csv": "csv", ".json": "json", ".jsonl": "jsonl"}
NUMBERS = {Type.LONG, Type.INT, Type.REAL}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a query gave. `more`: there were more rows than are kept."""

    columns: Mapping[str, Type]
    rows: list[tuple[Any, ...]]
    more: bool = False
    drawn: str = ""

    def chart(self, width: int) -> str:
        """Return what `render` asked for, drawn; empty if nothing can be."""
        if self.drawn not in CHARTS:
            return ""
        return chart(self.columns, self.rows, self.drawn, width)

    def save(self, path: Path) -> int:
        """Write the rows to a new file; its name says how. Returns how many.

        Raises:
            UsageError: The name ends otherwise, the file exists, or cannot be written.
        """
        form = FORMS.get(path.suffix.lower())
        if form is None:
            said = f"the name has to end in {', '.join(FORMS)}"
            raise UsageError(said, where=path.name)
        try:
            with path.open("x", encoding="utf-8", newline="") as stream:
                pieces = write_rows(self.columns, self.rows, form, Style())
                stream.writelines(pieces)
        except FileExistsError as error:
            hint = "give another name"
            raise UsageError("the file exists", where=str(path), hint=hint) from error
        except OSError as error:
            said = f"it cannot be written: {error.strerror}"
            raise UsageError(said, where=str(path)) from error
        return len(self.rows)


@dataclass(slots=True)
class Question:
    """A query on its way, for a thread of its own."""

    case: Case
    text: str
    stopped: bool = False
    _browser: Browser | None = field(default=None)

    def run(self) -> Answer:
        """Compile and run the query.

        Raises:
            KqlError: It is wrong.
            StoreError: It failed or was stopped.
        """
        from diag.kql import compile_query

        query = compile_query(self.text, schema=schema_of(self.case))
        sql, params = query.bind({}, now_of(self.case))
        self._browser = browser = Browser(self.case.loaded.store)
        try:
            if self.stopped:
                return Answer(query.columns, [])
            rows, more = browser.some(sql, params, MOST_ROWS)
        finally:
            self._browser = None
            browser.close()
        return Answer(query.columns, rows, more, query.drawn)

    def stop(self) -> None:
        """Stop it; from another thread."""
        self.stopped = True
        browser = self._browser
        if browser is not None:
            browser.interrupt()


def schema_of(case: Case) -> dict[str, dict[str, Type]]:
    """Return the tables that can be asked: those of results only if they are there."""
    return {**TABLES, **RESULTS} if case.stored else TABLES


class AnswerRows:
    """The rows of an answer as a list shows them, each made when it is drawn."""

    def __init__(self, answer: Answer) -> None:
        """Measure the columns."""
        self._answer = answer
        self._kinds = tuple(answer.columns.values())
        some = [self._texts(row) for row in answer.rows[:LOOKED_AT]]
        columns = zip(*([show(name) for name in answer.columns], *some), strict=True)
        self._widths = [min(WIDEST, max(map(len, one))) for one in columns]
        names = list(answer.columns)
        self._file = names.index("File") if "File" in names else None
        self._line = names.index("Line") if "Line" in names else None

    @property
    def head(self) -> tuple[tuple[str, str], ...]:
        """The names of the columns."""
        return self._cells([show(name) for name in self._answer.columns], "head")

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._answer.rows)

    def __getitem__(self, place: int) -> Row:
        """Return a row."""
        row = self._answer.rows[place]
        goal = None
        if self._file is not None and self._line is not None:
            file, line = row[self._file], row[self._line]
            if isinstance(file, str) and isinstance(line, int):
                goal = Place(file, line)
        return Row(self._cells(self._texts(row), ""), goal)

    def _texts(self, row: tuple[Any, ...]) -> list[str]:
        return [
            show(cell(value, kind)[:LONGEST]).expandtabs(1)
            for value, kind in zip(row, self._kinds, strict=True)
        ]

    def _cells(self, texts: list[str], look: str) -> tuple[tuple[str, str], ...]:
        parts = []
        for text, width, kind in zip(texts, self._widths, self._kinds, strict=True):
            short = text if len(text) <= width else f"{text[: width - 1]}…"
            put = short.rjust(width) if kind in NUMBERS else short.ljust(width)
            parts.append((f"{put}  ", look))
        return tuple(parts)
