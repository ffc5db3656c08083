//! Days, years and leap years of the Gregorian calendar.

pub(crate) const MICROS: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400;

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

/// `2026-03-10T12:00:00Z`.
pub(crate) fn iso(us: i64) -> String {
    let year = year_of(us);
    let days = us.div_euclid(DAY * MICROS);
    let date = (1..=12).rev().find_map(|month| {
        let first = days_from_civil(year, month, 1).filter(|first| *first <= days)?;
        Some((month, days - first + 1))
    });
    let (month, day) = date.unwrap_or((1, 1));
    let second = us.div_euclid(MICROS).rem_euclid(DAY);
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!(
        "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{:02}Z",
        second % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_iso() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59Z");
        assert_eq!(iso(1_709_251_199_999_999), "2024-02-29T23:59:59Z");
        assert_eq!(iso(1_773_144_061_000_000), "2026-03-10T12:01:01Z");
    }

    #[test]
    fn days_agree_with_the_calendar() {
        assert_eq!(days_from_civil(1970, 1, 1), Some(0));
        assert_eq!(days_from_civil(2000, 2, 29), Some(11_016));
        assert_eq!(days_from_civil(1, 1, 1), Some(-719_162));
        assert_eq!(days_from_civil(9999, 12, 31), Some(2_932_896));
        for (y, m, d) in [
            (2026, 2, 29),
            (2026, 13, 1),
            (2026, 4, 31),
            (0, 1, 1),
            (2026, 1, 0),
        ] {
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
}
