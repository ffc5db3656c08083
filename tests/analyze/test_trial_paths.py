"""Where the log text of a rule's test is put."""

from __future__ import annotations

from diag import formats
from diag.analyze.trial import canonical_path

FAMILIES = formats.load_families()


def test_a_log_lies_where_its_system_has_it() -> None:
    assert canonical_path(FAMILIES["himds"], "windows").startswith("ProgramData/")
    assert canonical_path(FAMILIES["himds"]).startswith("var/")


def test_a_log_that_the_system_does_not_have_still_has_a_place() -> None:
    assert canonical_path(FAMILIES["event_message"], "windows")
    assert canonical_path(FAMILIES["journal"], "windows").startswith("commands/")
