//! Times as they stand in lines, by hand and without allocation.

use crate::plan::Codec;

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;
const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// What a line says about its time; microseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Stamp {
    #[default]
    None,
    /// It has the form of a time, but there is no such date or hour.
    Bad,
    Local(i64),
    /// UTC, and the offset in seconds that the line carried.
    Utc(i64, i32),
    /// Micros within the day; the year has to be found.
    Yearless { month: u8, day: u8, us: i64 },
}

/// Reads times, and remembers the minute before: neighbours mostly share it.
#[derive(Default)]
pub(crate) struct TimeScanner {
    minute: [u8; 16],
    base: Option<i64>,
}

impl TimeScanner {
    /// Reads a time at the start of `text`: its length and meaning. None when
    /// it does not have the form of one.
    #[inline]
    pub fn scan(&mut self, codec: Codec, text: &[u8]) -> Option<(usize, Stamp)> {
        match codec {
            Codec::Ymd => {
                let (length, local) = self.date_time(text, false)?;
                Some((length, local.map_or(Stamp::Bad, Stamp::Local)))
            }
            Codec::Rfc3339 => {
                let (length, local) = self.date_time(text, true)?;
                let (more, offset) = zone(text.get(length..).unwrap_or_default());
                Some((length + more, at_offset(local, offset)))
            }
            Codec::Syslog => syslog(text),
        }
    }

    fn date_time(&mut self, text: &[u8], t: bool) -> Option<(usize, Option<i64>)> {
        let minute = text.first_chunk::<16>()?;
        if *minute != self.minute {
            self.base = minute_base(minute)?;
            self.minute = *minute;
        }
        if !t && minute.get(10) != Some(&b' ') {
            return None;
        }
        let seconds = text.get(16..19)?.first_chunk::<3>()?;
        let [b':', tens, ones] = *seconds else { return None };
        let second = two(tens, ones)?;
        let (length, micros) = fraction(text.get(19..).unwrap_or_default());
        let within = clock_second(second, micros);
        let local = self.base.zip(within).map(|(base, within)| base + within);
        Some((19 + length, local))
    }
}

/// The micros of `YYYY-MM-DD?hh:mm`; None when it is not of that form, and
/// `Some(None)` when there is no such minute.
fn minute_base(text: &[u8; 16]) -> Option<Option<i64>> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T' | b't' | b' ', h1, h2, b':', n1, n2] =
        *text
    else {
        return None;
    };
    let year = i64::from(two(y1, y2)?) * 100 + i64::from(two(y3, y4)?);
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    let (hour, minute) = (two(h1, h2)?, two(n1, n2)?);
    let known = hour < 24 && minute < 60;
    let days = days_from_civil(year, month, day).filter(|_| known);
    let minutes = i64::from(hour) * 60 + i64::from(minute);
    Some(days.map(|days| (days * DAY + minutes * 60) * MICROS))
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then_some(tens * 10 + ones)
}

/// Micros within the minute; a leap second is the last moment of its minute.
#[inline]
fn clock_second(second: u8, micros: i64) -> Option<i64> {
    match second {
        0..60 => Some(i64::from(second) * MICROS + micros),
        60 => Some(60 * MICROS - 1),
        _ => None,
    }
}

/// Length and micros of `.123` or `,123`; digits past the sixth are dropped.
#[inline]
fn fraction(text: &[u8]) -> (usize, i64) {
    let Some((b'.' | b',', digits)) = text.split_first() else { return (0, 0) };
    let mut micros = 0;
    let mut scale = 100_000;
    let mut count = 0;
    for byte in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        micros += i64::from(byte - b'0') * scale;
        scale /= 10;
        count += 1;
    }
    if count == 0 { (0, 0) } else { (count + 1, micros) }
}

/// What stands behind the time of day.
enum Zone {
    None,
    Offset(i32),
    Bad,
}

/// `Z`, `+hh:mm` or `+hhmm`, and how long it is.
#[inline]
fn zone(text: &[u8]) -> (usize, Zone) {
    let (sign, h1, h2, m1, m2, length) = match *text {
        [b'Z' | b'z', ..] => return (1, Zone::Offset(0)),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, ..] => (sign, h1, h2, m1, m2, 6),
        [sign @ (b'+' | b'-'), h1, h2, m1, m2, ..] => (sign, h1, h2, m1, m2, 5),
        _ => return (0, Zone::None),
    };
    let Some((hours, minutes)) = two(h1, h2).zip(two(m1, m2)) else {
        return (0, Zone::None);
    };
    if hours > 23 || minutes > 59 {
        return (length, Zone::Bad);
    }
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    let signed = if sign == b'-' { -seconds } else { seconds };
    (length, Zone::Offset(signed))
}

#[inline]
fn at_offset(local: Option<i64>, zone: Zone) -> Stamp {
    match (local, zone) {
        (None, _) | (_, Zone::Bad) => Stamp::Bad,
        (Some(local), Zone::None) => Stamp::Local(local),
        (Some(local), Zone::Offset(seconds)) => {
            Stamp::Utc(local - i64::from(seconds) * MICROS, seconds)
        }
    }
}

/// `Mar  1 12:00:00`, with the day padded by a blank or a zero.
fn syslog(text: &[u8]) -> Option<(usize, Stamp)> {
    let [a, b, c, b' ', d1, d2, b' ', h1, h2, b':', n1, n2, b':', s1, s2] =
        *text.first_chunk::<15>()?
    else {
        return None;
    };
    let index = MONTHS.iter().position(|name| **name == [a, b, c])?;
    let day = two(if d1 == b' ' { b'0' } else { d1 }, d2)?;
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    let (length, micros) = fraction(text.get(15..).unwrap_or_default());
    let month = index as u8 + 1;
    let known = hour < 24 && minute < 60 && days_from_civil(2000, month, day).is_some();
    let minutes = i64::from(hour) * 60 + i64::from(minute);
    let stamp = match clock_second(second, micros).filter(|_| known) {
        Some(within) => Stamp::Yearless {
            month,
            day,
            us: minutes * 60 * MICROS + within,
        },
        None => Stamp::Bad,
    };
    Some((15 + length, stamp))
}

