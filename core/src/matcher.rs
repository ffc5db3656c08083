//! Runs the steps of a layout over the bytes of a record.

use memchr::memchr;

use crate::bytes::{after, between, is_gap, until};
use crate::gotext;
use crate::plan::{Codec, Kind, Levels, MAX_FIELDS, Plan, Step};
use crate::time::{Stamp, TimeScanner};

/// How often an optional part is tried while looking for the end of a text.
const MOST_TRIES: usize = 64;
/// How many blanks may be looked at for one record while looking for that end,
/// times the record's length: a megabyte of blanks must not take a day.
const MOST_LOOKS: usize = 4;
const ABSENT: (u32, u32) = (u32::MAX, u32::MAX);

/// Where the fields of a matched record lie. Its first line, or the whole.
#[derive(Clone)]
pub(crate) struct Captures {
    spans: [(u32, u32); MAX_FIELDS + 1],
    /// One bit for each slot: a Go string with escapes in it.
    escaped: u64,
    pub stamp: Stamp,
    pub layout: usize,
    /// Where the layout ended; only line ends and lines that it did not take follow.
    pub end: usize,
}

impl Default for Captures {
    fn default() -> Self {
        Self {
            spans: [ABSENT; MAX_FIELDS + 1],
            escaped: 0,
            stamp: Stamp::None,
            layout: 0,
            end: 0,
        }
    }
}

impl Captures {
    /// The bytes of a field, None when its optional part is absent.
    #[inline]
    pub fn get<'a>(&self, slot: usize, text: &'a [u8]) -> Option<&'a [u8]> {
        let (from, to) = self.spans.get(slot).copied().unwrap_or(ABSENT);
        text.get(from as usize..to as usize)
    }

    #[inline]
    pub fn is_escaped(&self, slot: usize) -> bool {
        self.escaped >> slot & 1 == 1
    }

    #[inline]
    fn set(&mut self, slot: usize, from: usize, to: usize) {
        if let Some(span) = self.spans.get_mut(slot) {
            *span = (from as u32, to as u32);
        }
    }

    fn forget(&mut self, steps: &[Step]) {
        for step in steps {
            match step {
                Step::Field { slot, .. } => self.set(*slot, usize::MAX, usize::MAX),
                Step::Time(_) => self.stamp = Stamp::None,
                _ => {}
            }
        }
    }
}

/// Tries the layouts in order; true when one matched and `found` is filled.
/// `line_end` is where the first line of `text` ends.
#[inline]
pub(crate) fn find(
    plan: &Plan,
    text: &[u8],
    line_end: usize,
    times: &mut TimeScanner,
    found: &mut Captures,
) -> bool {
    for (index, layout) in plan.layouts.iter().enumerate() {
        if let Some(Step::Lit(lit)) = layout.steps.first()
            && !text.starts_with(lit)
        {
            continue;
        }
        found.escaped = 0;
        found.stamp = Stamp::None;
        let mut run = Run {
            text,
            line_end,
            times,
            levels: &plan.levels,
            found,
            tries: 0,
            looks: 0,
        };
        if let Some(at) = run.steps(&layout.steps, &[], 0)
            && let Some(end) = run.at_end(at)
        {
            found.layout = index;
            found.end = end;
            return true;
        }
    }
    false
}

struct Run<'a> {
    text: &'a [u8],
    line_end: usize,
    times: &'a mut TimeScanner,
    levels: &'a Levels,
    found: &'a mut Captures,
    tries: usize,
    looks: usize,
}

