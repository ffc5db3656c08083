"""The grammar of each operator: which parts it has, and in which order."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pyparsing as pp

from diag.kql import steps
from diag.kql.elements import (
    Brackets,
    Parameters,
    TextElement,
    TypeElement,
    Word,
    fail,
    many,
    optional,
)
from diag.kql.listings import Items, SearchElement
from diag.kql.parts import (
    COMMA,
    EXPR,
    ITEMS,
    KEYS,
    NAME,
    OPERATOR,
    PIPELINE,
    TABLE,
    OneItem,
    rule,
)
from diag.schema import Type

if TYPE_CHECKING:
    from diag.kql.dispatch import Grammar

SAME_KINDS = {
    "anti": "leftanti",
    "leftantisemi": "leftanti",
    "rightantisemi": "rightanti",
}
JOIN_KINDS = (
    *("innerunique", "inner", "leftouter", "rightouter", "fullouter"),
    *("leftsemi", "rightsemi", "leftanti", "rightanti"),
)
LOOKUP_KINDS = ("leftouter", "inner")
UNION_KINDS = ("outer", "inner")
PARSE_KINDS = ("simple", "relaxed", "regex")


def _kind(
    found: pp.ParseResults,
    default: str,
    known: tuple[str, ...],
    place: tuple[str, int],
) -> str:
    given = dict(many(found, "settings")).get("kind", default)
    kind = SAME_KINDS.get(given, given)
    if kind not in known:
        text, at = place
        raise fail(text, at, f"unknown kind '{given}'; one of {', '.join(known)}")
    return kind


def _columns(shape: steps.Shape) -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Columns:
        return steps.Columns(shape, many(found, "items"), at)

    listed = ITEMS("items")
    return rule(pp.Opt(listed) if shape is steps.Shape.SERIALIZE else listed, build)


def _summarize() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Summarize:
        return steps.Summarize(many(found, "aggregates"), many(found, "keys"), at)

    aggregates = pp.Opt(Items(PIPELINE, ends=("by",))("aggregates"))
    by = Word("by") - ITEMS("keys")
    return rule(Parameters() + aggregates + pp.Opt(by), build)


def _take() -> pp.ParserElement:
    return rule(EXPR, lambda _t, at, found: steps.Take(found[0], at))


def _where() -> pp.ParserElement:
    return rule(EXPR, lambda _t, at, found: steps.Where(found[0], at))


def _count() -> pp.ParserElement:
    return rule(pp.Empty(), lambda _t, at, _f: steps.Count(at))


def _sort() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Sort:
        return steps.Sort(many(found, "keys"), at)

    return rule(Word("by") - KEYS("keys"), build)


def _top() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Top:
        return steps.Top(found["rows"], many(found, "keys"), at)

    return rule(EXPR("rows") - Word("by") - KEYS("keys"), build)


def _join() -> pp.ParserElement:
    def build(text: str, at: int, found: pp.ParseResults) -> steps.Join:
        kind = _kind(found, "innerunique", JOIN_KINDS, (text, at))
        on = tuple(item.value for item in many(found, "on"))
        return steps.Join(kind, found["right"], on, lookup=False, at=at)

    on = Word("on") - ITEMS("on")
    return rule(Parameters("kind")("settings") + TABLE("right") - on, build)


def _lookup() -> pp.ParserElement:
    def build(text: str, at: int, found: pp.ParseResults) -> steps.Join:
        kind = _kind(found, "leftouter", LOOKUP_KINDS, (text, at))
        on = tuple(item.value for item in many(found, "on"))
        return steps.Join(kind, found["right"], on, lookup=True, at=at)

    on = Word("on") - ITEMS("on")
    return rule(Parameters("kind")("settings") + TABLE("right") - on, build)


def _union() -> pp.ParserElement:
    def build(text: str, at: int, found: pp.ParseResults) -> steps.Union:
        kind = _kind(found, "outer", UNION_KINDS, (text, at))
        tag = dict(many(found, "settings")).get("withsource", "")
        return steps.Union(kind, tag, tuple(found["tables"]), at)

    settings = Parameters("kind", "withsource", "isfuzzy")("settings")
    tables = pp.Group(TABLE + pp.ZeroOrMore(pp.Suppress(COMMA) - TABLE))("tables")
    return rule(settings + tables, build)


def _search() -> pp.ParserElement:
    def build(text: str, at: int, found: pp.ParseResults) -> steps.Search:
        if dict(many(found, "settings")).get("kind") == "case_sensitive":
            said = "search kind=case_sensitive is not supported; use has_cs"
            raise fail(text, at, said, "KQL201")
        tables = tuple(optional(found, "tables") or ())
        return steps.Search(found["predicate"], tables, at)

    listed = pp.Group(TABLE + pp.ZeroOrMore(pp.Suppress(COMMA) - TABLE))("tables")
    within = Word("in") - Word("(") - listed - Word(")")
    predicate = SearchElement(PIPELINE)("predicate")
    settings = Parameters("kind")("settings")
    return rule(settings + pp.Opt(within) + predicate, build)


def _series() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Series:
        aggregates = tuple(one.value for one in found["aggregates"])
        defaults = tuple(optional(one, "default") for one in found["aggregates"])
        start, end = optional(found, "start"), optional(found, "end")
        parts = (found["axis"], start, end, found["step"], many(found, "keys"))
        nonempty = ("kind", "nonempty") in many(found, "settings")
        return steps.Series(aggregates, defaults, *parts, at, nonempty=nonempty)

    default = Word("default") - Word("=") - EXPR("default")
    item = pp.Group(OneItem(PIPELINE)("value") + pp.Opt(default))
    items = pp.Group(item + pp.ZeroOrMore(pp.Suppress(COMMA) - item))("aggregates")
    axis = Word("on") - EXPR("axis")
    start = pp.Opt(Word("from") - EXPR("start"))
    end = pp.Opt(Word("to") - EXPR("end"))
    by = pp.Opt(Word("by") - ITEMS("keys"))
    step = Word("step") - EXPR("step")
    settings = Parameters("kind")("settings")
    return rule(settings + items - axis + start + end + step + by, build)


def _apply() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Apply:
        index = dict(many(found, "settings")).get("with_itemindex", "")
        expand = steps.MvExpand(_expanded(found["items"], at), index, None, at)
        return steps.Apply(expand, steps.Applied(tuple(found["inner"]), at), at)

    item = pp.Group(OneItem(PIPELINE)("value") + pp.Opt(_to_type()))
    items = pp.Group(item + pp.ZeroOrMore(pp.Suppress(COMMA) - item))("items")
    more = pp.ZeroOrMore(pp.Suppress(Word("|")) - OPERATOR)
    inner = Word("(") - pp.Group(OPERATOR + more)("inner") - Word(")")
    settings = Parameters("with_itemindex")("settings")
    return rule(settings + items - Word("on") - inner, build)


def _to_type() -> pp.ParserElement:
    return Word("to") - Word("typeof") - TypeElement()("type")


def _expanded(items: pp.ParseResults, at: int) -> tuple[steps.Expand, ...]:
    return tuple(
        steps.Expand(one.value.name, one.value.value, optional(one, "type"), at)
        for one in items
    )


def _expand() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.MvExpand:
        items = _expanded(found["items"], at)
        index = dict(many(found, "settings")).get("with_itemindex", "")
        return steps.MvExpand(items, index, optional(found, "limit"), at)

    item = pp.Group(OneItem(PIPELINE)("value") + pp.Opt(_to_type()))
    items = pp.Group(item + pp.ZeroOrMore(pp.Suppress(COMMA) - item))("items")
    settings = Parameters("with_itemindex", "bagexpansion", "kind")("settings")
    limit = Word("limit") - EXPR("limit")
    return rule(settings + items + pp.Opt(limit), build)


def _parse(*, filtering: bool) -> pp.ParserElement:
    def build(text: str, at: int, found: pp.ParseResults) -> steps.Parse:
        kind = _kind(found, "simple", PARSE_KINDS, (text, at))
        pattern = tuple(_piece(one, at) for one in found["pattern"])
        return steps.Parse(kind, filtering, found["value"], pattern, at)

    slot = pp.Group(NAME("name") + pp.Opt(Word(":") - TypeElement()("type")))
    pattern = pp.Group(pp.OneOrMore(TextElement() | Word("*") | slot))("pattern")
    settings = Parameters("kind", "flags")("settings")
    return rule(settings + EXPR("value") - Word("with") - pattern, build)


def _piece(one: Any, at: int) -> str | steps.Slot | None:  # noqa: ANN401 - what pyparsing found
    if isinstance(one, pp.ParseResults):
        return steps.Slot(one["name"], optional(one, "type") or Type.STRING, at)
    return None if one == "*" else str(one.value)


def _as() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.As:
        return steps.As(found["name"], at)

    return rule(Parameters() + NAME("name"), build)


def _render() -> pp.ParserElement:
    def build(_text: str, at: int, found: pp.ParseResults) -> steps.Render:
        return steps.Render(found["kind"], at)

    settings = pp.Opt(Word("with") - Brackets())
    return rule(NAME("kind") + Parameters(free=True) + settings, build)


OPERATORS: Grammar = {
    "where": _where,
    "filter": _where,
    **{shape.value: functools.partial(_columns, shape) for shape in steps.Shape},
    "summarize": _summarize,
    "count": _count,
    "take": _take,
    "limit": _take,
    "sort": _sort,
    "order": _sort,
    "top": _top,
    "join": _join,
    "lookup": _lookup,
    "union": _union,
    "mv-expand": _expand,
    "mvexpand": _expand,
    "parse": lambda: _parse(filtering=False),
    "parse-where": lambda: _parse(filtering=True),
    "as": _as,
    "render": _render,
    "search": _search,
    "make-series": _series,
    "mv-apply": _apply,
}
