"""Write the collector as one file."""

from __future__ import annotations

import contextlib
import io
import json
import os
import zipfile
from typing import TYPE_CHECKING, Any

from diag.cli.onefile.closure import closure
from diag.cli.onefile.downlevel import downlevel
from diag.cli.target import beside
from diag.errors import DiagError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

START = b"#!/usr/bin/env python3\n"
FRONT = "diag.collect.single"
DATA = "baked.json"
EVERYBODY_RUNS = 0o755
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of zips; equal input gives equal bytes
# All Pythons read this file, so it is written in what all of them understand.
MAIN = '''\
"""The collector of arcdiag as a single file: python FILE --help."""

import sys

if sys.version_info < (3, 6):
    sys.stderr.write(
        "arcdiag: this collector needs Python 3.6 or newer, and this is %d.%d.\\n"
        "  Run it with a newer one, such as: python3 FILE. Without any, send what\\n"
        "  'azcmagent logs' writes.\\n" % sys.version_info[:2]
    )
    sys.exit(1)


def run():
    import json
    import pkgutil

    from {front} import main

    baked = json.loads(pkgutil.get_data("diag", "{data}").decode("utf-8"))
    sys.exit(main(sys.argv[1:], baked))


if __name__ == "__main__":
    run()
'''


def write_onefile(target: Path, baked: Mapping[str, Any]) -> int:
    """Write the single-file collector.

    Args:
        target: Where to; a file that is there stays whole until the new one is.
        baked: The data that it carries: `plan` and `rules`.

    Returns:
        How many bytes it has.

    Raises:
        DiagError: It cannot be written.
        ContentError: A module cannot be part of it.
    """
    data = onefile_bytes(baked)
    spare = beside(target)
    try:
        try:
            with spare.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            spare.chmod(EVERYBODY_RUNS)
            spare.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                spare.unlink(missing_ok=True)
            raise
    except OSError as error:
        text = f"the collector cannot be written: {error.strerror}"
        hint = "check free space and rights, or give another name"
        raise DiagError(text, where=str(target), hint=hint) from error
    return len(data)


def onefile_bytes(baked: Mapping[str, Any], front: str = FRONT) -> bytes:
    """Return the single-file collector; the same input gives the same bytes.

    Args:
        baked: The data that it carries.
        front: The module whose `main(words, baked)` it runs.

    Raises:
        ContentError: A module cannot be part of it.
    """
    texts = {"__main__.py": MAIN.format(front=front, data=DATA)}
    for name, path in closure(front).items():
        source = path.read_text(encoding="utf-8")
        package = path.name == "__init__.py"
        inner = name.replace(".", "/") + ("/__init__.py" if package else ".py")
        texts[inner] = downlevel(source, str(path))
    texts[f"diag/{DATA}"] = json.dumps(baked, sort_keys=True, separators=(",", ":"))
    stream = io.BytesIO()
    stream.write(START)
    with zipfile.ZipFile(stream, "w") as archive:
        for inner in sorted(texts):
            info = zipfile.ZipInfo(inner, FIRST_DAY)
            info.create_system = 3  # also where it is written on Windows
            info.external_attr = 0o100644 << 16
            data = texts[inner].encode("utf-8")
            archive.writestr(info, data, zipfile.ZIP_DEFLATED, 9)
    return stream.getvalue()