impl Run<'_> {
    /// Runs steps from `at` on; `next` are the steps behind them.
    #[inline]
    fn steps(&mut self, steps: &[Step], next: &[Step], mut at: usize) -> Option<usize> {
        for (index, step) in steps.iter().enumerate() {
            at = match step {
                Step::Lit(lit) => {
                    after(self.text, at).starts_with(lit).then_some(at + lit.len())?
                }
                Step::Time(codec) => self.time(*codec, at)?,
                Step::Pad => self.pad(at)?,
                Step::Optional(parts) => self.optional(parts, after_step(steps, index), at),
                Step::Field { kind, slot } => {
                    let follow = Follow {
                        here: after_step(steps, index),
                        next,
                    };
                    let (from, to, end) = self.field(*kind, *slot, at, &follow)?;
                    self.found.set(*slot, from, to);
                    end
                }
            };
        }
        Some(at)
    }

    /// The end of the line that `at` lies in.
    #[inline]
    fn end_of_line(&self, at: usize) -> usize {
        memchr(b'\n', after(self.text, at)).map_or(self.text.len(), |found| at + found)
    }

    #[inline]
    fn gap(&self, at: usize) -> usize {
        after(self.text, at).iter().take_while(|byte| is_gap(**byte)).count()
    }

    /// The place behind trailing blanks if the line ends there.
    #[inline]
    fn at_end(&self, at: usize) -> Option<usize> {
        let gap = self.gap(at);
        matches!(self.text.get(at + gap), None | Some(b'\n')).then_some(at + gap)
    }

    #[inline]
    fn time(&mut self, codec: Codec, at: usize) -> Option<usize> {
        let (length, stamp) = self.times.scan(codec, after(self.text, at))?;
        self.found.stamp = stamp;
        Some(at + length)
    }

    #[inline]
    fn pad(&self, at: usize) -> Option<usize> {
        let gap = self.gap(at);
        (gap > 0).then_some(at + gap)
    }

    #[inline]
    fn optional(&mut self, parts: &[Step], next: &[Step], at: usize) -> usize {
        let line_end = self.line_end;
        if let Some(end) = self.steps(parts, next, at) {
            return end;
        }
        self.line_end = line_end;
        self.found.forget(parts);
        at
    }

    /// From, to, and where matching goes on.
    #[inline]
    fn field(
        &mut self,
        kind: Kind,
        slot: usize,
        at: usize,
        follow: &Follow<'_>,
    ) -> Option<(usize, usize, usize)> {
        let end = match kind {
            Kind::Rest | Kind::Keys => self.text.len(),
            Kind::Int => self.int(at)?,
            Kind::Guid => self.guid(at)?,
            Kind::Quoted => return self.quoted(slot, at),
            Kind::Text => self.stop(at, self.line_end, follow).filter(|end| *end > at)?,
            Kind::Word => self.word(at, follow)?,
            Kind::Level => self.level(at, follow)?,
            Kind::Source => self.source(at, follow)?,
        };
        Some((at, end, end))
    }

    #[inline]
    fn int(&self, at: usize) -> Option<usize> {
        let digits = after(self.text, at).iter().take_while(|byte| byte.is_ascii_digit()).count();
        (digits > 0).then_some(at + digits)
    }

    #[inline]
    fn guid(&self, at: usize) -> Option<usize> {
        let guid = after(self.text, at).first_chunk::<36>()?;
        let fits = guid.iter().enumerate().all(|(place, byte)| match place {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
        fits.then_some(at + 36)
    }

    fn quoted(&mut self, slot: usize, at: usize) -> Option<(usize, usize, usize)> {
        if self.text.get(at) == Some(&b'"') {
            let found = gotext::scan(self.text, at + 1);
            self.found.escaped &= !(1 << slot);
            self.found.escaped |= u64::from(found.escaped) << slot;
            if found.end > self.line_end {
                self.line_end = self.end_of_line(found.end);
            }
            return Some((at + 1, found.body_end, found.end));
        }
        let end = self.run_end(at);
        Some((at, end, end))
    }

    /// The end of the run without blanks that starts at `at`.
    #[inline]
    fn run_end(&self, at: usize) -> usize {
        let line = between(self.text, at, self.line_end);
        at + line.iter().position(|byte| is_gap(*byte)).unwrap_or(line.len())
    }

    #[inline]
    fn word(&mut self, at: usize, follow: &Follow<'_>) -> Option<usize> {
        let limit = self.run_end(at);
        let end = match follow.first() {
            Some(Step::Lit(_) | Step::Optional(_)) => self.stop(at, limit, follow)?,
            _ => limit,
        };
        (end > at).then_some(end)
    }

    fn level(&mut self, at: usize, follow: &Follow<'_>) -> Option<usize> {
        let end = self.word(at, follow)?;
        self.levels.name(between(self.text, at, end)).map(|_| end)
    }

    /// Text that ends in `:digits`, as `c:\git\x.cpp:231` does.
    fn source(&mut self, at: usize, follow: &Follow<'_>) -> Option<usize> {
        let end = self.stop(at, self.line_end, follow)?;
        let text = between(self.text, at, end);
        let digits = text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
        let name = until(text, text.len() - digits);
        (digits > 0 && name.len() > 1 && name.last() == Some(&b':')).then_some(end)
    }

    /// The first place up to `limit` where what follows a field begins.
    #[inline]
    fn stop(&mut self, at: usize, limit: usize, follow: &Follow<'_>) -> Option<usize> {
        match follow.first() {
            None => Some(limit),
            Some(Step::Lit(lit)) => {
                let reach = (limit + lit.len()).min(self.line_end);
                find_literal(between(self.text, at, reach), lit).map(|found| at + found)
            }
            Some(_) => (at..=limit).find(|place| self.begins(follow, *place)),
        }
    }

    /// Whether what follows a field can begin here.
    fn begins(&mut self, follow: &Follow<'_>, at: usize) -> bool {
        let rest = follow.skip();
        self.looks += self.gap(at);
        if self.looks > MOST_LOOKS * self.text.len() {
            return false;
        }
        match follow.first() {
            None => self.at_end(at).is_some(),
            Some(Step::Lit(lit)) => after(self.text, at).starts_with(lit),
            Some(Step::Pad) => self.pad(at).is_some_and(|end| match rest.first() {
                Some(Step::Lit(_)) => self.begins(&rest, end),
                _ => true,
            }),
            Some(Step::Optional(parts)) => {
                self.begins(&rest, at) || self.optional_begins(parts, &rest, at)
            }
            Some(Step::Time(_) | Step::Field { .. }) => true,
        }
    }

    fn optional_begins(&mut self, parts: &[Step], rest: &Follow<'_>, at: usize) -> bool {
        let fits = match parts.first() {
            Some(Step::Lit(lit)) => after(self.text, at).starts_with(lit),
            Some(Step::Pad) => self.text.get(at).is_some_and(|byte| is_gap(*byte)),
            _ => true,
        };
        if !fits || self.tries >= MOST_TRIES {
            return false;
        }
        self.tries += 1;
        let line_end = self.line_end;
        let end = self.steps(parts, rest.here, at);
        let begins = end.is_some_and(|end| self.begins(rest, end));
        self.line_end = line_end;
        self.found.forget(parts);
        begins
    }
}

/// The steps behind a field: those of its own list, then those behind that.
struct Follow<'a> {
    here: &'a [Step],
    next: &'a [Step],
}

impl<'a> Follow<'a> {
    #[inline]
    fn first(&self) -> Option<&'a Step> {
        self.here.first().or_else(|| self.next.first())
    }

    fn skip(&self) -> Self {
        let (here, next) = match self.here {
            [] => (self.next.get(1..).unwrap_or_default(), [].as_slice()),
            [_, rest @ ..] => (rest, self.next),
        };
        Self { here, next }
    }
}

#[inline]
fn after_step(steps: &[Step], index: usize) -> &[Step] {
    steps.get(index + 1..).unwrap_or_default()
}

/// The first place of `lit` in `text`.
#[inline]
fn find_literal(text: &[u8], lit: &[u8]) -> Option<usize> {
    let first = *lit.first()?;
    let mut at = 0;
    loop {
        at += memchr(first, after(text, at))?;
        if after(text, at).starts_with(lit) {
            return Some(at);
        }
        at += 1;
    }
}
