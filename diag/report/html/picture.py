"""The timeline as a picture inside the page, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from diag.clock import iso
from diag.model import Severity
from diag.report.gather import number_of
from diag.report.html.build import Html, join, tag, within
from diag.report.words import alarming, short

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diag.dossier import Beat, Counts, Gap, Lane, Mark, Timeline
    from diag.model import Diagnosis, Finding

WIDTH, LEFT, RIGHT = 1_000.0, 132.0, 988.0
TOP, LANE, BARS = 26.0, 24.0, 54.0  # heights
MOST_TICKS = 8
HOUR, DAY = 3_600, 86_400
TICKS = (
    *(60, 300, 900, 1_800, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR),
    *(DAY * days for days in (1, 2, 7, 14, 30, 90, 365)),
)
EPOCH = datetime.fromisoformat("1970-01-01")
NAME = 19  # characters of a lane's name
MOST_BARS = 150  # of findings in a lane
PICTURE, WORDS = 330_000, 100_000  # bytes
SIGNS = {
    "up": "M0,-6 L6,5 L-6,5 Z",
    "down": "M0,6 L6,-5 L-6,-5 Z",
    "bad": "M-5,-5 L5,5 M5,-5 L-5,5",
    "note": "M-3,-3 L3,-3 L3,3 L-3,3 Z",
    "change": "M0,-6 L6,0 L0,6 L-6,0 Z",
}


@dataclass(slots=True)
class _Canvas:
    """A picture in the making: its time, and how far down it is drawn."""

    begin: datetime
    seconds: float
    y: float = TOP
    parts: list[Html] = field(default_factory=list)

    def x(self, moment: datetime) -> float:
        share = (moment - self.begin).total_seconds() / self.seconds
        return round(LEFT + max(0.0, min(share, 1.0)) * (RIGHT - LEFT), 1)

    def name(self, text: str, height: float, note: str = "") -> None:
        shown = text if len(text) <= NAME else f"{text[: NAME - 1]}…"
        middle = self.y + (height / 2 if not note else height / 2 - 7) + 4
        self.parts.append(tag("text", shown, x=4, y=middle, class_="name"))
        if note:
            self.parts.append(tag("text", note, x=4, y=middle + 15, class_="tick"))

    def base(self, height: float) -> None:
        y = self.y + height / 2
        line = tag("line", x1=LEFT, x2=RIGHT, y1=y, y2=y, class_="base")
        self.parts.append(line)

    def bar(self, begin: float, end: float, look: str, *inside: Html | None) -> Html:
        wide = max(round(end - begin, 1), 3.0)
        y = self.y + 5
        return tag(
            "rect",
            *inside,
            x=min(begin, RIGHT - wide),
            y=y,
            width=wide,
            height=LANE - 10,
            rx=2,
            class_=look,
        )


def picture(timeline: Timeline, diagnosis: Diagnosis) -> Html:
    """Return the picture.

    Args:
        timeline: What happened when.
        diagnosis: Its findings are drawn from when to when they were seen.
    """
    seconds = max((timeline.end - timeline.begin).total_seconds(), 1.0)
    canvas = _Canvas(timeline.begin, seconds)
    faults, _ = alarming(diagnosis.findings)
    for severity in Severity:
        _findings(canvas, severity, faults)
    for beat in timeline.beats:
        _beat(canvas, beat, alone=len(timeline.beats) == 1)
    for lane in timeline.lanes:
        if lane.marks:
            _marks(canvas, lane)
    for counts in timeline.counts:
        _counts(canvas, timeline, counts)
    height = canvas.y + 6
    grid = _grid(timeline, canvas, height)
    kept, size = within(canvas.parts, PICTURE)
    said = _said(timeline)
    svg = tag(
        "svg",
        tag("title", "What happened when"),
        tag("desc", said),
        *grid,
        *kept,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_label=said,
    )
    cut = "" if size and len(kept) == len(canvas.parts) else " Not all of it is drawn."
    about = tag("p", f"{said}{cut} Times are UTC.", class_="dim")
    frame = tag(
        *("div", svg),
        class_="wide drawn",
        tabindex="0",
        role="region",
        aria_label="Timeline",
    )
    return join(frame, about)


def _said(timeline: Timeline) -> str:
    gaps = sum(len(one.gaps) + one.more for one in timeline.beats)
    said = f"From {iso(timeline.begin)} to {iso(timeline.end)}. "
    if timeline.beats:
        quiet = number_of(gaps, "silence")
        said += f"himds wrote with {quiet} of more than 15 minutes. "
    else:
        said += "There is no himds log, so nothing shows whether it lived. "
    said += f"Errors and warnings are counted by {_span(timeline.step)}."
    for lane in timeline.lanes:
        said += f" Of {lane.name} {_cut(lane)}." if lane.begin else ""
    if timeline.outside:
        said += f" {number_of(timeline.outside, 'event')} outside are not drawn."
    return said


def _cut(lane: Lane) -> str:
    return f"only those since {iso(lane.begin)} were looked at"


def _span(seconds: float) -> str:
    """Return a length of time as people say it."""
    for size, word in ((DAY, "day"), (HOUR, "hour"), (60, "minute")):
        if seconds >= size:
            count = round(seconds / size)
            return word if count == 1 else f"{count:,} {word}s"
    return f"{seconds:.0f} seconds"


def _length(gap: Gap) -> str:
    seconds = int((gap.end - gap.begin).total_seconds())
    days, rest = divmod(seconds, DAY)
    hours, minutes = divmod(rest // 60, 60)
    words = [(days, "d"), (hours, "h"), (minutes, "min")]
    return " ".join(f"{number} {word}" for number, word in words if number) or "0 min"


def _grid(timeline: Timeline, canvas: _Canvas, height: float) -> Iterator[Html]:
    step = next((s for s in TICKS if canvas.seconds / s <= MOST_TICKS), TICKS[-1])
    form = "%Y-%m" if step >= 30 * DAY else "%m-%d" if step >= DAY else "%m-%d %H:%M"
    at = -(-(timeline.begin - EPOCH).total_seconds() // step) * step
    while EPOCH + timedelta(seconds=at) <= timeline.end:
        moment = EPOCH + timedelta(seconds=at)
        x = canvas.x(moment)
        yield tag("line", x1=x, x2=x, y1=TOP - 6, y2=height, class_="grid")
        anchor = "end" if x > RIGHT - 40 else "start" if x < LEFT + 40 else "middle"
        text = f"{moment:{form}}"
        yield tag("text", text, x=x, y=14, text_anchor=anchor, class_="tick")
        at += step


def _findings(canvas: _Canvas, severity: Severity, faults: Sequence[Finding]) -> None:
    own = [o for o in faults if o.severity is severity and o.first_seen is not None]
    if not own:
        return
    canvas.name(f"{severity}", LANE)
    canvas.base(LANE)
    for one in own[:MOST_BARS]:
        begin = one.first_seen or canvas.begin
        end = one.last_seen or begin
        title = tag("title", f"{one.rule} {short(one.title)}")
        look = f"fault {severity}"
        canvas.parts.append(canvas.bar(canvas.x(begin), canvas.x(end), look, title))
    canvas.y += LANE


def _beat(canvas: _Canvas, beat: Beat, *, alone: bool) -> None:
    canvas.name("heartbeat" if alone else f"♥ {short(beat.computer)}", LANE)
    canvas.base(LANE)
    at = beat.first
    for gap in beat.gaps:
        if gap.begin > at:
            canvas.parts.append(canvas.bar(canvas.x(at), canvas.x(gap.begin), "beat"))
        said = f"silent for {_length(gap)}: {iso(gap.begin)} to {iso(gap.end)}"
        title = tag("title", said)
        canvas.parts.append(
            canvas.bar(canvas.x(gap.begin), canvas.x(gap.end), "gap", title)
        )
        at = gap.end
    if at < beat.last:
        canvas.parts.append(canvas.bar(canvas.x(at), canvas.x(beat.last), "beat"))
    canvas.y += LANE


def _marks(canvas: _Canvas, lane: Lane) -> None:
    canvas.name(lane.name, LANE)
    canvas.base(LANE)
    for mark in lane.marks:
        place = f"translate({canvas.x(mark.time):g},{canvas.y + LANE / 2:g})"
        title = tag("title", f"{iso(mark.time)} {short(mark.text)}")
        shape = tag("path", title, d=SIGNS[mark.sign], transform=place)
        canvas.parts.append(tag("g", shape, class_=f"mark {mark.sign}"))
    canvas.y += LANE


def _counts(canvas: _Canvas, timeline: Timeline, counts: Counts) -> None:
    most = max(counts.counts, default=0)
    if not most:
        canvas.name(f"{counts.name}: none", LANE)
        canvas.base(LANE)
        canvas.y += LANE
        return
    canvas.name(counts.name, BARS, f"at most {most:,}")
    room = BARS - 10
    foot = canvas.y + BARS - 4
    canvas.parts.append(tag("line", x1=LEFT, x2=RIGHT, y1=foot, y2=foot, class_="base"))
    for number, count in enumerate(counts.counts):
        if not count:
            continue
        begin = timeline.begin + timedelta(seconds=timeline.step * number)
        first = canvas.x(begin)
        last = canvas.x(begin + timedelta(seconds=timeline.step))
        tall = round(max(room * count / most, 2.0), 1)
        bar = tag(
            "rect",
            tag("title", f"{iso(begin)}: {count:,} {counts.name}"),
            x=first,
            y=round(foot - tall, 1),
            width=max(round(last - first - 0.6, 1), 1.0),
            height=tall,
            class_=f"bar {counts.name}",
        )
        canvas.parts.append(bar)
    canvas.y += BARS


def in_words(timeline: Timeline) -> Html:
    """Return what the picture shows as lists, for who cannot see it or searches.

    Args:
        timeline: What happened when.
    """
    items: list[Html] = []
    for beat in timeline.beats:
        lead = f"himds of {short(beat.computer)} wrote from {iso(beat.first)} "
        items.append(tag("li", f"{lead}to {iso(beat.last)}"))
        items += [
            tag("li", f"silent for {_length(o)}: {iso(o.begin)} to {iso(o.end)}")
            for o in beat.gaps
        ]
        items += [tag("li", f"{beat.more:,} older silences")] if beat.more else []
    for lane in timeline.lanes:
        items += [tag("li", _told(lane.name, mark)) for mark in lane.marks]
        items += [tag("li", f"{lane.name}: {_cut(lane)}")] if lane.begin else []
        items += (
            [tag("li", f"{lane.name}: {lane.more:,} more close by")]
            if lane.more
            else []
        )
        items += [tag("li", f"{lane.name}: nothing known")] if not lane.marks else []
    for number, found in enumerate(zip(*(o.counts for o in timeline.counts))):  # noqa: B905 - of one length
        if any(found):
            begin = timeline.begin + timedelta(seconds=timeline.step * number)
            names = (one.name for one in timeline.counts)
            words = (f"{n:,} {name}" for n, name in zip(found, names, strict=True) if n)
            items.append(tag("li", f"{iso(begin)}: {', '.join(words)}"))
    kept, _ = within(items, WORDS)
    if len(kept) < len(items):
        kept.append(tag("li", f"and {len(items) - len(kept):,} more", class_="cut"))
    summary = tag("summary", "The same in words")
    return tag("details", summary, tag("ul", *kept, class_="plain", tabindex="0"))


def _told(name: str, mark: Mark) -> str:
    return f"{iso(mark.time)} {name}: {short(mark.text)}"
