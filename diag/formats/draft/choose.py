"""Which layouts explain most of a text: the commonest shapes, proved by the core."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from diag.errors import DefinitionError
from diag.formats.draft.shape import LEVELS, MESSAGE, shape_of
from diag.formats.layout import Codec, parse_layout
from diag.formats.plan import compiled, layout_plan
from diag.formats.timing import time_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.formats.draft.shape import Shape

MOST_LINES = 1_500  # lines that are looked at one by one
MOST_LAYOUTS = 6
RARE = 0.01  # a shape of fewer lines is none
COMMON = 0.5
WORTH = 0.5  # what a layout without a time has to explain
# Where a time may begin: at a number or a name of a month or day, not within a word.
BEGINS = re.compile(
    r"(?<![\w./:-])(?=[0-9]{1,4}[-/.:]|[0-9]{10}|\\?/Date\(|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b)"
)
ALWAYS_OPTIONAL = ":source}"
WITHIN = 100  # characters in which a line's time stands
PLACES = 3
# Of codecs that read the same the first counts.
ORDER = ("ymd", "rfc3339", "syslog", "mdy", "dmy", "rfc822", "clock", "epoch")
PLAIN = (
    "{name}{pad}:{?{pad}}{value}",
    "{name}: {value}",
    "{name} = {value}",
    "{name}={value}",
)


@dataclass(slots=True)
class Grammar:
    """What was found: layouts in order, how times are written, level words seen.

    Of a log of JSON objects `objects` says which member is which column; `offset`
    that all of its times name their offset.
    """

    layouts: list[str]
    codec: str = "none"
    words: set[str] = field(default_factory=set)
    objects: dict[str, str] = field(default_factory=dict)
    levels: dict[str, str] = field(default_factory=lambda: dict(LEVELS))
    offset: bool = False

    @property
    def timed(self) -> bool:
        """Whether its records have a time."""
        return self.codec != "none"


def find_grammar(lines: Sequence[str]) -> Grammar:
    """Return the layouts that explain most of some lines.

    Args:
        lines: Lines that are not blank.
    """
    lines = lines[:MOST_LINES]
    codec = _codec(lines)
    shapes = [shape_of(line, codec, weak=True) for line in lines]
    if not _is_common(shapes):
        shapes = [shape_of(line, codec, weak=False) for line in lines]
    words = {word for shape in shapes for word in shape.words}
    timed = [shape for shape in shapes if shape.timed]
    if not timed:
        codec = "none"
    found = Grammar([], codec, words)
    # Without a time only what is no prose is a record.
    asked = timed or [shape for shape in shapes if shape.pieces != (MESSAGE,)]
    found.layouts = _proved(_optional(_frequent(asked, len(lines))), lines, codec)
    if not found.layouts:
        # Such as a level and a bracket without a blank between: no layout says that.
        found.codec, found.words = "none", set()
    if not timed or not found.layouts:
        found.layouts += _plain(lines, found)
    return found


def matches(layouts: Sequence[str], codec: str, lines: Sequence[str]) -> list[int]:
    """Return for each line which layout takes it, -1 for none.

    Args:
        layouts: Texts of layouts.
        codec: How times are written.
        lines: Lines that are not blank.
    """
    plan = layout_plan([parse_layout(one) for one in layouts], codec, LEVELS)
    core = compiled(orjson.dumps(plan).decode())
    return [index for _, index in core.match("\n".join(lines))]


def carries_offset(grammar: Grammar, lines: Sequence[str]) -> bool:
    """Say whether the times of records name their offset from UTC.

    Args:
        grammar: What was found.
        lines: Lines that are not blank.
    """
    if grammar.objects:
        return grammar.offset
    layouts = [parse_layout(one) for one in grammar.layouts]
    plan = orjson.dumps(layout_plan(layouts, grammar.codec, LEVELS)).decode()
    text = "\n".join(lines[:MOST_LINES])
    # A time with an offset is the same moment in every zone.
    here, east = (
        [one["TimeGenerated"] for one in compiled(plan).parse(text, zone, 0)]
        for zone in ([], [(0, 3600)])
    )
    return here == east


def _codec(lines: Sequence[str]) -> str:
    """Return how most times are written, `none` when few lines have one."""
    known = {codec.value for codec in Codec}
    codecs = [codec for codec in ORDER if codec in known]
    scores: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for line in lines:
        begins = [found.start() for found in BEGINS.finditer(line[:WITHIN])]
        for codec in codecs:
            times = [time_at(codec, line[at:]) for at in begins[:PLACES]]
            lengths = [time.length for time in times if time and time.real]
            scores[codec] += max(lengths, default=0)
            counts[codec] += bool(lengths)
    best = max(codecs, key=lambda codec: (scores[codec], -codecs.index(codec)))
    return best if counts[best] else "none"


def _is_common(shapes: Sequence[Shape]) -> bool:
    """Say whether one shape is that of half of the lines with a time."""
    timed = [shape.pieces for shape in shapes if shape.timed]
    if not timed:
        return False
    return Counter(timed).most_common(1)[0][1] >= COMMON * len(timed)


def _frequent(shapes: Sequence[Shape], total: int) -> list[tuple[str, ...]]:
    """Return the shapes that are not rare, and what their beginnings share."""
    counts = Counter(shape.pieces for shape in shapes)
    least = max(1, round(RARE * total))
    full = [pieces for pieces, n in counts.most_common(MOST_LAYOUTS) if n >= least]
    starts: Counter[tuple[str, ...]] = Counter()
    for pieces, count in counts.items():
        if pieces in full:
            continue
        for end in range(1, len(pieces)):
            short = (*pieces[:end], MESSAGE)
            if short != pieces and "{keys}" not in short[-2]:
                starts[short] += count
    # A layout of what all have in common takes the lines that are like no other.
    general = [
        (count, pieces)
        for pieces, count in starts.items()
        if any("{time}" in piece for piece in pieces)
    ]
    full.sort(key=len, reverse=True)
    best = max(general, key=lambda one: (one[0], len(one[1])), default=None)
    if best is not None and best[1] not in full:
        full.append(best[1])
    return full


def _optional(shapes: list[tuple[str, ...]]) -> list[str]:
    """Join two shapes of which one has just one piece more.

    Where in the program a line was written is mostly said of errors only.
    """
    layouts: list[str] = []
    left = list(shapes)
    while left:
        longest = left.pop(0)
        for number in range(1, len(longest) - 1):
            shorter = (*longest[:number], *longest[number + 1 :])
            joined = "".join(
                f"{{?{piece}}}" if place == number else piece
                for place, piece in enumerate(longest)
            )
            known = shorter in left or ALWAYS_OPTIONAL in longest[number]
            if known and _is_layout(joined):
                left = [one for one in left if one != shorter]
                layouts.append(joined)
                break
        else:
            layouts.append("".join(longest))
    return list(dict.fromkeys(one for one in layouts if _is_layout(one)))


def _is_layout(text: str) -> bool:
    try:
        parse_layout(text)
    except DefinitionError:
        return False
    return True


def _proved(layouts: list[str], lines: Sequence[str], codec: str) -> list[str]:
    """Return the layouts that take lines when they are tried in order."""
    if not layouts:
        return []
    used = set(matches(layouts, codec, lines))
    kept = [one for number, one in enumerate(layouts) if number in used]
    return kept[:MOST_LAYOUTS]


def _plain(lines: Sequence[str], found: Grammar) -> list[str]:
    """Return layouts for lines without a time; the last takes every line."""
    added: list[str] = []
    left = list(lines)
    if found.layouts:
        taken = matches(found.layouts, found.codec, left)
        left = [line for line, one in zip(left, taken, strict=True) if one < 0]
    for layout in PLAIN:
        if not left:
            return added
        taken = matches([layout], found.codec, left)
        if taken.count(0) >= WORTH * len(lines):
            added.append(layout)
            left = [line for line, one in zip(left, taken, strict=True) if one < 0]
    return [*added, MESSAGE] if left else added
