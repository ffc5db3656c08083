//! Reading a time piece by piece.

use super::{Stamp, clock_second, fraction};
use crate::bytes::{after, between};
use crate::civil::{DAY, MICROS, days_from_civil};

/// A look over the text that moves on only when what is asked for stands there.
pub(super) struct Cursor<'a> {
    pub text: &'a [u8],
    pub at: usize,
}

impl Cursor<'_> {
    pub fn new(text: &[u8]) -> Cursor<'_> {
        Cursor { text, at: 0 }
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// One byte of these.
    pub fn one_of(&mut self, bytes: &[u8]) -> Option<u8> {
        let byte = self.peek().filter(|byte| bytes.contains(byte))?;
        self.at += 1;
        Some(byte)
    }

    pub fn literal(&mut self, text: &[u8]) -> Option<()> {
        after(self.text, self.at).starts_with(text).then(|| {
            self.at += text.len();
        })
    }

    /// A number of `least` to `most` digits; a further digit is none of it.
    pub fn number(&mut self, least: usize, most: usize) -> Option<i64> {
        let run = after(self.text, self.at);
        let count = run.iter().take(most + 1).take_while(|b| b.is_ascii_digit());
        let count = count.count();
        if count < least || count > most {
            return None;
        }
        let digits = between(self.text, self.at, self.at + count);
        self.at += count;
        // Nineteen digits can be more than a number holds.
        digits.iter().try_fold(0_i64, |value, byte| {
            value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))
        })
    }

    /// A name of a list, written as there: its place.
    pub fn name(&mut self, names: &[&[u8; 3]]) -> Option<usize> {
        let rest = after(self.text, self.at);
        let place = names.iter().position(|name| rest.starts_with(*name))?;
        self.at += 3;
        Some(place)
    }

    /// One blank or two; .NET writes a narrow one before AM and PM.
    pub fn blanks(&mut self) -> Option<()> {
        if self.literal(b"\xe2\x80\xaf").is_some() || self.literal(b"\xc2\xa0").is_some() {
            return Some(());
        }
        self.one_of(b" ")?;
        let _ = self.one_of(b" ");
        Some(())
    }

    /// `hh:mm:ss[.fff]` with one or two digits of the hour, and AM or PM or none:
    /// `Clock`, or `Bad` when there is no such time of day.
    pub fn time_of_day(&mut self) -> Option<Stamp> {
        let hour = self.number(1, 2)?;
        self.one_of(b":")?;
        let minute = self.number(2, 2)?;
        self.one_of(b":")?;
        let second = self.number(2, 2)?;
        let (length, micros) = fraction(after(self.text, self.at));
        self.at += length;
        let half = self.half_of_day();
        let hour = match half {
            None => Some(hour).filter(|hour| *hour < 24),
            Some(later) => Some(hour % 12 + later).filter(|_| (1..=12).contains(&hour)),
        };
        let within = clock_second(second as u8, micros).filter(|_| minute < 60);
        let us = hour
            .zip(within)
            .map(|(hour, within)| (hour * 60 + minute) * 60 * MICROS + within);
        Some(us.map_or(Stamp::Bad, Stamp::Clock))
    }

    /// Hours to add for AM and PM, if one of them follows.
    fn half_of_day(&mut self) -> Option<i64> {
        let start = self.at;
        let found = self.blanks().and_then(|()| {
            let letters = between(self.text, self.at, self.at + 2);
            let later = match letters {
                b"AM" | b"am" => 0,
                b"PM" | b"pm" => 12,
                _ => return None,
            };
            let next = self.text.get(self.at + 2);
            next.is_none_or(|byte| !byte.is_ascii_alphanumeric())
                .then_some(later)
        });
        self.at = if found.is_some() { self.at + 2 } else { start };
        found
    }

    /// A date and a time of day, as far as the text is read.
    pub fn local(&self, year: i64, month: i64, day: i64, within: Stamp) -> (usize, Stamp) {
        let days = days_from_civil(year, month as u8, day as u8);
        let stamp = match (days, within) {
            (Some(days), Stamp::Clock(us)) => Stamp::Local(days * DAY * MICROS + us),
            _ => Stamp::Bad,
        };
        (self.at, stamp)
    }
}
