"""Files of packs that were read before: they take longer to read than to understand.

Kept by the content of all files at once, as data, beside the compiled queries, and
whether there was anything to say about them. Anything wrong with what was kept means
that the files are read as if it were not there.
"""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diag import __version__, content
from diag.engine.kept import compiler_version
from diag.store.keeping import keep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NAME = "rules-{}-files.json"


class KeptFiles:
    """The data of YAML texts, read only if they were not kept.

    `silent`: their rules were loaded before, without an error or a remark.
    """

    def __init__(
        self,
        folder: Path | None,
        texts: Iterable[str],
        read: Callable[[str, str], object],
    ) -> None:
        """Look for what was kept of exactly these texts.

        Args:
            folder: Where; None keeps nothing.
            texts: All that may be read.
            read: Reads a text that was not kept, as `load.read_file`.
        """
        self._read = read
        self._known: dict[str, Any] = {}
        self._new = False
        self._path = None
        self.silent = False
        if folder is None:
            return
        # Those who read them decide, too.
        digest = hashlib.sha256(f"{__version__} {compiler_version()}".encode())
        reader = Path(str(content.__file__)).with_name("yamltext.py")
        for path in (reader, *sorted(Path(__file__).parent.glob("*.py"))):
            digest.update(path.read_bytes())
        for text in texts:
            digest.update(_key(text).encode())
        self._path = folder / NAME.format(digest.hexdigest()[:40])
        with contextlib.suppress(OSError, ValueError):
            import orjson

            found = orjson.loads(self._path.read_bytes())
            if isinstance(found, dict) and isinstance(found.get("files"), dict):
                self._known, self.silent = found["files"], found.get("silent") is True
            self._path.touch()  # its age counts from the last use

    def load(self, text: str, name: str) -> object:
        """Return the data of a text.

        Args:
            text: The text.
            name: Its file.

        Raises:
            ContentError, KqlError: As whatever reads it.
        """
        key = _key(text)
        if key not in self._known:
            self._known[key] = self._read(text, name)
            self._new = True
        return self._known[key]

    def close(self, *, silent: bool) -> None:
        """Keep what was read, if there is something new.

        Args:
            silent: All rules were loaded, and there was nothing to say about them.
        """
        if self._path is None or not (self._new or silent > self.silent):
            return
        keep(self._path, {"files": self._known, "silent": silent})


def _key(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
