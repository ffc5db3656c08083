"""The operators of expressions, and how tightly they bind (rule-language.md, 4.2)."""

from __future__ import annotations

# How tightly an operator binds. Equality and order do not chain in Kusto.
OR, AND, EQUALITY, ORDER, SUM, PRODUCT, TEXT = range(1, 8)
PLAIN = ("has", "contains", "startswith", "endswith", "hasprefix", "hassuffix")
OLD = {"notcontains": "!contains", "notcontainscs": "!contains_cs", "<>": "!="}
AMONG = ("in", "!in", "in~", "!in~", "has_any", "has_all")
BETWEEN = {"between": False, "!between": True}
POWERS: dict[str, int] = {
    "or": OR,
    "and": AND,
    **dict.fromkeys(("==", "!=", "<>", "=~", "!~", *AMONG, *BETWEEN), EQUALITY),
    **dict.fromkeys(("<", "<=", ">", ">="), ORDER),
    **dict.fromkeys(("+", "-"), SUM),
    **dict.fromkeys(("*", "/", "%"), PRODUCT),
    **dict.fromkeys(("matches", "notcontains", "notcontainscs"), TEXT),
    **{f"{n}{w}{c}": TEXT for w in PLAIN for n in ("", "!") for c in ("", "_cs")},
}
WORDS = [word for word in POWERS if word[0].isalpha()]
# Words of operators that may stand right behind an expression.
FOLLOWERS = {
    *("asc", "by", "default", "desc", "from", "limit", "nulls", "on", "step"),
    *("to", "with"),
}
