"""The program: header, screens, footer; a case is opened without blocking them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.widgets import ContentSwitcher, Static

from diag.clock import iso
from diag.errors import DiagError
from diag.tui.case import open_case
from diag.tui.door import content, inline, lines
from diag.tui.keeping import Keeping
from diag.tui.keys import EVERYWHERE, SCREENS, bindings, keys_of, shown
from diag.tui.panes.findings import FindingsPane
from diag.tui.panes.pane import Pane
from diag.tui.sorting import LATE, Sorting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from diag.tui.case import Case, Wanted

# Those of `LATE` come when the lines are sorted.
PANES: dict[str, type[Pane]] = {"findings": FindingsPane}
FIRST = "findings"


class TriageApp(Sorting, Keeping):
    """Triage of one case."""

    CSS = """
    #who, #tabs, #foot { height: 1; }
    #who { background: $panel; text-style: bold; }
    #tabs { color: $text-muted; }
    #foot { background: $panel; }
    #opening { height: 1fr; padding: 1 2; }
    ContentSwitcher { height: 1fr; }
    OptionList, OptionList:focus { border: none; padding: 0; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(EVERYWHERE)]
    TITLE = "arcdiag"
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, wanted: Wanted, keymap: Mapping[str, str] | None = None) -> None:
        """Prepare to open a case.

        Args:
            wanted: What to open.
            keymap: The user's keys, checked by `keys.checked`.
        """
        super().__init__()
        self._wanted = wanted
        self._keymap_of_user = dict(keymap or {})
        self._case: Case | None = None
        self._back: list[str] = []
        self.failure: DiagError | None = None

    @property
    def case(self) -> Case:
        """What is looked at; only once it is open."""
        assert self._case is not None  # noqa: S101 - screens are made when it is
        return self._case

    def compose(self) -> ComposeResult:
        """Make the frame; the screens follow when the case is open."""
        yield Static(id="who")
        yield Static(id="tabs")
        yield Static(content("opening"), id="opening")
        yield Static(id="foot")

    def on_mount(self) -> None:
        """Begin to open the case."""
        self.animation_level = "none"
        if self._keymap_of_user:
            self.set_keymap(self._keymap_of_user)
        names = ", ".join(path.name for path in self._wanted.sources)
        self.query_one("#who", Static).update(content(f" arcdiag  {names}"))
        self._open()

    @work(thread=True, group="open")
    def _open(self) -> None:
        try:
            case = open_case(
                self._wanted, lambda text: self.call_from_thread(self._opening, text)
            )
        except DiagError as error:
            self.call_from_thread(self._failed, error)
            return
        self.call_from_thread(self._opened, case)

    def _opening(self, text: str) -> None:
        self.query_one("#opening", Static).update(content(f"{text} …"))

    def _failed(self, error: DiagError) -> None:
        """Say on the screen what is wrong, and what to do."""
        self.failure = error
        self.query_one("#opening", Static).update(
            lines(
                [
                    [("This cannot be opened.", "bold")],
                    [f"{error}"],
                    [""],
                    ["q leaves."],
                ]
            )
        )

    def _opened(self, case: Case) -> None:
        """Show the screens."""
        self.run_worker(self._mount_screens(case), exclusive=True)

    async def _mount_screens(self, case: Case) -> None:
        self._case = case
        panes = [PANES[name](id=name) for name, _ in SCREENS if name in PANES]
        self.open_session()
        await self.query_one("#opening").remove()
        switcher = ContentSwitcher(*panes, initial=FIRST, id="screens")
        await self.mount(switcher, before="#foot")
        self._head()
        self._focus()
        self.sort_lines()

    @property
    def pane(self) -> Pane:
        """The screen that is shown."""
        name = self.query_one(ContentSwitcher).current or FIRST
        return self.query_one(f"#{name}", Pane)

    def _focus(self) -> None:
        """Give the screen the focus at once, so that keys typed ahead reach it."""
        self.screen.set_focus(self.pane.first)

    def _head(self) -> None:
        diagnosis = self.case.diagnosis
        who = " · ".join(
            f"{one.computer}  {one.os or 'system unknown'}  "
            f"agent {one.agent_version or 'unknown'}"
            for one in diagnosis.bundles[:2]
        )
        if len(diagnosis.bundles) > 2:  # noqa: PLR2004 - no room for more
            who += f" and {len(diagnosis.bundles) - 2} more"
        now = f"as of {iso(diagnosis.now)}" if diagnosis.now else "without a time"
        self.query_one("#who", Static).update(content(f" arcdiag  {who}   {now}"))
        self._tabs()

    def _tabs(self) -> None:
        current = self.query_one(ContentSwitcher).current
        counts = {
            "findings": f" {sum(not f.benign for f in self.case.diagnosis.findings)}",
            "log": f" {self.case.line_count:,}",
            "files": f" {len(self.case.diagnosis.files)}",
        }
        parts: list[tuple[str, str]] = []
        for number, (name, title) in enumerate(SCREENS, 1):
            if name in PANES or name in LATE:
                style = "bold reverse" if name == current else ""
                parts.append((f" {number} {title}{counts.get(name, '')} ", style))
        self.query_one("#tabs", Static).update(content(*parts))
        foot: list[tuple[str, str]] = []
        for key in keys_of(current or FIRST):
            if key.foot:
                foot += [
                    (f" {shown(key.keys).split()[0]}", "bold"),
                    (f" {key.foot} ", ""),
                ]
        self.query_one("#foot", Static).update(content(*foot))

    def action_show(self, name: str) -> None:
        """Show a screen."""
        if self._case is None or self.not_yet(name):
            return
        switcher = self.query_one(ContentSwitcher)
        if switcher.current != name:
            self._back.append(switcher.current or FIRST)
            switcher.current = name
        self._tabs()
        self._focus()

    def go_to_finding(self, number: int) -> None:
        """Show a finding, by its number in the diagnosis."""
        self.action_show("findings")
        self.query_one(FindingsPane).go_to(number)

    async def action_back(self) -> None:
        """Close what is open, or go back to the screen before."""
        if self._case is None:
            return
        pane = self.pane
        if pane.leave_asking():
            return
        if self._back:
            name = self._back.pop()
            self.query_one(ContentSwitcher).current = name
            self._tabs()
            self._focus()

    async def action_leave(self) -> None:
        """Go back; from the first screen out of the program."""
        if self._case is None or not self._back:
            self.exit()
            return
        await self.action_back()

    def say(self, text: str) -> None:
        """Tell something in a corner of the screen."""
        self.notify(inline(text), markup=False, timeout=4)

    def copy(self, text: str, what: str) -> None:
        """Put a text on the clipboard, and say so."""
        if not text:
            self.say("there is nothing to copy")
            return
        self.copy_to_clipboard(text)
        self.say(f"copied {what}")

    def on_unmount(self) -> None:
        """Keep the session, and close the case."""
        if self._case is not None:
            self.keep_session()
            self._case.close()
