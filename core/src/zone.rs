//! How local time becomes UTC, in the order in which a file tells it.

use crate::civil::MICROS;

/// Local times jump about by less than this when threads write into one file.
pub(crate) const JITTER_US: i64 = 60 * MICROS;

/// Offsets in seconds east of UTC that hold from a local moment on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Span {
    Once(i64),
    /// The clocks went back: this span of local time came twice.
    Twice(i64, i64),
}

/// How local time becomes UTC: offset in seconds from a local moment on.
#[derive(Clone, Debug)]
pub(crate) struct ZoneTable {
    spans: Vec<(i64, Span)>,
    /// From and until when `span` holds.
    from: i64,
    until: i64,
    span: Span,
    /// The local time before this one.
    before: i64,
    /// The second time of `span` has begun.
    again: bool,
    /// The local time before was late: of the first time's end.
    late: bool,
}

impl Default for ZoneTable {
    fn default() -> Self {
        Self::new(&[])
    }
}

impl ZoneTable {
    /// Entries are sorted by their local moment; the first holds before it too.
    /// An entry whose offset is smaller than the one before says where the clocks
    /// went back to: as long before it as the offset shrinks, time came twice.
    pub fn new(entries: &[(i64, i64)]) -> Self {
        let mut spans: Vec<(i64, Span)> = Vec::with_capacity(entries.len() + 2);
        let mut known: Option<(i64, i64)> = None;
        for (from, offset) in entries.iter().copied() {
            if let Some((start, old)) = known.filter(|(_, old)| *old > offset) {
                let twice = from.saturating_sub((old - offset).saturating_mul(MICROS));
                spans.push((twice.max(start), Span::Twice(old, offset)));
            }
            spans.push((from, Span::Once(offset)));
            known = Some((from, offset));
        }
        if let Some(first) = spans.first_mut() {
            first.0 = i64::MIN;
        }
        Self {
            spans,
            from: 1,
            until: 0,
            span: Span::Once(0),
            before: i64::MIN,
            again: false,
            late: false,
        }
    }

    /// The moment in UTC of a local time, all in microseconds since 1970.
    #[inline]
    pub fn utc(&mut self, local: i64) -> i64 {
        if local < self.from || local >= self.until {
            self.turn_to(local);
        }
        let offset = match self.span {
            Span::Once(offset) => offset,
            Span::Twice(first, second) => self.fold(local, first, second),
        };
        self.before = local;
        local.saturating_sub(offset.saturating_mul(MICROS))
    }

    /// Whether the last local time was one that came twice.
    #[inline]
    pub fn is_twice(&self) -> bool {
        matches!(self.span, Span::Twice(..))
    }

    /// The offset of a local time that came twice: the first one until the file
    /// goes back. Entered from behind, by a straggler, it is the second one.
    fn fold(&mut self, local: i64, first: i64, second: i64) -> i64 {
        let within = self.before >= self.from && self.before < self.until;
        if within && self.before.saturating_sub(local) > JITTER_US {
            self.again = true;
        }
        // Just after the change stragglers may still show the first time's end.
        let begun = within && self.before < self.from.saturating_add(JITTER_US);
        self.late = (begun || self.late) && local >= self.until.saturating_sub(JITTER_US);
        if self.again && !self.late {
            second
        } else {
            first
        }
    }

    fn turn_to(&mut self, local: i64) {
        let next = self.spans.partition_point(|(from, _)| *from <= local);
        let here = self.spans.get(next.saturating_sub(1)).filter(|_| next > 0);
        self.span = here.map_or(Span::Once(0), |(_, span)| *span);
        self.from = here.map_or(i64::MIN, |(from, _)| *from);
        self.until = self.spans.get(next).map_or(i64::MAX, |(from, _)| *from);
        self.again = self.is_twice() && self.before >= self.until;
        self.late = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3600 * MICROS;
    const MINUTE: i64 = 60 * MICROS;
    /// Clocks go from 3:00 (+2) back to 2:00 (+1); the hour before 3:00 is twice.
    const AUTUMN: [(i64, i64); 2] = [(0, 7200), (103 * HOUR, 3600)];

    fn read(table: &[(i64, i64)], locals: &[i64]) -> Vec<i64> {
        let mut zone = ZoneTable::new(table);
        locals.iter().map(|local| zone.utc(*local)).collect()
    }

    #[test]
    fn an_hour_that_comes_twice_is_told_by_the_order() {
        // Every ten minutes from 1:00 to 4:00 of that night: five hours of UTC.
        let truth: Vec<i64> = (0..30).map(|n| 99 * HOUR + n * 10 * MINUTE).collect();
        let shown = |utc: &i64| utc + if *utc < 101 * HOUR { 2 * HOUR } else { HOUR };
        let locals: Vec<i64> = truth.iter().map(shown).collect();
        assert_eq!(read(&AUTUMN, &locals), truth);
    }

    #[test]
    fn stragglers_stay_in_their_hour() {
        let half = MINUTE / 2;
        // First pass, the change, a straggler of before, and one behind the end.
        let locals = [
            103 * HOUR - half,
            102 * HOUR + half,
            103 * HOUR - 1,
            102 * HOUR + MINUTE,
            103 * HOUR + half,
            103 * HOUR - half,
        ];
        let utc = [
            101 * HOUR - half,
            101 * HOUR + half,
            101 * HOUR - 1,
            101 * HOUR + MINUTE,
            102 * HOUR + half,
            102 * HOUR - half,
        ];
        assert_eq!(read(&AUTUMN, &locals), utc);
    }

    #[test]
    fn without_entries_local_time_is_utc() {
        assert_eq!(read(&[], &[5, -5, 5]), [5, -5, 5]);
    }

    #[test]
    fn the_first_entry_holds_before_it_too() {
        assert_eq!(read(&[(50, 1)], &[0, 50]), [-MICROS, 50 - MICROS]);
    }
}
