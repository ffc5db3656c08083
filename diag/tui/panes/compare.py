"""Compare: what is otherwise than on a machine that is well, most surprising first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.widgets import Input, Static

from diag.errors import DiagError
from diag.tui.comparing import Comparing, row_of
from diag.tui.door import content, lines
from diag.tui.keys import bindings
from diag.tui.panes.pane import Pane
from diag.tui.sheet import Row, Sheet
from diag.tui.typing import Typing

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from diag.model import Comparison, Diagnosis, Difference
    from diag.tui.door import Part

KIND = 10
LOOKS = {
    "finding": "bad",
    "service": "warn",
    "endpoint": "warn",
    "extension": "warn",
    "setting": "name",
    "version": "name",
    "message": "bold",
}


class ComparePane(Pane):
    """Both sources above, the differences, and the selected one in full."""

    DEFAULT_CSS = """
    ComparePane #compare-sides { height: auto; max-height: 3; }
    ComparePane #compare-details {
      height: 6; border-top: solid $panel-lighten-2; padding: 0 1;
    }
    ComparePane #compare-ask { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("compare")]

    def compose(self) -> ComposeResult:
        """Make the parts."""
        yield Static(id="compare-sides")
        yield Sheet(id="compare-list")
        yield Static(id="compare-details")
        yield Typing(
            id="compare-ask",
            compact=True,
            placeholder="the source that works: a zip, a folder, a log, a .duckdb file",
        )

    def on_mount(self) -> None:
        """Begin without another source; it is opened when the screen is shown."""
        self._comparing: Comparing | None = None
        self._comparison: Comparison | None = None
        self._say_nothing_to_compare()

    def _say_nothing_to_compare(self) -> None:
        self._told([[" There is no other source yet."], [" o names one that works."]])

    @property
    def first(self) -> Sheet:
        """The list."""
        return self.query_one(Sheet)

    def shown(self) -> None:
        """Open the source of the command line when it is first needed."""
        against = self.case.wanted.against
        if against and self._comparison is None and self._comparing is None:
            self._start(against)

    def _told(self, rows: list[list[Part | str]]) -> None:
        self.query_one("#compare-sides", Static).update(lines(rows))

    def action_other(self) -> None:
        """Ask for the source to compare with."""
        line = self.query_one("#compare-ask", Input)
        line.value = ""
        line.display = True
        self.screen.set_focus(line)

    def leave_asking(self) -> bool:
        """Close the line where one types, or stop what is being compared."""
        line = self.query_one("#compare-ask", Input)
        if line.display:
            line.display = False
            self.screen.set_focus(self.first)
            return True
        if self._comparing is not None:
            self._comparing.stopped, self._comparing = True, None
            self._told([[" stopped"], [" o names another source."]])
            return True
        return False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Compare with the source that was named."""
        event.stop()
        text = event.value.strip()
        self.query_one("#compare-ask", Input).display = False
        self.screen.set_focus(self.first)
        if text:
            self._start(Path(text))

    def _start(self, good: Path) -> None:
        if self._comparing is not None:
            self._comparing.stopped = True
        self._comparing = comparing = Comparing(self.case, good)
        self.first.show([])
        self._run(comparing)

    @work(thread=True, group="compare")
    def _run(self, comparing: Comparing) -> None:
        def say(text: str) -> None:
            self.app.call_from_thread(self._progress, comparing, text)

        try:
            found = comparing.run(say)
        except DiagError as error:
            self.app.call_from_thread(self._failed, comparing, error)
        else:
            if found is not None:
                self.app.call_from_thread(self._compared, comparing, found)

    def _progress(self, comparing: Comparing, text: str) -> None:
        if comparing is self._comparing:
            self._told([[f" {text} …  Esc stops it"]])

    def _failed(self, comparing: Comparing, error: DiagError) -> None:
        if comparing is self._comparing:
            self._comparing = None
            self._told(
                [
                    [(" That source cannot be opened.", "bold")],
                    [f" {error}"],
                    [" o names another one."],
                ]
            )

    def _compared(self, comparing: Comparing, found: Comparison) -> None:
        if comparing is not self._comparing:
            return
        self._comparing, self._comparison = None, found
        count = f" {len(found.differences):,} differences, most surprising first"
        self._told([_side("GOOD", found.good), _side("BAD", found.bad), [count]])
        rows = [_row(one) for one in found.differences]
        rows += [
            Row(((f"{log}: only {owner.upper()} has this log", "quiet"),), still=True)
            for log, owner in found.uncompared
        ]
        self.first.show(rows or [Row((("nothing differs", ""),), still=True)])

    @property
    def difference(self) -> Difference | None:
        """The selected difference."""
        found = self._comparison.differences if self._comparison else ()
        place = self.first.cursor
        return found[place] if place < len(found) else None

    def on_sheet_moved(self) -> None:
        """Show the whole of the selected difference."""
        one = self.difference
        panel = self.query_one("#compare-details", Static)
        if one is None:
            panel.update(content(""))
            return
        where = f"{one.log}: " if one.log else ""
        rows: list[list[Part | str]] = [
            [(f"{one.kind}  ", "bold"), f"{where}{one.text}"],
            [("good ", "$text-muted"), one.good],
            [("bad  ", "$text-muted"), one.bad],
        ]
        if one.evidence:
            proof = one.evidence[0]
            rows.append([(f"{proof.file}:{proof.line}", "$text-accent")])
        panel.update(lines(rows))

    def on_sheet_chosen(self) -> None:
        """Show the line of the sick machine in the log."""
        one = self.difference
        if one is None:
            return
        try:
            row = row_of(self.case, one)
        except DiagError as error:
            self.triage.say(str(error))
            return
        if row is None:
            self.triage.say("no line of BAD shows this difference")
        else:
            self.triage.go_to_line(row)


def _side(word: str, side: Diagnosis) -> list[Part | str]:
    names = ", ".join(
        f"{one.computer}  {one.os or 'system unknown'}  agent "
        f"{one.agent_version or 'unknown'}"
        for one in side.bundles
    )
    return [(f" {word:<5}", "bold"), names]


def _row(one: Difference) -> Row:
    where = f"{one.log}: " if one.log else ""
    parts = (
        (f"{one.kind:<{KIND}} ", LOOKS.get(one.kind, "")),
        (f"{one.good} → {one.bad}  ", "bold"),
        (f"{where}{one.text}", ""),
    )
    return Row(parts)
