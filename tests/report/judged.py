"""Samples as a report sees them: parsed and judged once, shown as often as wanted."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from diag import analyze
from diag.analyze.dossier import gather
from diag.analyze.sanitise import Sanitiser
from diag.model import Severity
from diag.report import Format, render
from tests import shipped
from tests.amount import ALL

if TYPE_CHECKING:
    from diag.dossier import Dossier
    from diag.engine import RuleSet
    from diag.model import Diagnosis

SAMPLES = Path(__file__).parents[2] / "samples"
FEW = ("heartbeat-lost", "half-missing.zip", "healthy-windows.zip")
NAMES = (*FEW, *(("crash-loop",) if ALL else ()))


def rules() -> RuleSet:
    """Return the built-in rules."""
    return shipped.lenient()


def judged(*sources: Path) -> tuple[Diagnosis, Dossier]:
    """Return what a report of sources shows; everything is done anew."""
    with analyze.load(sources, cache=False) as loaded:
        diagnosis = analyze.diagnose(loaded, rules())
        dossier = gather(loaded, rules(), diagnosis, Severity.HIGH)
    shown = Sanitiser().cleaned(diagnosis, dossier)
    return shown.diagnosis, shown.dossier or dossier


@cache
def sample(name: str) -> tuple[Diagnosis, Dossier]:
    """Return what a report of a sample shows."""
    return judged(SAMPLES / name)


def written(diagnosis: Diagnosis, dossier: Dossier | None, fmt: Format) -> str:
    """Return a report."""
    stream = io.StringIO()
    render(diagnosis, fmt, stream, None, dossier)
    return stream.getvalue()
