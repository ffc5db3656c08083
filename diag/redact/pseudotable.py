"""The table of pseudonyms, as it is kept from run to run."""

from __future__ import annotations

import binascii
import os
from typing import TYPE_CHECKING

from diag.redact.rules import RedactionError

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1
KINDS = ("guid", "ip", "ip6", "mac", "label", "user")


def read_table(
    table: Mapping[str, object] | None,
) -> tuple[bytes, dict[str, dict[bytes, bytes]]]:
    """Return the key and the pseudonyms of a table, or a new key and none.

    Args:
        table: As `Pseudonyms.table` returned it.

    Raises:
        RedactionError: It is no such table.
    """
    if table is None:
        return os.urandom(32), {kind: {} for kind in KINDS}
    try:
        if table["version"] != VERSION:
            raise RedactionError("the table of pseudonyms is of another version")
        key = binascii.unhexlify(str(table["key"]))
        known = {
            kind: {
                str(old).encode(): str(new).encode()
                for old, new in dict(table[kind]).items()  # type: ignore[call-overload]
            }
            for kind in KINDS
        }
    except (KeyError, TypeError, ValueError) as error:
        raise RedactionError("this is no table of pseudonyms") from error
    return key, known
