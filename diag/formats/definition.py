"""Definitions in YAML to checked families: every surprise is an error with a place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diag import content
from diag.errors import ContentError, DefinitionError
from diag.formats.checked import Checked
from diag.formats.family import (
    KEYS,
    Code,
    Family,
    FamilyKind,
    Recognised,
    Refused,
    Sample,
    Zone,
)
from diag.formats.headertable import read_header
from diag.formats.jsonform import FILLED, TARGETS, read_form
from diag.formats.layout import SKIP, Codec, Kind, Layout, parse_layout, slots, suggest
from diag.formats.objects import RECORD, read_objects
from diag.formats.relevel import LEVELS, read_relevel
from diag.schema import TABLES

if TYPE_CHECKING:
    from diag.formats.checked import Place

SYSTEMS = ["windows", "linux", "any"]
COLUMNS = ["time", "pid", "tid", "component", "level", "activity", "code", "message"]
# What belongs to the file or the store is not a matter of one record.
OUTSIDE = {"EventId", "Computer", "Log", "BundleId", "FileId", "File", "TemplateId"}
EXPECTED = [column for column in TABLES["Events"] if column not in OUTSIDE]
SAMPLE = ["text", "from", "expect", "reference", "file", "rows"]
# Every line of a document that is only written as JSON is a record of its own.
LINES = {"layouts": ["{*:rest}"]}
MOST_DIGITS = 16
REFERENCE = "2026-01-01T00:00:00Z"
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


def read_family(text: str, name: str) -> Family:
    """Read one definition.

    Args:
        text: The YAML text.
        name: What messages call it.

    Returns:
        The family, with its layouts parsed.

    Raises:
        DefinitionError: It is wrong; `where` is `name:line` (and column).
    """
    try:
        data = content.load_yaml(text, name)
    except ContentError as error:
        raise as_definition(error) from error
    return _Definition(text, name).family(data)


def as_definition(error: ContentError) -> DefinitionError:
    """Return what is wrong with a file of definitions as an error of definitions."""
    return DefinitionError(
        error.text, where=error.where, hint=error.hint, spot=error.spot
    )


class _Definition(Checked):
    """Reads the parts of one definition."""

    def family(self, data: object) -> Family:
        top = self.mapping(data, (), list(KEYS))
        form = read_form(self, top["json"]) if "json" in top else None
        lines = top.get("record", LINES if form is not None else None)
        record = self.mapping(lines, ("record",), RECORD)
        objects = read_objects(self, record)
        kind = self.choice(top.get("kind"), ("kind",), FamilyKind)
        layouts = self.layouts(record, needed=objects is None)
        how = top.get("recognised", "content" if "record" in top else "path")
        family = Family(
            id=self.identifier(top.get("id")),
            title=self.string(top.get("title"), ("title",)),
            kind=kind,
            systems=self.systems(top.get("system")),
            layouts=layouts,
            fold=self.flag(record.get("fold", False), ("record", "fold")),
            recognised=self.choice(how, ("recognised",), Recognised),
            levels=self.levels(top.get("levels", {})),
            codes=self.codes(top.get("codes", [])),
            hints=self.strings(top.get("hints", []), ("hints",)),
            priority=self.number(top.get("priority", 0), ("priority",)),
            tables=self.tables(top.get("tables", {}), layouts),
            block=self.block(top.get("block", ""), layouts),
            samples=self.samples(top.get("samples", [])),
            refuses=self.refuses(top.get("refuses", [])),
            basis=self.string(top.get("basis", "-"), ("basis",)),
            source=self.name,
            json=form,
            word=read_form(self, top["word"], "word") if "word" in top else None,
            text="record" in top,
            header=read_header(self, top["header"]) if "header" in top else None,
            relevel=read_relevel(self, top.get("relevel", [])),
            objects=objects,
            **self.timing(top, ordered=kind is FamilyKind.LOG),
        )
        self.coherent(family)
        return family

    def timing(self, top: dict[str, Any], *, ordered: bool) -> dict[str, Any]:
        given = top.get("time", {"codec": "none"})
        time = self.mapping(given, ("time",), ["codec", "zone", "ordered"])
        return {
            "codec": self.choice(time.get("codec"), ("time", "codec"), Codec),
            "zone": self.choice(time.get("zone", "utc"), ("time", "zone"), Zone),
            "ordered": self.flag(time.get("ordered", ordered), ("time", "ordered")),
        }

    def coherent(self, family: Family) -> None:
        has_level = any(
            slot.kind is Kind.LEVEL
            for layout in family.layouts
            for slot in slots(layout)
        )
        if has_level and not family.levels:
            self.fail(("record",), "a field of kind level needs level names", "levels:")
        if family.recognised is Recognised.HINT and not family.hints:
            self.fail(("recognised",), "it is found by hints, but has none", "hints:")
        for number, layout in enumerate(family.layouts):
            timed = [s for s in slots(layout) if s.kind is Kind.TIME and not s.codec]
            if timed and family.codec is Codec.NONE:
                hint = "name a codec under time:, or write {time:ymd}"
                self.fail(("record", "layouts", number), "no codec for {time}", hint)

    def layouts(self, record: dict[str, Any], *, needed: bool) -> tuple[Layout, ...]:
        place: Place = ("record", "layouts")
        value = record.get("layouts", None if needed else [])
        found = []
        for number, text in enumerate(self.strings(value, place)):
            try:
                found.append(parse_layout(text))
            except DefinitionError as error:
                said = f"layout, {error.where}: {error.text}"
                start = int(error.where.removeprefix("column ")) - 1
                self.fail((*place, number), said, error.hint, offset=start)
        if needed and not found:
            self.fail(place, "a family needs at least one layout", "")
        return tuple(found)

    def systems(self, value: object) -> dict[str, tuple[str, ...]]:
        systems = self.mapping(value, ("system",), SYSTEMS)
        found = {}
        for key, globs in systems.items():
            found[key] = self.strings(globs, ("system", key))
            for number, glob in enumerate(found[key]):
                if re.search(r"^/|[\\:]|\[[^\]]*$", glob):
                    hint = "write it as in a bundle: ProgramData/Name/Log/x.log"
                    self.fail(("system", key, number), f"'{glob}' cannot match", hint)
        return found

    def levels(self, value: object) -> dict[str, str]:
        levels = self.mapping(value, ("levels",), None)
        for word, level in levels.items():
            if level not in LEVELS:
                said = f"unknown level '{level}'"
                self.fail(("levels", word), said, suggest(str(level), LEVELS))
        return levels

    def codes(self, value: object) -> tuple[Code, ...]:
        codes = []
        for number, item in enumerate(self.items(value, ("codes",))):
            place = ("codes", number)
            code = self.mapping(item, place, ["prefix", "digits"])
            prefix = self.string(code.get("prefix"), (*place, "prefix"))
            digits = self.number(code.get("digits"), (*place, "digits"))
            if not 1 <= digits <= MOST_DIGITS:
                hint = f"1 to {MOST_DIGITS} are possible"
                self.fail((*place, "digits"), f"{digits} digits", hint)
            codes.append(Code(prefix, digits))
        return tuple(codes)

    def tables(
        self, value: object, layouts: tuple[Layout, ...]
    ) -> dict[str, dict[str, str]]:
        fields = self.fields(layouts)
        tables = self.mapping(value, ("tables",), TARGETS)
        for table, columns in tables.items():
            place = ("tables", table)
            known_columns = [name for name in TABLES[table] if name not in FILLED]
            if not columns:
                self.fail(place, "it maps no column", f"{known_columns[0]}: a field")
            for column, field in self.mapping(columns, place, known_columns).items():
                name = self.string(field, (*place, column)).removesuffix("?")
                self.known(name, fields, (*place, column))
        return tables

    def block(self, value: object, layouts: tuple[Layout, ...]) -> str:
        if not value:
            return ""
        field = self.string(value, ("block",))
        self.known(field, self.fields(layouts), ("block",))
        return field

    def fields(self, layouts: tuple[Layout, ...]) -> list[str]:
        known = {slot.name for layout in layouts for slot in slots(layout)}
        return sorted(known - {*COLUMNS, SKIP, "pad", "keys"})

    def known(self, field: str, fields: list[str], place: Place) -> None:
        if field not in fields:
            said = f"no layout has a field '{field}'"
            self.fail(place, said, suggest(field, fields))

    def samples(self, value: object) -> tuple[Sample, ...]:
        found = []
        for number, item in enumerate(self.items(value, ("samples",))):
            place: Place = ("samples", number)
            sample = self.mapping(item, place, SAMPLE)
            rows, records = sample.get("rows"), sample.get("expect")
            if rows is not None:
                tables = self.mapping(rows, (*place, "rows"), TARGETS)
                rows = {
                    table: self.wanted(tables[table], (*place, "rows", table), table)
                    for table in tables
                }
            records = [] if records is None and rows is not None else records
            expect = self.wanted(records, (*place, "expect"), "Events")
            text = self.string(sample.get("text"), (*place, "text"))
            origin = self.string(sample.get("from"), (*place, "from"))
            when = sample.get("reference", REFERENCE)
            reference = self.string(when, (*place, "reference"))
            file = self.string(sample.get("file", "-"), (*place, "file"))
            found.append(Sample(text, origin, expect, reference, file, rows))
        return tuple(found)

    def refuses(self, value: object) -> tuple[Refused, ...]:
        found = []
        for number, item in enumerate(self.items(value, ("refuses",))):
            place: Place = ("refuses", number)
            one = self.mapping(item, place, ["text", "from"])
            text = self.string(one.get("text"), (*place, "text"))
            found.append(Refused(text, self.string(one.get("from"), (*place, "from"))))
        return tuple(found)

    def wanted(
        self, value: object, place: Place, table: str
    ) -> tuple[dict[str, Any], ...]:
        known = EXPECTED if table == "Events" else [*TABLES[table], "Line"]
        rows = enumerate(self.items(value, place))
        return tuple(self.mapping(row, (*place, n), known) for n, row in rows)

    def identifier(self, value: object) -> str:
        text = self.string(value, ("id",))
        if ID.fullmatch(text) is None:
            self.fail(
                ("id",), f"'{text}' is no id", "use a-z, 0-9 and _, from a letter"
            )
        return text
