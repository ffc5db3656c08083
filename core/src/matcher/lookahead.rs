//! Where an open text ends: the first place at which what follows it begins.

use memchr::{memchr, memchr2};

use super::Run;
use crate::bytes::{after, between, is_gap};
use crate::plan::Step;

/// How often an optional part is tried while looking for the end of a text.
const MOST_TRIES: usize = 64;
/// How many blanks may be looked at for one record while looking for that end,
/// times the record's length: a megabyte of blanks must not take a day.
const MOST_LOOKS: usize = 4;

impl Run<'_> {
    /// The first place up to `limit` where what follows a field begins.
    #[inline]
    pub(super) fn stop(&mut self, at: usize, limit: usize, follow: &Follow<'_>) -> Option<usize> {
        match follow.first() {
            None => Some(limit),
            Some(Step::Lit(lit)) => {
                let reach = (limit + lit.len()).min(self.line_end);
                find_literal(between(self.text, at, reach), lit).map(|found| at + found)
            }
            Some(Step::Pad) => self.stop_at_pad(at, limit, follow),
            Some(_) => (at..=limit).find(|place| self.begins(follow, *place)),
        }
    }

    /// The same before a pad. All places within one gap have the same rest, so
    /// that one look at each gap is enough.
    fn stop_at_pad(&mut self, at: usize, limit: usize, follow: &Follow<'_>) -> Option<usize> {
        let mut place = at;
        while place < limit {
            place += memchr2(b' ', b'\t', between(self.text, place, limit))?;
            let gap = self.gap(place);
            if self.begins(follow, place) {
                return Some(place);
            }
            place += gap;
        }
        None
    }

    /// Whether what follows a field can begin here.
    fn begins(&mut self, follow: &Follow<'_>, at: usize) -> bool {
        if self.looks > MOST_LOOKS * self.text.len() {
            return false;
        }
        self.looks += self.gap(at);
        let rest = follow.skip();
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
pub(super) struct Follow<'a> {
    pub here: &'a [Step],
    pub next: &'a [Step],
}

impl<'a> Follow<'a> {
    #[inline]
    pub fn first(&self) -> Option<&'a Step> {
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
