"""Functions on text."""

from __future__ import annotations

from diag.kql.convert import to_type
from diag.kql.functions.registry import MANY, Args, Function, table
from diag.kql.literals import TYPE_NAMES
from diag.kql.nodes import Call, Name
from diag.kql.regexes import check_regex
from diag.kql.source import quoted
from diag.kql.values import WHOLE, Value
from diag.schema import Type

S, L, D, B = Type.STRING, Type.LONG, Type.DYNAMIC, Type.BOOL


def _strcat(args: Args) -> Value:
    parts = ", ".join(args.text(place).sql for place in range(len(args)))
    return args.made(f"concat({parts})", S)


def _strcat_delim(args: Args) -> Value:
    parts = ", ".join(args.text(place).sql for place in range(1, len(args)))
    return args.made(f"concat_ws({args.text(0).sql}, {parts})", S)


def _strcat_array(args: Args) -> Value:
    array = args.need(0, D).sql
    listed = f"from_json({array}, '[\"VARCHAR\"]')"
    return args.made(f"coalesce(array_to_string({listed}, {args.text(1).sql}), '')", S)


def _strlen(args: Args) -> Value:
    return args.made(f"length({args.text(0).sql})", L, nullable=False)


def _substring(args: Args) -> Value:
    text, start = args.text(0).sql, args.need(1, *WHOLE)
    # Kusto counts from 0, and from the end when negative; SQL counts from 1.
    place = f"CASE WHEN {start.sql} < 0 THEN {start.sql} ELSE {start.sql} + 1 END"
    if start.is_literal and start.literal is not None:
        place = str(start.literal if start.literal < 0 else start.literal + 1)
    length = f", greatest({args.need(2, *WHOLE).sql}, 0)" if len(args) > 2 else ""  # noqa: PLR2004 - its third argument
    return args.made(f"coalesce(substring({text}, {place}{length}), '')", S)


def _split(args: Args) -> Value:
    parts = f"string_split({args.text(0).sql}, {args.text(1).sql})"
    if len(args) == 2:  # noqa: PLR2004 - without an index
        return args.made(f"to_json({parts})", D)
    index = args.need(2, *WHOLE).sql
    return args.made(f"to_json({parts}[{index} + 1:{index} + 1])", D)


def _extract(args: Args) -> Value:
    groups = _pattern(args, 0)
    group = args.need(1, *WHOLE)
    if group.is_literal and groups is not None and (group.literal or 0) > groups:
        said = f"the pattern has {groups} groups, not {group.literal}"
        raise args.scope.error(f"extract(): {said}", args.node(1).at, "KQL106")
    number = int(group.literal) if group.is_literal else 0
    text = args.text(2).sql
    sql = f"coalesce(regexp_extract({text}, {args[0].sql}, {number}), '')"
    found = args.made(sql, S)
    return found if len(args) < 4 else to_type(found, _typeof(args, 3))  # noqa: PLR2004 - its typeof()


def _pattern(args: Args, place: int) -> int | None:
    pattern = args.need(place, S)
    if not pattern.is_literal:
        return None
    return check_regex(args.scope, str(pattern.literal), args.node(place).at)


def _typeof(args: Args, place: int) -> Type:
    node = args.node(place)
    if isinstance(node, Call) and node.name == "typeof" and len(node.args) == 1:
        kind = node.args[0]
        if isinstance(kind, Name) and kind.name in TYPE_NAMES:
            return TYPE_NAMES[kind.name]
    raise args.scope.error("typeof(...) with a type is expected", node.at, "KQL105")


def _extract_all(args: Args) -> Value:
    groups = _pattern(args, 0)
    text, pattern = args.text(len(args) - 1).sql, args[0].sql
    if groups is None or groups == 0:
        said = "extract_all() needs a constant pattern with at least one group"
        raise args.scope.error(said, args.node(0).at, "KQL105")
    lists = [f"regexp_extract_all({text}, {pattern}, {n + 1})" for n in range(groups)]
    if groups == 1:
        return args.made(f"to_json({lists[0]})", D)
    # Several groups: one inner array for each match.
    rows = f"list_zip({', '.join(lists)})"
    each = ", ".join(f"x[{number + 1}]" for number in range(groups))
    return args.made(f"to_json(list_transform({rows}, lambda x: [{each}]))", D)


def _trim(args: Args, *, start: bool, end: bool) -> Value:
    pattern = args.need(0, S)
    if pattern.is_literal:
        check_regex(args.scope, str(pattern.literal), args.node(0).at)
    sql = args.text(1).sql
    if start:
        sql = f"regexp_replace({sql}, concat('^(?:', {pattern.sql}, ')'), '')"
    if end:
        sql = f"regexp_replace({sql}, concat('(?:', {pattern.sql}, ')$'), '')"
    return args.made(sql, S)


def _replace_string(args: Args) -> Value:
    text, old, new = (args.text(place).sql for place in range(3))
    return args.made(f"replace({text}, {old}, {new})", S)


