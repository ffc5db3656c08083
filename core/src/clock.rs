//! From what a line says to UTC: the file's zone, its years, its offsets.

use crate::civil::{DAY, MICROS, days_from_civil, is_leap, year_of};
use crate::report::{Problem, Tally};
use crate::time::Stamp;

const DAY_US: i64 = DAY * MICROS;
/// Back by more than half a year means that a new year began.
const NEW_YEAR: i32 = -186;
/// Forward by this much means a straggler of the year before.
const OLD_YEAR: i32 = 341;

/// How local time becomes UTC: offset in seconds from a local moment on.
#[derive(Clone, Debug, Default)]
pub(crate) struct ZoneTable {
    entries: Vec<(i64, i64)>,
    /// From and until when `offset` holds.
    from: i64,
    until: i64,
    offset: i64,
}

impl ZoneTable {
    /// Entries are sorted by their local moment; the first holds before it too.
    pub fn new(entries: &[(i64, i64)]) -> Self {
        Self {
            entries: entries.to_vec(),
            from: 1,
            until: 0,
            offset: 0,
        }
    }

    #[inline]
    fn utc(&mut self, local: i64) -> i64 {
        if local < self.from || local >= self.until {
            self.turn_to(local);
        }
        local.saturating_sub(self.offset.saturating_mul(MICROS))
    }

    fn turn_to(&mut self, local: i64) {
        let next = self.entries.partition_point(|(from, _)| *from <= local);
        let here = self.entries.get(next.saturating_sub(1));
        self.offset = here.map_or(0, |(_, offset)| *offset);
        self.from = here
            .filter(|_| next > 0)
            .map_or(i64::MIN, |(from, _)| *from);
        self.until = self.entries.get(next).map_or(i64::MAX, |(from, _)| *from);
    }
}

/// Years 1 to 9999, in microseconds since 1970: what readers of a store can hold. A
/// zone can push a time that a line names beyond them.
const KNOWN_YEARS: std::ops::RangeInclusive<i64> =
    -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Counts the years that go by in a file whose dates have none.
#[derive(Clone, Debug, Default)]
pub(crate) struct Years {
    passed: i32,
    before: Option<i32>,
    leap: Vec<i32>,
    last: Option<(u8, u8, i64)>,
}

impl Years {
    /// Years since the file's first date.
    pub fn see(&mut self, month: u8, day: u8, us: i64) -> i32 {
        let place = i32::from(month) * 31 + i32::from(day);
        let step = place - self.before.unwrap_or(place);
        if step < NEW_YEAR {
            self.passed += 1;
        } else if step > OLD_YEAR {
            self.passed -= 1;
        }
        if (month, day) == (2, 29) && self.leap.last() != Some(&self.passed) {
            self.leap.push(self.passed);
            self.leap.truncate(64);
        }
        self.before = Some(place);
        self.last = Some((month, day, us));
        self.passed
    }

    /// The year of the first date: the latest one such that the last date is not
    /// later than a day after `reference`, and each 29th of February exists.
    pub fn first_year(&self, reference: i64, zone: &mut ZoneTable) -> i64 {
        let Some((month, day, us)) = self.last else {
            return year_of(reference);
        };
        let newest = year_of(reference.saturating_add(2 * DAY_US));
        let limit = reference.saturating_add(DAY_US);
        let mut in_time = (newest - 40..=newest).rev().filter(|year| {
            let date = days_from_civil(*year, month, day);
            date.is_some_and(|days| zone.utc(days * DAY_US + us) <= limit)
        });
        let passed = i64::from(self.passed);
        let exists = |year: i64| {
            let leap = |back: &i32| is_leap(year - passed + i64::from(*back));
            self.leap.iter().all(leap)
        };
        let first = in_time.next();
        let all = first
            .filter(|year| exists(*year))
            .or_else(|| in_time.find(|year| exists(*year)));
        all.or(first).unwrap_or(newest) - passed
    }
}

/// Turns the stamps of one file into UTC and keeps account of them.
#[derive(Default)]
pub(crate) struct Clock {
    zone: ZoneTable,
    years: Years,
    first_year: i64,
    offsets: Vec<i32>,
    bad: Tally,
    first: Option<i64>,
    last: Option<i64>,
}

impl Clock {
    pub fn new(zone: &[(i64, i64)], first_year: i64) -> Self {
        Self {
            zone: ZoneTable::new(zone),
            first_year,
            ..Self::default()
        }
    }

    /// The moment in UTC, None if the line has none or it cannot be.
    #[inline]
    pub fn utc(&mut self, stamp: Stamp, line: u64) -> Option<i64> {
        let us = match stamp {
            Stamp::None => return None,
            Stamp::Local(local) => Some(self.zone.utc(local)),
            Stamp::Utc(us, offset) => {
                if self.offsets.last() != Some(&offset) {
                    self.keep_offset(offset);
                }
                Some(us)
            }
            Stamp::Yearless { month, day, us } => self.with_year(month, day, us),
            Stamp::Bad => None,
        };
        let us = us.filter(|us| KNOWN_YEARS.contains(us));
        if let Some(us) = us {
            self.first = Some(self.first.map_or(us, |first| first.min(us)));
            self.last = Some(self.last.map_or(us, |last| last.max(us)));
        } else {
            self.bad.add(1, || line);
        }
        us
    }

    /// The newest offset stays last, so that the common case is one look.
    fn keep_offset(&mut self, offset: i32) {
        self.offsets.retain(|known| *known != offset);
        self.offsets.push(offset);
    }

    fn with_year(&mut self, month: u8, day: u8, us: i64) -> Option<i64> {
        let year = self.first_year + i64::from(self.years.see(month, day, us));
        let days = days_from_civil(year, month, day)?;
        Some(self.zone.utc(days * DAY_US + us))
    }

    /// First and last moment, and the distinct offsets in seconds.
    pub fn account(&self) -> (Option<i64>, Option<i64>, Vec<i32>) {
        let mut offsets = self.offsets.clone();
        offsets.sort_unstable();
        (self.first, self.last, offsets)
    }

    pub fn problems(&self, out: &mut Vec<Problem>) {
        if self.bad.count > 0 {
            let text = format!(
                "{} times cannot be (no such date or hour): these events were kept without a time",
                self.bad.count
            );
            out.push(Problem::new(self.bad.line, "bad-time", text));
        }
    }
}
