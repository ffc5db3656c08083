"""Everything between the parsed options and the last word of a run."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import sys
import time
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from diag.collect.gather import collect
from diag.collect.moments import iso_of
from diag.collect.options import STDOUT
from diag.collect.pace import step_back
from diag.collect.roots import first_line, open_roots
from diag.collect.summary import summary_of
from diag.packing import BundleWriter
from diag.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from diag.collect.gather import Outcome
    from diag.collect.options import Options
    from diag.collect.plan import Plan
    from diag.collect.told import Told

CLEAN, PARTIAL = 0, 5
KEPT_FREE = 1024 * 1024 * 1024  # bytes of the disk; on a small one less
BLOCK = 1024 * 1024


class Result(NamedTuple):
    """How a run ended: the exit code, and lines for stderr."""

    code: int
    lines: Sequence[str]


class _Counted:
    """A binary stream that knows the hash of what went through."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self.hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> int:
        """Pass on some bytes."""
        done = self._stream.write(data)
        done = len(data) if done is None else done
        self.hash.update(data[:done])
        self.size += done
        return done

    def flush(self) -> None:
        """Pass it on."""
        self._stream.flush()


def run(
    plan: Plan, options: Options, rules: Sequence[Mapping[str, Any]], told: Told
) -> Result:
    """Collect into the bundle that was asked for.

    Args:
        plan: What to look for.
        options: What was asked for.
        rules: Of redaction, as `Redactor` takes them.
        told: Is told what is being done.

    Raises:
        DiagError: The root is none, or the bundle cannot be written.
    """
    redactor = redactor_of(options, rules)
    if not options.fast:
        step_back()
    began = time.monotonic()
    created = iso_of(time.time() if options.now is None else options.now)
    if options.output == STDOUT:
        stream = _Counted(sys.stdout.buffer)
        with BundleWriter(cast("BinaryIO", stream), created=created) as writer:
            done = collect(plan, options, writer, redactor, told)
        place = Bundle("", stream.size, stream.hash.hexdigest())
    else:
        path = options.output or default_name(options, created)
        free = kept_free(os.path.dirname(os.path.abspath(path)))
        with BundleWriter(path, created=created, keep_free=free) as writer:
            done = collect(plan, options, writer, redactor, told)
        place = bundle_at(path)
    counts = {} if redactor is None else dict(redactor.counts)
    took = time.monotonic() - began
    lines = summary_of(done, options, place, counts, took)
    return Result(code_of(done), lines)


def redactor_of(
    options: Options, rules: Sequence[Mapping[str, Any]]
) -> Redactor | None:
    """Return what takes secrets out; None with --no-redact."""
    if not options.redact:
        return None
    return Redactor(rules)


class Bundle(NamedTuple):
    """Where a bundle lies (empty: stdout), its bytes and its SHA-256."""

    path: str
    size: int
    sha256: str


def bundle_at(path: str) -> Bundle:
    """Return what identifies a file."""
    whole = hashlib.sha256()
    size = 0
    with open(path, "rb") as stream:
        while True:
            data = stream.read(BLOCK)
            if not data:
                break
            whole.update(data)
            size += len(data)
    return Bundle(path, size, whole.hexdigest())


def code_of(done: Outcome) -> int:
    """Return the exit code: something that was there is missing, or not."""
    return CLEAN if done.complete else PARTIAL


def kept_free(folder: str) -> int:
    """Return how many bytes of a folder's disk stay free: 1 GiB, or 5 % of it.

    Args:
        folder: Where the bundle will lie. Of a disk below 10 GiB it is a tenth.
    """
    try:
        whole = shutil.disk_usage(folder).total
    except OSError:
        return 0
    return max(whole // 20, min(KEPT_FREE, whole // 10))


def default_name(options: Options, created: str) -> str:
    """Return a name for the bundle: host, time and case.

    Args:
        options: The root, of which the host may be known, and the case.
        created: ISO 8601.
    """
    host = socket.gethostname()
    if options.root:
        root = open_roots(options.root)[0]
        host = first_line(root.folder, "etc", "hostname") or "root"
    host = re.sub(r"[^A-Za-z0-9_-]", "-", host.split(".")[0])[:40] or "host"
    stamp = re.sub(r"[^0-9TZ]", "", created)
    case = [options.case_id] if options.case_id else []
    return "-".join(["arcdiag", *case, host, stamp]) + ".zip"
