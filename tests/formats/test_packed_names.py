"""A packed or rotated log is recognised by what its name is without that."""

from __future__ import annotations

import pytest

from diag.formats import load_families
from diag.formats.paths import family_by_path

EXT = "GuestConfig/ext_mgr_logs"
NAMES = [
    ("himds.log.gz", ("himds", "")),
    ("himds.log.1", ("himds", "")),
    ("himds.log.2.gz", ("himds", "")),
    ("himds.log.GZ (2)", ("himds", "")),
    ("himds (1).log.gz", ("himds", "")),
    ("himds-2026-03-09T10-11-12.345.log.gz", ("himds", "")),
    ("old.zip/himds.log", ("himds", "")),
    ("old.zip/himds.log.3.gz", ("himds", "")),
    (f"ProgramData/{EXT}/gc_ext.1.zip/gc_ext.1.log", ("gc_ext", "windows")),
    (f"var/lib/{EXT}/gc_ext.1.zip/gc_ext.log", ("gc_ext", "linux")),
    (f"var/lib/{EXT}/gc_ext.1.zip (2)/gc_ext.log", ("gc_ext", "linux")),
    (f"a.zip/var/lib/{EXT}/gc_ext.log", ("gc_ext", "linux")),
    ("commands/azcmagent-show.txt.gz", ("azcmagent_show", "")),
    ("himds.log.old", None),
    ("himds.logx.gz", None),
    ("xhimds.log.gz", None),
    (".gz", None),
    ("x.zip/", None),
]


@pytest.mark.parametrize(("name", "expected"), NAMES)
def test_a_name(name: str, expected: tuple[str, str] | None) -> None:
    found = family_by_path(name, load_families())
    assert (None if found is None else (found[0].id, found[1])) == expected
