"""What a redacted copy lacks is not calm: `check` tells it as of the source itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from diag.cli.exits import Exit
from tests.cli.calling import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.calling import Call


def test_the_copy_of_a_damaged_source_is_no_clean_bundle(
    call: Call, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.zip"
    assert call("redact", SAMPLES / "half-missing.zip", "-o", copy).code == Exit.PARTIAL
    done = call("check", copy, "-j")
    assert done.code == Exit.PARTIAL
    told = {(one["file"], one["kind"]) for one in json.loads(done.out)["problems"]}
    assert told >= {
        ("var/opt/azcmagent/log/arcproxy.log", "not-collected"),
        ("var/opt/azcmagent/log/azcmagent.log", "source-damage"),
        ("commands/journalctl-arcproxyd.txt", "source-damage"),
    }
