//! From what a line says to UTC: the file's zone, its years, its offsets.

use crate::civil::{DAY, MICROS, days_from_civil, is_leap, iso, year_of};
use crate::report::{Problem, Series, Tally};
use crate::time::Stamp;
use crate::zone::{JITTER_US, ZoneTable};

const DAY_US: i64 = DAY * MICROS;
/// Back by more than half a year means that a new year began.
const NEW_YEAR: i32 = -186;
/// Forward by this much means a straggler of the year before.
const OLD_YEAR: i32 = 341;

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

/// More steps back than this, and more than every tenth time: no clock does that.
const FEW_STEPS: u64 = 20;

/// Turns the stamps of one file into UTC and keeps account of them.
pub(crate) struct Clock {
    zone: ZoneTable,
    years: Years,
    first_year: i64,
    ordered: bool,
    offsets: Vec<i32>,
    bad: Tally,
    undated: Tally,
    twice: Tally,
    back: Series,
    steps: u64,
    timed: u64,
    /// The time before, in UTC and as it was written.
    before: i64,
    local: Option<i64>,
    first: Option<i64>,
    last: Option<i64>,
}

impl Clock {
    /// Times of an `ordered` file that go back are told.
    pub fn new(zone: &[(i64, i64)], first_year: i64, ordered: bool) -> Self {
        Self {
            zone: ZoneTable::new(zone),
            years: Years::default(),
            first_year,
            ordered,
            offsets: Vec::new(),
            bad: Tally::default(),
            undated: Tally::default(),
            twice: Tally::default(),
            back: Series::new("clock-back"),
            steps: 0,
            timed: 0,
            before: i64::MIN,
            local: None,
            first: None,
            last: None,
        }
    }

    /// The moment in UTC, None if the line has none or it cannot be.
    #[inline]
    pub fn utc(&mut self, stamp: Stamp, line: u64) -> Option<i64> {
        let us = match stamp {
            Stamp::None => return None,
            Stamp::Local(local) => Some(self.with_zone(local, line)),
            Stamp::Utc(us, offset) => {
                if self.offsets.last() != Some(&offset) {
                    self.keep_offset(offset);
                }
                self.local = Some(us.saturating_add(i64::from(offset) * MICROS));
                Some(us)
            }
            Stamp::Yearless { month, day, us } => self.with_year(month, day, us, line),
            Stamp::Clock(us) => {
                let Some(local) = self.with_day(us) else {
                    self.undated.add(1, || line);
                    return None;
                };
                Some(self.with_zone(local, line))
            }
            Stamp::Bad => None,
        };
        let us = us.filter(|us| KNOWN_YEARS.contains(us));
        if let Some(us) = us {
            self.first = Some(self.first.map_or(us, |first| first.min(us)));
            self.last = Some(self.last.map_or(us, |last| last.max(us)));
            self.timed += 1;
            if us < self.before.saturating_sub(JITTER_US) && self.ordered {
                self.step_back(us, line);
            }
            self.before = us;
        } else {
            self.bad.add(1, || line);
        }
        us
    }

    #[inline]
    fn with_zone(&mut self, local: i64, line: u64) -> i64 {
        self.local = Some(local);
        let us = self.zone.utc(local);
        if self.zone.is_twice() {
            self.twice.add(1, || line);
        }
        us
    }

    fn step_back(&mut self, us: i64, line: u64) {
        let before = self.before;
        self.steps += 1;
        self.back.add(line, || {
            format!(
                "the clock was set back by {} before this line: from {} to {}; order events by \
                 their line, not by their time",
                span((before - us) / MICROS),
                iso(before),
                iso(us)
            )
        });
    }

    /// The newest offset stays last, so that the common case is one look.
    fn keep_offset(&mut self, offset: i32) {
        self.offsets.retain(|known| *known != offset);
        self.offsets.push(offset);
    }

    fn with_year(&mut self, month: u8, day: u8, us: i64, line: u64) -> Option<i64> {
        let year = self.first_year + i64::from(self.years.see(month, day, us));
        let days = days_from_civil(year, month, day)?;
        Some(self.with_zone(days * DAY_US + us, line))
    }

    /// The day on which a time is nearest to the time before it.
    fn with_day(&self, us: i64) -> Option<i64> {
        let before = self.local?;
        let same = before.div_euclid(DAY_US).checked_mul(DAY_US)? + us;
        Some(match same - before {
            ahead if ahead > DAY_US / 2 => same - DAY_US,
            ahead if ahead < -DAY_US / 2 => same + DAY_US,
            _ => same,
        })
    }

    /// First and last moment, and the distinct offsets in seconds.
    pub fn account(&self) -> (Option<i64>, Option<i64>, Vec<i32>) {
        let mut offsets = self.offsets.clone();
        offsets.sort_unstable();
        (self.first, self.last, offsets)
    }

    pub fn problems(&mut self, out: &mut Vec<Problem>) {
        let mut tell = |kind: &'static str, tally: Tally, text: &str| {
            if tally.count > 0 {
                out.push(Problem::new(
                    tally.line,
                    kind,
                    format!("{} {text}", tally.count),
                ));
            }
        };
        tell(
            "bad-time",
            self.bad,
            "times cannot be (no such date or hour): these events were kept without a time",
        );
        tell(
            "undated-time",
            self.undated,
            "times have no date, and no line before them has one: these events were kept \
             without a time",
        );
        tell(
            "ambiguous-time",
            self.twice,
            "times lie in an hour that came twice when the clocks went back: the order of the \
             lines decided; where it says nothing, the first time was taken",
        );
        if self.steps > FEW_STEPS && self.steps > self.timed / 10 {
            let text = format!(
                "the times go back {} times among {}: the file is not in the order of time",
                self.steps, self.timed
            );
            let line = self.back.first_line();
            out.push(Problem::new(line, "clock-back", text));
        } else {
            self.back.drain_into(out);
        }
    }
}

/// `1 d 2 h 3 min 4 s`, without the parts that are zero.
fn span(seconds: i64) -> String {
    let parts = [
        (seconds / DAY, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let shown = parts.iter().filter(|(count, _)| *count > 0);
    let shown: Vec<_> = shown
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    shown.join(" ")
}
