"""Everything between the parsed options and the last word of a run."""

from __future__ import annotations

import contextlib
import hashlib
import json
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
from diag.collect.roots import close_roots, first_line, open_roots
from diag.collect.summary import summary_of
from diag.errors import OutputError, UsageError
from diag.packing import BundleWriter, left_in, recover
from diag.redact import Pseudonyms, Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import BinaryIO

    from diag.collect.options import Options
    from diag.collect.plan import Plan
    from diag.collect.record import Outcome
    from diag.collect.told import Told

CLEAN, PARTIAL = 0, 5
KEPT = "what was collected is kept; finish it with: --recover {}"
LEFT = "left over     a run that died; finish what it has with: --recover {}"
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


def run(plan: Plan, options: Options, baked: Mapping[str, Any], told: Told) -> Result:
    """Collect into the bundle that was asked for.

    Args:
        plan: What to look for.
        options: What was asked for.
        baked: `rules` as `Redactor` takes them, `names` as `Pseudonyms` does.
        told: Is told what is being done.

    Raises:
        DiagError: The root is none, or the bundle cannot be written.
    """
    names = Pseudonyms(baked["names"]) if options.pseudonyms else None
    redactor = Redactor(baked["rules"], names) if options.redact else None
    if names is not None:
        names.learn(f"hostname: {host_of(options)}\n".encode("utf-8", "replace"))
    if not options.fast:
        step_back()
    began = time.monotonic()
    created = iso_of(time.time() if options.now is None else options.now)
    if options.output == STDOUT:
        done, place = _to_stream(plan, options, redactor, told, created)
    else:
        done, place = _to_file(plan, options, redactor, told, created)
    counts = {} if redactor is None else dict(redactor.counts)
    took = time.monotonic() - began
    lines = summary_of(done, options, place, counts, took)
    if place.path:
        lines += [LEFT.format(one) for one in left_in(os.path.dirname(place.path))]
    if names is not None and redactor is not None:
        lines.append(f"names         {keep_names(names, place.path or created)}")
    return Result(code_of(done), lines)


def _to_stream(
    plan: Plan,
    options: Options,
    redactor: Redactor | None,
    told: Told,
    created: str,
) -> tuple[Outcome, Bundle]:
    if sys.stdout.isatty():
        text = "stdout is a terminal, and a bundle is not for the eye"
        raise UsageError(text, where="-o -", hint="pipe it, or name a file")
    stream = _Counted(sys.stdout.buffer)
    with BundleWriter(cast("BinaryIO", stream), created=created) as writer:
        done = collect(plan, options, writer, redactor, told)
    return done, Bundle("", stream.size, stream.hash.hexdigest())


def _to_file(
    plan: Plan,
    options: Options,
    redactor: Redactor | None,
    told: Told,
    created: str,
) -> tuple[Outcome, Bundle]:
    path = options.output or default_name(options, created)
    free = kept_free(os.path.dirname(os.path.abspath(path)))
    writer = BundleWriter(path, created=created, keep_free=free)
    try:
        with writer:
            done = collect(plan, options, writer, redactor, told)
    except BaseException:
        if writer.left:
            told.kept(KEPT.format(writer.left))
        raise
    return done, bundle_at(path)


def finish_left(partial: str) -> Result:
    """Finish what a run left that died.

    Args:
        partial: Its `.zip.partial`.

    Raises:
        OutputError: It is none, is still being written, or cannot be finished.
    """
    done = recover(partial)
    if not done.path:
        return Result(
            PARTIAL, [f"recovered     nothing: no member of {partial} is whole"]
        )
    place = bundle_at(done.path)
    lost = (
        f"; {done.lost:,} bytes of one that was not whole are gone" if done.lost else ""
    )
    lines = [f"recovered     {done.members:,} members{lost}"]
    lines.append(f"bundle        {place.path} ({place.size:,} bytes)")
    lines.append(f"sha256        {place.sha256}")
    return Result(PARTIAL, lines)


def keep_names(names: Pseudonyms, bundle: str) -> str:
    """Write the map of pseudonyms beside the bundle, for the customer alone.

    Args:
        names: What stands for what.
        bundle: The bundle's path; or the time, of one that went to stdout.

    Returns:
        What to say about it.

    Raises:
        OutputError: It cannot be written.
    """
    path = re.sub(r"\.zip\Z", "", bundle).replace(":", "") + ".names.json"
    data = json.dumps(names.table(), indent=1, sort_keys=True).encode("utf-8")
    spare = f"{path}.partial"
    try:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(spare)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
        number = os.open(spare, flags | getattr(os, "O_BINARY", 0), 0o600)
        with open(number, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(spare, path)
    except OSError as error:
        text = f"the map of names cannot be written: {error.strerror or error}"
        raise OutputError(text, where=path, hint="check space and rights") from error
    return f"{path} says what the other names stand for; keep it, do not send it"


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


def host_of(options: Options) -> str:
    """Return the name of the machine that is collected from, if it is known."""
    if not options.root:
        return socket.gethostname()
    roots = open_roots(options.root)
    try:
        return first_line(roots[0].folder, "etc", "hostname")
    finally:
        close_roots(roots)


def default_name(options: Options, created: str) -> str:
    """Return a name for the bundle: host, time and case.

    Args:
        options: The root, of which the host may be known, and the case.
        created: ISO 8601.
    """
    host = "machine" if options.pseudonyms else host_of(options) or "root"
    host = re.sub(r"[^A-Za-z0-9_-]", "-", host.split(".")[0])[:40] or "host"
    stamp = re.sub(r"[^0-9TZ]", "", created)
    case = [options.case_id] if options.case_id else []
    return "-".join(["arcdiag", *case, host, stamp]) + ".zip"