def _replace_regex(args: Args) -> Value:
    _pattern(args, 1)
    text, pattern, new = (args.text(place).sql for place in range(3))
    return args.made(f"regexp_replace({text}, {pattern}, {new}, 'g')", S)


def _lower(args: Args) -> Value:
    return args.made(f"lower({args.text(0).sql})", S)


def _upper(args: Args) -> Value:
    return args.made(f"upper({args.text(0).sql})", S)


def _isempty(args: Args) -> Value:
    return args.made(f"({args.text(0).sql} = '')", B, nullable=False)


def _isnotempty(args: Args) -> Value:
    return args.made(f"({args.text(0).sql} <> '')", B, nullable=False)


def _indexof(args: Args) -> Value:
    text, what = args.text(0).sql, args.text(1).sql
    if len(args) == 2:  # noqa: PLR2004 - without a start
        return args.made(f"(strpos({text}, {what}) - 1)", L)
    start = args.need(2, *WHOLE).sql
    found = f"strpos(substring({text}, {start} + 1), {what})"
    sql = f"CASE WHEN {found} = 0 THEN -1 ELSE {found} + {start} - 1 END"
    return args.made(f"({sql})", L)


def _countof(args: Args) -> Value:
    kind = args[2].literal if len(args) > 2 else "normal"  # noqa: PLR2004 - its third argument
    text, what = args.text(0).sql, args.text(1).sql
    if kind == "regex":
        _pattern(args, 1)
        return args.made(f"len(regexp_extract_all({text}, {what}))", L)
    if kind != "normal":
        said = f"countof() counts 'normal' or 'regex', not {quoted(str(kind))}"
        raise args.scope.error(said, args.node(2).at, "KQL106")
    size = f"(length({text}) - length(replace({text}, {what}, '')))"
    return args.made(f"coalesce({size} // nullif(length({what}), 0), 0)", L)


def _parse_version(args: Args) -> Value:
    text = args.text(0).sql
    valid = f"regexp_full_match({text}, '[0-9]{{1,8}}(\\.[0-9]{{1,8}}){{0,3}}')"
    parts = [
        f"coalesce(TRY_CAST(nullif(split_part({text}, '.', {n}), '') AS BIGINT), 0)"
        f" * {10 ** (8 * (3 - n))}"
        for n in range(1, 3)
    ]
    # Kusto packs four parts of eight digits; two fit a long, the order is kept.
    rest = [
        f"coalesce(TRY_CAST(nullif(split_part({text}, '.', {n}), '') AS DOUBLE), 0)"
        f" / 1e{8 * (n - 2)}"
        for n in range(3, 5)
    ]
    sql = f"CASE WHEN {valid} THEN {' + '.join([*parts, *rest])} END"
    return args.made(f"CAST({sql} AS DOUBLE)", Type.REAL, nullable=True)


TEXT = table(
    Function("strcat(a, b, ...)", "Joins texts.", _strcat, most=MANY),
    Function(
        "strcat_delim(delimiter, a, b, ...)",
        "Joins texts with a delimiter.",
        _strcat_delim,
        least=2,
        most=MANY,
    ),
    Function("strcat_array(array, delimiter)", "Joins an array.", _strcat_array, 2, 2),
    Function("strlen(text)", "Number of characters.", _strlen),
    Function(
        "substring(text, start[, length])", "A part; counts from 0.", _substring, 2, 3
    ),
    Function("split(text, delimiter[, index])", "An array of the parts.", _split, 2, 3),
    Function(
        "extract(regex, group, text[, typeof(type)])",
        "What a group of the first match holds; empty without one.",
        _extract,
        3,
        4,
    ),
    Function(
        "extract_all(regex, text)",
        "An array of what the groups of all matches hold.",
        _extract_all,
        2,
        2,
    ),
    Function(
        "trim(regex, text)",
        "Removes matches at both ends.",
        lambda args: _trim(args, start=True, end=True),
        2,
        2,
    ),
    Function(
        "trim_start(regex, text)",
        "Removes a match at the start.",
        lambda args: _trim(args, start=True, end=False),
        2,
        2,
    ),
    Function(
        "trim_end(regex, text)",
        "Removes a match at the end.",
        lambda args: _trim(args, start=False, end=True),
        2,
        2,
    ),
    Function(
        "replace_string(text, old, new)", "Replaces a text.", _replace_string, 3, 3
    ),
    Function(
        "replace_regex(text, regex, new)", "Replaces matches.", _replace_regex, 3, 3
    ),
    Function("tolower(text)", "In lower case.", _lower),
    Function("toupper(text)", "In upper case.", _upper),
    Function("isempty(value)", "Whether a text is empty.", _isempty),
    Function("isnotempty(value)", "Whether a text is not empty.", _isnotempty),
    Function("indexof(text, part[, start])", "Where it begins, or -1.", _indexof, 2, 3),
    Function("countof(text, part[, 'regex'])", "How often it occurs.", _countof, 2, 3),
    Function("parse_version(text)", "A number that sorts versions.", _parse_version),
)
