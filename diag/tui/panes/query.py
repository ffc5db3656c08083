"""Query: an editor for KQL, and below it the rows or the chart of the answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.widgets import Input, Static, TextArea

from diag.errors import DiagError, KqlError
from diag.tui.answers import Answer, AnswerRows, Question
from diag.tui.door import content, inline, lines
from diag.tui.editor import Editor
from diag.tui.keys import bindings
from diag.tui.panes.pane import Pane
from diag.tui.querywords import complete, word_before
from diag.tui.sheet import Row, Sheet
from diag.tui.typing import Typing

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from diag.kql.completion import Completion
    from diag.tui.door import Part

BEGIN = """Events
| where Level in ("error", "critical")
| summarize count() by Log
| sort by count_ desc"""

LOW = 18  # rows of the screen


class QueryPane(Pane):
    """Editor, words that fit, messages, and the answer."""

    DEFAULT_CSS = """
    QueryPane TextArea { height: 6; border: none; padding: 0 1; }
    QueryPane TextArea:focus { border: none; }
    QueryPane.low TextArea { height: 3; }
    QueryPane.low #query-words { height: 1; }
    QueryPane #query-words { height: 2; padding: 0 1; color: $text-muted; }
    QueryPane #query-told { height: auto; max-height: 6; padding: 0 1; }
    QueryPane #query-ask { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("query")]

    def compose(self) -> ComposeResult:
        """Make the parts."""
        yield Editor(
            BEGIN, id="query-text", show_line_numbers=False, highlight_cursor_line=False
        )
        yield Static(id="query-words")
        yield Static(id="query-told")
        yield Sheet(id="query-rows")
        yield Typing(id="query-ask", compact=True)

    def on_mount(self) -> None:
        """Begin without an answer."""
        self._question: Question | None = None
        self._answer: Answer | None = None
        self._drawn = False
        self._at = len(self._history)
        self._fitting: list[Completion] = []
        self.editor.move_cursor(self.editor.document.end)
        self._tell(
            [["Ctrl+R runs the query; Tab completes a word, or goes to the rows"]]
        )

    def on_resize(self) -> None:
        """Leave room for rows."""
        self.set_class(self.size.height < LOW, "low")

    @property
    def _history(self) -> list[str]:
        """The queries of the case, also of earlier sessions; the last one last."""
        return self.triage.session.past.get("query", [])

    @property
    def editor(self) -> TextArea:
        """The editor."""
        return self.query_one(TextArea)

    @property
    def sheet(self) -> Sheet:
        """The answer."""
        return self.query_one(Sheet)

    @property
    def first(self) -> Widget:
        """The editor."""
        return self.editor

    @property
    def resting(self) -> Widget:
        """The rows; in the editor the key that leaves would be a letter."""
        return self.sheet

    def _tell(self, rows: list[list[Part | str]]) -> None:
        self.query_one("#query-told", Static).update(lines(rows))

    def on_text_area_changed(self) -> None:
        """Show which words fit."""
        self._complete()

    def on_text_area_selection_changed(self) -> None:
        """Show which words fit."""
        self._complete()

    def _complete(self) -> None:
        text = self.editor.get_text_range((0, 0), self.editor.cursor_location)
        self._fitting = complete(text, stored=self.case.stored)
        panel = self.query_one("#query-words", Static)
        if not self._fitting:
            panel.update(content(""))
            return
        first = self._fitting[0]
        names = "  ".join(one.name for one in self._fitting[1:])
        about = f"{first.form}  {first.help}".strip()
        rows: list[list[Part | str]] = [[(first.name, "bold"), f"  {names}"], [about]]
        width = max(self.size.width - 2, 10)
        panel.update(lines([[_cut(row, width) for row in one] for one in rows]))

    def action_complete(self) -> None:
        """Complete the word; without one go to the rows, or back."""
        if self.screen.focused is not self.editor:
            self.screen.set_focus(self.editor)
            return
        row, column = self.editor.cursor_location
        text = self.editor.get_text_range((row, 0), (row, column))
        word = word_before(text)
        if word and self._fitting:
            begin = (row, column - len(word))
            self.editor.replace(self._fitting[0].name, begin, (row, column))
        else:
            self.screen.set_focus(self.sheet)

    def action_edit(self) -> None:
        """Go to the editor."""
        self.screen.set_focus(self.editor)

    def action_earlier(self, step: int) -> None:
        """Put an earlier or later query of the case into the editor."""
        if not self._history:
            self.triage.say("no query was run yet")
            return
        self._at = max(0, min(self._at + step, len(self._history) - 1))
        self.editor.text = self._history[self._at]
        self.editor.move_cursor(self.editor.document.end)

    def action_run(self) -> None:
        """Run the query; one that still runs is stopped."""
        text = self.editor.text.strip()
        if not text:
            self._tell([["there is no query"]])
            return
        self._stop()
        self.triage.session.remember("query", text)
        self._at = len(self._history)
        self._question = question = Question(self.case, self.editor.text)
        self._tell([["running …  Esc stops it"]])
        self._run(question)

    @work(thread=True, group="query")
    def _run(self, question: Question) -> None:
        try:
            answer = question.run()
        except DiagError as error:
            self.app.call_from_thread(self._failed, question, error)
        else:
            self.app.call_from_thread(self._answered, question, answer)

    def _stop(self) -> bool:
        question, self._question = self._question, None
        if question is None:
            return False
        question.stop()
        self._tell([["stopped"]])
        return True

    def _failed(self, question: Question, error: DiagError) -> None:
        if question is not self._question:
            return
        self._question = None
        rows: list[list[Part | str]] = []
        if isinstance(error, KqlError):
            shown = [inline(line) for line in error.excerpt]
            rows += [[(line, "bold")] for line in shown]
            self.editor.move_cursor((error.line - 1, max(error.column - 1, 0)))
        rows.append([(error.text, "$text-error")])
        if error.hint:
            rows.append([error.hint])
        self._tell(rows)

    def _answered(self, question: Question, answer: Answer) -> None:
        if question is not self._question:
            return
        self._question, self._answer = None, answer
        self._drawn = bool(answer.drawn)
        self._show_answer()
        if self.screen.focused is self.editor and answer.rows:
            self.screen.set_focus(self.sheet)

    def _show_answer(self) -> None:
        answer = self._answer
        if answer is None:
            return
        drawn = answer.chart(max(self.size.width - 4, 20)) if self._drawn else ""
        if drawn:
            self.sheet.show([Row(((line, ""),)) for line in drawn.splitlines()])
        else:
            rows = AnswerRows(answer)
            self.sheet.show(rows, rows.head)
        count = "1 row" if len(answer.rows) == 1 else f"{len(answer.rows):,} rows"
        if answer.more:
            count = f"the first {count}; there are more"
        chart = "; v: rows or chart" if answer.drawn else ""
        self._tell([[f"{count}{chart}"]])

    def action_chart(self) -> None:
        """Show rows instead of the chart, or the chart again."""
        if self._answer is None or not self._answer.drawn:
            self.triage.say("no chart was asked for: | render timechart")
            return
        self._drawn = not self._drawn
        self._show_answer()

    def on_sheet_chosen(self, event: Sheet.Chosen) -> None:
        """Go to the line of the log that the row is about."""
        if event.goal is not None:
            self.triage.follow(event.goal)
        else:
            self.triage.say(
                "a row needs the columns File and Line to be shown in the log"
            )

    def action_save(self) -> None:
        """Ask for a file to write the rows to."""
        if self._answer is None:
            self.triage.say("there are no rows yet")
            return
        line = self.query_one("#query-ask", Input)
        line.placeholder = "a new file: name.csv, name.json or name.jsonl"
        line.display = True
        self.screen.set_focus(line)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Write the rows."""
        event.stop()
        self.leave_asking()
        if self._answer is None or not event.value.strip():
            return
        path = Path(event.value.strip()).expanduser()
        self._save(self._answer, path)

    @work(thread=True, group="save")
    def _save(self, answer: Answer, path: Path) -> None:
        try:
            count = answer.save(path)
        except DiagError as error:
            self.app.call_from_thread(self.triage.say, str(error))
        else:
            self.app.call_from_thread(self.triage.say, f"{count:,} rows: {path}")

    def leave_asking(self) -> bool:
        """Stop what runs; leave the line where one types, or the editor."""
        if self._stop():
            return True
        line = self.query_one("#query-ask", Input)
        if line.display:
            line.display = False
            self.screen.set_focus(self.sheet)
            return True
        if self.screen.focused is self.editor:
            self.screen.set_focus(self.sheet)
            return True
        return False


def _cut(part: Part | str, width: int) -> Part | str:
    return part[:width] if isinstance(part, str) else (part[0][:width], part[1])