/// Whether a year has a 29th of February.
pub(crate) fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

/// Days since 1970-01-01 of a date in the years 1 to 9999; None if there is no
/// such date. (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".)
pub(crate) fn days_from_civil(year: i64, month: u8, day: u8) -> Option<i64> {
    let length = match month {
        2 => 28 + u8::from(is_leap(year)),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=9999).contains(&year) || day == 0 || day > length {
        return None;
    }
    let (month, day) = (i64::from(month), i64::from(day));
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year - era * 400;
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    Some(era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468)
}

/// The year of a moment, kept within 1 to 9999.
pub(crate) fn year_of(us: i64) -> i64 {
    let days = us.div_euclid(DAY * MICROS);
    // Too early by the leap days at most: 366 is the longest year.
    let mut year = (1970 + days.div_euclid(366)).clamp(1, 9999);
    let starts_after = |year| days_from_civil(year, 1, 1).is_some_and(|first| first > days);
    while year > 1 && starts_after(year) {
        year -= 1;
    }
    while year < 9999 && !starts_after(year + 1) {
        year += 1;
    }
    year
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(codec: Codec, text: &str) -> Option<(usize, Stamp)> {
        TimeScanner::default().scan(codec, text.as_bytes())
    }

    #[test]
    fn days_agree_with_the_calendar() {
        assert_eq!(days_from_civil(1970, 1, 1), Some(0));
        assert_eq!(days_from_civil(2000, 2, 29), Some(11_016));
        assert_eq!(days_from_civil(1, 1, 1), Some(-719_162));
        assert_eq!(days_from_civil(9999, 12, 31), Some(2_932_896));
        for (y, m, d) in [(2026, 2, 29), (2026, 13, 1), (2026, 4, 31), (0, 1, 1), (2026, 1, 0)] {
            assert_eq!(days_from_civil(y, m, d), None);
        }
        let mut before = days_from_civil(1, 1, 1).unwrap();
        for year in 2..=9999 {
            let now = days_from_civil(year, 1, 1).unwrap();
            assert_eq!(now - before, 365 + i64::from(is_leap(year - 1)));
            assert_eq!(year_of(now * DAY * MICROS), year);
            assert_eq!(year_of(now * DAY * MICROS - 1), year - 1);
            before = now;
        }
    }

    #[test]
    fn offsets_with_and_without_colon() {
        let noon = 1_773_144_000_000_000;
        for (text, length, us, offset) in [
            ("2026-03-10T12:00:00Z", 20, noon, 0),
            ("2026-03-10 12:00:00z", 20, noon, 0),
            ("2026-03-10T12:00:00+01:00", 25, noon - 3_600_000_000, 3600),
            ("2026-03-10T12:00:00.5-0730 x", 27, noon + 27_000_500_000, -27_000),
            ("2026-03-10T12:00:00.123456789Z", 30, noon + 123_456, 0),
        ] {
            assert_eq!(scan(Codec::Rfc3339, text), Some((length, Stamp::Utc(us, offset))), "{text}");
        }
        assert_eq!(
            scan(Codec::Rfc3339, "2026-03-10T12:00:00] x"),
            Some((19, Stamp::Local(noon)))
        );
    }

    #[test]
    fn impossible_times_keep_their_form() {
        for text in [
            "2026-02-30 12:00:00",
            "2026-13-01 12:00:00",
            "2026-03-10 24:00:00",
            "2026-03-10 12:60:00",
            "2026-03-10 12:00:61",
            "0000-03-10 12:00:00",
        ] {
            assert_eq!(scan(Codec::Ymd, text), Some((19, Stamp::Bad)), "{text}");
        }
        assert_eq!(
            scan(Codec::Rfc3339, "2026-03-10T12:00:00+25:00"),
            Some((25, Stamp::Bad))
        );
        for text in ["2026-03-10T12:00:00", "2026-3-10 12:00:00", "x", "", "2026-03-10 12:00"] {
            assert_eq!(scan(Codec::Ymd, text), None, "{text}");
        }
    }

    #[test]
    fn a_leap_second_is_the_end_of_its_minute() {
        let (_, stamp) = scan(Codec::Ymd, "2016-12-31 23:59:60").unwrap();
        assert_eq!(stamp, Stamp::Local(1_483_228_799_999_999));
    }

    #[test]
    fn the_cache_changes_nothing() {
        let mut scanner = TimeScanner::default();
        for text in ["2026-03-10 12:00:00", "2026-03-10 12:00:59.9", "2026-02-30 12:00:01", "2026-03-10 12:01:00"] {
            for _ in 0..2 {
                assert_eq!(scanner.scan(Codec::Ymd, text.as_bytes()), scan(Codec::Ymd, text));
            }
        }
    }

    #[test]
    fn syslog_days_are_padded_either_way() {
        let stamp = Stamp::Yearless { month: 3, day: 1, us: 43_200_000_000 };
        assert_eq!(scan(Codec::Syslog, "Mar  1 12:00:00 host"), Some((15, stamp)));
        assert_eq!(scan(Codec::Syslog, "Mar 01 12:00:00"), Some((15, stamp)));
        assert_eq!(scan(Codec::Syslog, "Feb 30 12:00:00"), Some((15, Stamp::Bad)));
        assert_eq!(scan(Codec::Syslog, "Mär  1 12:00:00"), None);
    }
}
