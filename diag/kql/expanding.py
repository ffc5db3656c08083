"""`mv-expand` and `parse`: rows and columns out of one value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from diag.kql import steps
from diag.kql.checks import literal_whole
from diag.kql.convert import to_text, to_type
from diag.kql.naming import column_name
from diag.kql.plan import Column, Relation
from diag.kql.regexes import check_regex
from diag.kql.shapes import rows_in, with_columns
from diag.kql.stages import Arm
from diag.kql.strings import escaped
from diag.kql.values import Value, null_of
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.scope import Scope
    from diag.kql.steps import MvExpand, Parse, Slot

MOST_ELEMENTS = 1_000_000
WHOLE = r"([-+]?[0-9]+)"
REAL = r"([-+]?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)"
TYPED = {Type.LONG: WHOLE, Type.INT: WHOLE, Type.REAL: REAL}


def _elements(sql: str) -> str:
    """Return the SQL of the elements of a dynamic value, as a list.

    Null keeps one row and `[]` none; a bag gives a bag of one property for each
    of its keys; anything else is its own only element.
    """
    key = "replace(replace(k, '~', '~0'), '/', '~1')"
    bags = (
        f"list_transform(json_keys({sql}), lambda k: json_object(k, "
        f"json_extract({sql}, concat('/', {key}))))"
    )
    return (
        f"CASE WHEN {sql} IS NULL OR json_type({sql}) = 'NULL' "
        "THEN [CAST(NULL AS JSON)] "
        f"WHEN json_type({sql}) = 'ARRAY' THEN from_json({sql}, '[\"JSON\"]') "
        f"WHEN json_type({sql}) = 'OBJECT' THEN {bags} ELSE [{sql}] END"
    )


def mv_expand(scope: Scope, node: MvExpand) -> Relation:
    """Compile `mv-expand`; several values run side by side, they do not multiply.

    Raises:
        KqlError: A value is not dynamic.
    """
    relation, plan = rows_in(scope), scope.plan
    lists: list[tuple[str, Type | None, str]] = []
    for item in node.items:
        value = scope.flat(scope.value(item.value))
        if value.type is not Type.DYNAMIC:
            said = f"mv-expand takes dynamic values, this is {value.type}"
            raise scope.error(said, item.at, "KQL105")
        name = item.name or column_name(item.value) or "Column1"
        own = plan.new_id()
        lists.append((name, item.type, own))
        scope.before[:] = scope.before or [{}]
        scope.before[-1][own] = _elements(value.sql)
    sizes = ", ".join(f"len({own})" for _, _, own in lists)
    most = MOST_ELEMENTS
    if node.limit is not None:
        bounds = (0, MOST_ELEMENTS)
        most = literal_whole(scope, node.limit, "the limit", bounds)
    place = plan.new_id()
    kept = {own: own for _, _, own in lists}
    number = f"unnest(generate_series(1, least(greatest({sizes}), {most})))"
    stage = plan.keep(relation, f"FROM {scope.source()}", {**kept, place: number})
    return _expanded(replace(scope, before=[]), node, stage, lists, place)


def _expanded(
    scope: Scope,
    node: MvExpand,
    stage: str,
    lists: list[tuple[str, Type | None, str]],
    place: str,
) -> Relation:
    relation, plan = rows_in(scope), scope.plan
    columns = {column.name: column.value for column in relation.columns}
    for name, kind, own in lists:
        element = Value(f"{own}[{place}]", Type.DYNAMIC)
        columns[name] = to_type(element, kind) if kind else element
    if node.index:
        columns[node.index] = Value(f"({place} - 1)", Type.LONG, nullable=False)
    found, items = [], {}
    for name, value in columns.items():
        own = plan.new_id()
        items[own] = value.sql
        found.append(Column(name, value.type, own, value.nullable))
    order = ""
    if relation.order:
        order = plan.new_id()
        over = relation.over(relation.order, place)
        items[order] = f"row_number() OVER ({over})"
    if relation.partition:
        items[relation.partition] = relation.partition
    made = plan.add(Arm(items, f"FROM {stage}"))
    return replace(relation, stage=made, columns=tuple(found), order=order, keys=())


def parse(scope: Scope, node: Parse) -> Relation:
    """Compile `parse` and `parse-where` to one regular expression.

    Raises:
        KqlError: The pattern has no column, or is no valid expression.
    """
    slots = [piece for piece in node.pattern if isinstance(piece, steps.Slot)]
    if not slots:
        raise scope.error("the pattern has no column", node.at, "KQL105")
    text = to_text(scope.flat(scope.value(node.value)))
    pattern = _pattern(node)
    if node.kind == "regex":
        check_regex(scope, pattern, node.at)
    bound = scope.plan.bind(pattern)
    own = scope.plan.new_id()
    scope.before[:] = scope.before or [{}]
    scope.before[-1][own] = _groups(scope, node, text.sql, bound, len(slots))
    parts = [
        to_type(Value(f"{own}.f{number}", Type.STRING, nullable=False), slot.type)
        for number, slot in enumerate(slots)
    ]
    # In simple mode a column that does not fit its type makes the whole row fail.
    tests = [f"({own}.ok)"]
    if node.kind == "simple":
        tests += [f"({p.sql}) IS NOT NULL" for p in parts if p.type is not Type.STRING]
    fits = " AND ".join(tests)
    return _parsed(scope, node, slots, parts, fits)


def _groups(scope: Scope, node: Parse, text: str, pattern: str, count: int) -> str:
    names = ", ".join(f"'f{number}'" for number in range(count))
    none = ", ".join(f"f{number} := ''" for number in range(count))
    found = f"regexp_extract({text}, {pattern}, [{names}])"
    fields = ", ".join(f"f{n} := ({found}).f{n}" for n in range(count))
    quick = ""
    constants = [p for p in node.pattern if isinstance(p, str) and p]
    if constants and node.kind != "regex":
        # A plain search first: most lines do not hold the constant.
        longest = scope.plan.bind(max(constants, key=len))
        quick = f"contains({text}, {longest}) AND "
    return (
        f"CASE WHEN {quick}regexp_matches({text}, {pattern}) "
        f"THEN struct_pack(ok := TRUE, {fields}) "
        f"ELSE struct_pack(ok := FALSE, {none}) END"
    )


def _parsed(
    scope: Scope, node: Parse, slots: list[Slot], parts: list[Value], fits: str
) -> Relation:
    relation = rows_in(scope)
    columns = {column.name: column.value for column in relation.columns}
    for slot, part in zip(slots, parts, strict=True):
        sql = f"CASE WHEN {fits} THEN {part.sql} ELSE {null_of(part.type)} END"
        columns[slot.name] = Value(f"({sql})", part.type)
    if node.filtering:
        test = scope.plan.new_id()
        columns["\0fits"] = Value(f"({fits})", Type.BOOL)
        made = with_columns(scope, list(columns.items()))
        test = made.columns[-1].id
        kept = replace(made, columns=made.columns[:-1])
        stage = scope.plan.keep(kept, f"FROM {made.stage} WHERE {test}")
        return replace(kept, stage=stage)
    return with_columns(scope, list(columns.items()))


def _pattern(node: Parse) -> str:
    last = len(node.pattern) - 1
    pieces = ["(?s)^"]
    for place, piece in enumerate(node.pattern):
        if isinstance(piece, str):
            pieces.append(piece if node.kind == "regex" else escaped(piece))
        elif piece is None:
            pieces.append(".*" if place == last else ".*?")
        elif node.kind == "simple" and piece.type in TYPED:
            pieces.append(TYPED[piece.type])
        else:
            pieces.append("(.*)" if place == last else "(.*?)")
    return "".join([*pieces, "$"])
