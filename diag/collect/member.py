"""A file's content as it goes into the bundle."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.collect.plan import SETTINGS
from diag.collect.settings import without

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diag.collect.plan import Plan
    from diag.collect.reading import LiveFile
    from diag.collect.walk import Found

GZ = re.compile(r"\.gz\Z", re.IGNORECASE)


def is_packed(name: str) -> bool:
    """Say whether a file is one that cannot be cut at a line, by its name."""
    return GZ.search(name) is not None


def content_of(plan: Plan, found: Found, live: LiveFile) -> Iterable[bytes]:
    """Return what is taken of a file.

    Args:
        plan: Names what is protected in settings.
        found: The file.
        live: The same, open.

    Yields:
        Its bytes; of settings, those without what is protected.

    Raises:
        ProtectedError: It cannot be made sure that nothing protected is left.
    """
    if found.candidate.kind == SETTINGS:
        yield without(live.chunks(), plan.never.keys)
    else:
        yield from live.chunks()
