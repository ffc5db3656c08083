//! Runs the steps of a layout over the bytes of a record.

mod captures;
mod lookahead;

use memchr::memchr;

pub(crate) use self::captures::Captures;
use self::lookahead::Follow;
use crate::bytes::{after, between, is_gap, until};
use crate::gotext;
use crate::plan::{Codec, Kind, Levels, Plan, Step};
use crate::scan::{digit_run, first_gap, hexish_run};
use crate::time::{Stamp, TimeScanner};

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
        if let Some(literal) = &layout.needs
            && literal.find(text).is_none()
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
                Step::Lit(lit) => after(self.text, at)
                    .starts_with(lit)
                    .then_some(at + lit.len())?,
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
        after(self.text, at)
            .iter()
            .take_while(|byte| is_gap(**byte))
            .count()
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
            Kind::Rest => self.text.len(),
            Kind::Keys => self.keys(at),
            Kind::Int => self.int(at)?,
            Kind::Guid => self.guid(at)?,
            Kind::Quoted => return Some(self.quoted(slot, at)),
            Kind::Text => self
                .stop(at, self.line_end, follow)
                .filter(|end| *end > at)?,
            Kind::Word => self.word(at, follow)?,
            Kind::Level => self.level(at, follow)?,
            Kind::Source => self.source(at, follow)?,
        };
        Some((at, end, end))
    }

    #[inline]
    fn int(&self, at: usize) -> Option<usize> {
        let digits = digit_run(after(self.text, at));
        (digits > 0).then_some(at + digits)
    }

    /// Pairs end with their line; what follows it goes on with the message.
    #[inline]
    fn keys(&self, at: usize) -> usize {
        if self.line_end == self.text.len() {
            return self.line_end;
        }
        gotext::line_end(self.text, at)
    }

    #[inline]
    fn guid(&self, at: usize) -> Option<usize> {
        let guid = after(self.text, at).first_chunk::<36>()?;
        let placed = guid.iter().enumerate().fold(true, |all, (place, byte)| {
            all & ((*byte == b'-') == matches!(place, 8 | 13 | 18 | 23))
        });
        (placed && hexish_run(guid) == guid.len()).then_some(at + 36)
    }

    fn quoted(&mut self, slot: usize, at: usize) -> (usize, usize, usize) {
        if self.text.get(at) == Some(&b'"') {
            let found = gotext::scan(self.text, at + 1);
            self.found.escaped &= !(1 << slot);
            self.found.escaped |= u64::from(found.escaped) << slot;
            if found.end > self.line_end {
                self.line_end = self.end_of_line(found.end);
            }
            return (at + 1, found.body_end, found.end);
        }
        let end = self.run_end(at);
        (at, end, end)
    }

    /// The end of the run without blanks that starts at `at`.
    #[inline]
    fn run_end(&self, at: usize) -> usize {
        let line = between(self.text, at, self.line_end);
        at + first_gap(line)
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
        let digits = text
            .iter()
            .rev()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let name = until(text, text.len() - digits);
        (digits > 0 && name.len() > 1 && name.last() == Some(&b':')).then_some(end)
    }
}

#[inline]
fn after_step(steps: &[Step], index: usize) -> &[Step] {
    steps.get(index + 1..).unwrap_or_default()
}
