"""How operators and what has a syntax of its own are written, in one line each."""

from __future__ import annotations

TABULAR: dict[str, tuple[str, str]] = {
    "where": ("where condition", "Rows that meet a condition."),
    "filter": ("filter condition", "Another word for where."),
    "project": ("project [name =] value, ...", "These columns only."),
    "extend": (
        "extend [name =] value, ...",
        "More columns; one that exists is replaced.",
    ),
    "project-away": ("project-away column, pre*, ...", "All columns but these."),
    "project-keep": (
        "project-keep column, pre*, ...",
        "These columns, in their order.",
    ),
    "project-rename": ("project-rename new = old, ...", "Other names."),
    "project-reorder": ("project-reorder column, pre*, ...", "These columns first."),
    "serialize": ("serialize [name = value, ...]", "Keeps the order of rows."),
    "distinct": ("distinct column, ... | *", "Rows that differ."),
    "summarize": (
        "summarize [name =] aggregate, ... [by key, ...]",
        "A row for each group.",
    ),
    "count": ("count", "The number of rows."),
    "take": ("take number", "The first rows."),
    "limit": ("limit number", "Another word for take."),
    "sort": (
        "sort by value [asc|desc] [nulls first|last], ...",
        "Orders rows; downwards unless asc.",
    ),
    "order": ("order by value [asc|desc], ...", "Another word for sort."),
    "top": ("top number by value [asc|desc], ...", "The first rows of an order."),
    "join": (
        "join kind=inner (rows) on key, $left.a == $right.b",
        "Rows of two sides with equal keys.",
    ),
    "lookup": ("lookup [kind=inner] (rows) on key", "Adds columns of another table."),
    "union": ("union [withsource=name] [kind=inner] table, ...", "Rows of all tables."),
    "mv-expand": (
        "mv-expand [with_itemindex=name] array [to typeof(type)], ...",
        "A row for each element.",
    ),
    "mvexpand": ("mvexpand array", "Another word for mv-expand."),
    "parse": (
        'parse [kind=relaxed|regex] text with "constant" column[:type] *',
        "Takes a text apart.",
    ),
    "parse-where": (
        'parse-where text with "constant" column[:type] *',
        "The same; other rows are left out.",
    ),
    "as": ("as name", "Names the rows so far."),
    "render": ("render kind", "How the result is drawn."),
    "search": (
        'search [in (table, ...)] "text*" [and column:"text"]',
        "Rows with texts anywhere.",
    ),
    "make-series": (
        "make-series agg [default=x], ... on column [from a] [to b] step s [by key]",
        "Arrays without holes.",
    ),
    "mv-apply": (
        "mv-apply array [to typeof(type)] on (operators)",
        "Operators on the elements of each row.",
    ),
}
SOURCES: dict[str, tuple[str, str]] = {
    "print": ("print [name =] value, ...", "One row of values."),
    "range": ("range name from a to b step s", "Rows with numbers or times."),
    "datatable": ("datatable(name: type, ...) [value, ...]", "Rows written out."),
    "union": TABULAR["union"],
    "search": TABULAR["search"],
}
SYNTAX: dict[str, tuple[str, str]] = {
    "toscalar": ("toscalar(rows)", "The first value of the first row."),
    "column_ifexists": (
        "column_ifexists(name, otherwise)",
        "A column if there is one.",
    ),
    "materialize": ("materialize(rows)", "Rows that are computed once."),
}
SPREADING: dict[str, tuple[str, str]] = {
    "arg_max": (
        "arg_max(value, column, ... | *)",
        "Columns of the row with the largest value.",
    ),
    "arg_min": (
        "arg_min(value, column, ... | *)",
        "Columns of the row with the smallest value.",
    ),
    "argmax": ("argmax(value, column, ...)", "Another word for arg_max."),
    "argmin": ("argmin(value, column, ...)", "Another word for arg_min."),
    "percentiles": (
        "percentiles(number, percentage, ...)",
        "A column for each percentage.",
    ),
}
COMPARING: dict[str, str] = {
    "has": "A whole word is in it.",
    "contains": "The text is in it.",
    "startswith": "It begins with the text.",
    "endswith": "It ends with the text.",
    "hasprefix": "A word begins with the text.",
    "hassuffix": "A word ends with the text.",
    "in": "It is one of these.",
    "in~": "It is one of these, whatever the case.",
    "has_any": "One of the words is in it.",
    "has_all": "All words are in it.",
    "between": "It is within (a .. b), both included.",
    "matches": "`matches regex`: the pattern is found.",
    "and": "Both are true.",
    "or": "One is true.",
    "==": "Equal.",
    "!=": "Not equal.",
    "<>": "Not equal.",
    "=~": "Equal, whatever the case.",
    "!~": "Not equal, whatever the case.",
    "<": "Less.",
    "<=": "Less or equal.",
    ">": "Greater.",
    ">=": "Greater or equal.",
    "+": "Sum.",
    "-": "Difference.",
    "*": "Product.",
    "/": "Quotient; whole numbers give a whole number.",
    "%": "Remainder, never negative.",
}
