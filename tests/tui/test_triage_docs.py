"""docs/triage.md lists the keys that there are, and its settings are good ones.

Run this test with ARCDIAG_WRITE_DOCS=1 to rewrite the generated part.
"""

from __future__ import annotations

import os
import re
import tomllib

from diag.tui.keys import EVERYWHERE, KEYS, LISTED, LISTS, NAMES, SCREENS, checked
from tests.tui.opened import ROOT

DOCUMENT = ROOT / "docs" / "triage.md"
BEGIN, END = "<!-- keys -->\n", "<!-- end of keys -->\n"
TITLES = dict(SCREENS)


def name_of(key: str) -> str:
    return (
        f"Ctrl+{name_of(key[5:])}" if key.startswith("ctrl+") else NAMES.get(key, key)
    )


def title_of(pane: str) -> str:
    if pane == LISTS:
        return f"The lists of {', '.join(TITLES[name] for name in LISTED)}"
    return "Everywhere" if pane == EVERYWHERE else TITLES[pane]


def generated() -> str:
    lines = []
    for pane in (EVERYWHERE, LISTS, *TITLES):
        keys = [key for key in KEYS if key.pane == pane]
        if not keys:
            continue
        lines += [
            "",
            f"### {title_of(pane)}",
            "",
            "| key | does | id |",
            "|---|---|---|",
        ]
        for key in keys:
            names = " ".join(f"`{name_of(word)}`" for word in key.keys.split(","))
            lines.append(f"| {names} | {key.about} | `{key.id}` |")
    return "\n".join([*lines, "", ""])


def test_the_table_of_keys_is_that_of_the_program() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    found, after = rest.split(END)
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        DOCUMENT.write_text(
            before + BEGIN + generated() + END + after, encoding="utf-8", newline="\n"
        )
    else:
        assert found == generated()


def test_the_settings_that_are_shown_can_be_used() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    [shown] = re.findall(r"^```toml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert checked(tomllib.loads(shown)["triage"]["keys"])


def test_every_screen_is_described() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for number, (_, title) in enumerate(SCREENS, 1):
        assert f"\n| {number} {title} |" in text
