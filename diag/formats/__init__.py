"""Log families and documents: definitions, recognition, and plans for the core."""

from diag.formats.definition import read_family
from diag.formats.detect import Detected, How, detect
from diag.formats.document import document_rows
from diag.formats.family import Families, Family, Zone
from diag.formats.jsontree import Harm
from diag.formats.loading import load_families
from diag.formats.plan import core_plan
from diag.formats.samples import Mismatch, test_samples
from diag.formats.tablerow import Extract
from diag.formats.zones import ZoneChoice, choose_zone, file_zone

__all__ = [
    "Detected",
    "Extract",
    "Families",
    "Family",
    "Harm",
    "How",
    "Mismatch",
    "Zone",
    "ZoneChoice",
    "choose_zone",
    "core_plan",
    "detect",
    "document_rows",
    "file_zone",
    "load_families",
    "read_family",
    "test_samples",
]
