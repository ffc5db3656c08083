"""A diagnosis without secrets, and on demand without names: what a report may show.

The words of redaction are looked for in every text that came from a log, a name or a
rule that was filled with values. Places, times, counts and ids of rules stay.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from diag import __version__, content
from diag.content.redaction import pseudonym_data, redaction_rules
from diag.dossier import Cleaned
from diag.errors import DiagError
from diag.model import Evidence
from diag.redact import Pseudonyms, RedactionError, Redactor
from diag.redact.pseudonyms import LEARN, REPLACE
from diag.store.cache import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from diag.dossier import Dossier
    from diag.model import Diagnosis
    from diag.store import Store

T = TypeVar("T")
# Words of ours, addresses of a rule's author, and hashes.
KEPT = frozenset(
    {"rule", "covers", "status", "changes", "needs", "references", "reference"}
    | {"explained_by", "kind", "log", "os", "now_from", "sha256", "manifest", "sign"}
    | {"encoding", "tags", "agent_version", "description", "zone"}
)
# Facts that name the machine, its users and its place in Azure.
FACTS = "SELECT DISTINCT Name, Value FROM Facts WHERE Value <> '' ORDER BY ALL"
MOST_FACTS = 50_000
SAMPLES = frozenset({"match", "keep"})  # of a rule of redaction, for its tests


@dataclass(frozen=True, slots=True)
class Sanitised:
    """What may be shown, and how often something was replaced in it, by kind."""

    diagnosis: Diagnosis
    dossier: Dossier | None
    counts: Mapping[str, int]


class Sanitiser:
    """Replaces secrets, and with `pseudonyms` names and ids; equal texts alike."""

    def __init__(
        self,
        pseudonyms: Pseudonyms | None = None,
        kept: Path | None = None,
        redactor: Redactor | None = None,
    ) -> None:
        """Read the rules of redaction.

        Args:
            pseudonyms: What `read_pseudonyms` gave; None leaves names as they are.
            kept: The cache folder; None neither uses nor keeps anything.
            redactor: One that has the rules already.

        Raises:
            DiagError: The rules cannot be read.
        """
        self._redactor = redactor or _redactor(pseudonyms, kept)
        self._pseudonyms = pseudonyms
        self._known: dict[tuple[str, str], str] = {}

    def anew(self) -> Sanitiser:
        """Return one that remembers no text or secret; no rule is compiled again."""
        return Sanitiser(self._pseudonyms, redactor=self._redactor.anew())

    def learn(self, diagnosis: Diagnosis, store: Store | None = None) -> None:
        """Find the names that are to be replaced, before anything is.

        Args:
            diagnosis: Names of machines, and texts that mark names.
            store: Its facts, if it is open.

        Raises:
            StoreError: It cannot be read.
        """
        known = self._pseudonyms
        if known is None:
            return
        known.mode = LEARN
        texts = list(_texts(diagnosis))
        if store is not None:
            rows = store.query(FACTS, limit=MOST_FACTS).rows
            texts += [f"{name} : {value}" for name, value in rows]
        known.learn("\n".join(texts).encode("utf-8", "surrogatepass"))
        found = {one.computer for one in diagnosis.bundles}
        found |= {one.computer for one in diagnosis.findings}
        known.know_hosts(one.lower().encode("utf-8", "replace") for one in found if one)
        known.mode = REPLACE

    def cleaned(
        self, diagnosis: Diagnosis, dossier: Dossier | None = None
    ) -> Sanitised:
        """Return a diagnosis in which no rule of redaction finds anything.

        Args:
            diagnosis: What was found.
            dossier: What is shown beside it.
        """
        shown = self.value(diagnosis)
        beside = None
        if dossier is not None:
            beside = self.value(dossier)
        counts = self._redactor.counts
        if beside is not None:
            how = Cleaned.NAMES if self._pseudonyms else Cleaned.SECRETS
            beside = replace(beside, cleaned=how, replaced=sum(counts.values()))
        return Sanitised(shown, beside, counts)

    def value(self, value: T) -> T:
        """Return a value of the model with all its texts cleaned."""
        cleaned: T = self._any(value, "")
        return cleaned

    def text(self, text: str, file: str = "") -> str:
        """Return a text without secrets.

        Args:
            text: Anything.
            file: Where it is from: some rules are for some files.
        """
        key = (text, file)
        if key not in self._known:
            self._known[key] = self._redactor.text(text, file)
        return self._known[key]

    def _any(self, value: Any, file: str) -> Any:  # noqa: ANN401 - any of the model
        if isinstance(value, str) and not isinstance(value, Enum):
            return self.text(value, file)
        if isinstance(value, tuple):
            return tuple(self._any(one, file) for one in value)
        if is_dataclass(value) and not isinstance(value, type):
            inside = value.file if isinstance(value, Evidence) else file
            changed = {
                one.name: self._any(getattr(value, one.name), inside)
                for one in fields(value)
                if one.name not in KEPT
            }
            return replace(value, **changed)
        return value


def _redactor(pseudonyms: Pseudonyms | None, kept: Path | None) -> Redactor:
    """Return a redactor; what is kept is only taken when it is right."""
    path = _kept_rules(kept) if kept else None
    if path is not None:
        with suppress(OSError, ValueError, TypeError, AttributeError, RedactionError):
            return Redactor(orjson.loads(path.read_bytes()), pseudonyms)
    rules = redaction_rules()
    try:
        made = Redactor(rules, pseudonyms)
    except RedactionError as error:
        raise DiagError(str(error), hint="install arcdiag again") from error
    if path is not None:
        from diag.store.keeping import keep

        keep(path, [{k: v for k, v in o.items() if k not in SAMPLES} for o in rules])
    return made


def _kept_rules(folder: Path) -> Path:
    """Return where the rules are kept in a form that is read ten times as quickly."""
    texts = (part for pair in content.yaml_files("redaction") for part in pair)
    return folder / f"redaction-{key_of([__version__, *texts])}.json"


def read_pseudonyms(table: Mapping[str, object] | None = None) -> Pseudonyms:
    """Return new pseudonyms, or those of an earlier run.

    Args:
        table: As `Pseudonyms.table` gave it.

    Raises:
        RedactionError: It is no such table.
    """
    return Pseudonyms(pseudonym_data(), table)


def _texts(value: object) -> Iterator[str]:
    """Yield all texts in a value of the model."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple):
        yield from _all(value)
    elif is_dataclass(value):
        yield from _all(getattr(value, one.name) for one in fields(value))


def _all(values: Iterable[object]) -> Iterator[str]:
    for one in values:
        yield from _texts(one)
