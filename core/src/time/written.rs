//! Times that people's programs write: with slashes, month names, AM and PM, or
//! as a number. They are rarer than those of the agent, so no minute is remembered.

use super::cursor::Cursor;
use super::{Stamp, Zone, at_offset, clock_second, fraction, two, zone};
use crate::bytes::{after, between};
use crate::civil::{MICROS, days_from_civil};

const MONTHS: [&[u8; 3]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];
const DAYS: [&[u8; 3]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
/// Numbers of these widths count seconds, or a thousandth of the one before.
const SECONDS_WIDE: usize = 10;
const UNITS: [(usize, i64); 4] = [(10, MICROS), (13, 1000), (16, 1), (19, 0)];

/// `2026/03/10 12:00:00`, and dates with two blanks behind.
pub(super) fn ymd(text: &[u8]) -> Option<(usize, Stamp)> {
    let mut cursor = Cursor::new(text);
    let year = cursor.number(4, 4)?;
    let sign = cursor.one_of(b"-/")?;
    let month = cursor.number(1, 2)?;
    cursor.one_of(&[sign])?;
    let day = cursor.number(1, 2)?;
    cursor.blanks()?;
    let within = cursor.time_of_day()?;
    Some(cursor.local(year, month, day, within))
}

/// `03/10/2026 12:00:00`, `3/10/2026 9:05:01 PM`.
pub(super) fn mdy(text: &[u8]) -> Option<(usize, Stamp)> {
    let mut cursor = Cursor::new(text);
    let (month, day, year) = three(&mut cursor, b"/-")?;
    let within = cursor.time_of_day()?;
    Some(cursor.local(year, month, day, within))
}

/// `10.03.2026 12:00:00`, `10/03/2026 9:05:01 PM`.
pub(super) fn dmy(text: &[u8]) -> Option<(usize, Stamp)> {
    let mut cursor = Cursor::new(text);
    let (day, month, year) = three(&mut cursor, b"./-")?;
    let within = cursor.time_of_day()?;
    Some(cursor.local(year, month, day, within))
}

/// Two short numbers and a year, with one sign between them, and what separates
/// the date from the time.
fn three(cursor: &mut Cursor<'_>, signs: &[u8]) -> Option<(i64, i64, i64)> {
    let first = cursor.number(1, 2)?;
    let sign = cursor.one_of(signs)?;
    let second = cursor.number(1, 2)?;
    cursor.one_of(&[sign])?;
    let year = cursor.number(4, 4)?;
    let _ = cursor.one_of(b",");
    cursor.blanks()?;
    Some((first, second, year))
}

/// `Mar  1 12:00:00`, with the day padded by a blank or a zero, and a year behind
/// the day or none.
pub(super) fn syslog(text: &[u8]) -> Option<(usize, Stamp)> {
    let mut cursor = Cursor::new(text);
    let month = cursor.name(&MONTHS)? as i64 + 1;
    let [b' ', tens, ones, b' '] = *between(text, 3, 7) else {
        return None;
    };
    let day = two(if tens == b' ' { b'0' } else { tens }, ones)?;
    cursor.at = 7;
    let year = year_before_time(&mut cursor);
    if text.get(cursor.at + 2) != Some(&b':') {
        return None; // the hour has two digits
    }
    let within = plain_time(&mut cursor)?;
    if let Some(year) = year {
        return Some(cursor.local(year, month, i64::from(day), within));
    }
    let exists = days_from_civil(2000, month as u8, day).is_some();
    let stamp = match within {
        Stamp::Clock(us) if exists => Stamp::Yearless {
            month: month as u8,
            day,
            us,
        },
        _ => Stamp::Bad,
    };
    Some((cursor.at, stamp))
}

fn year_before_time(cursor: &mut Cursor<'_>) -> Option<i64> {
    let start = cursor.at;
    let year = cursor
        .number(4, 4)
        .filter(|_| cursor.one_of(b" ").is_some());
    if year.is_none() {
        cursor.at = start;
    }
    year
}

/// A time of day behind which AM and PM would be words of the text.
fn plain_time(cursor: &mut Cursor<'_>) -> Option<Stamp> {
    let start = cursor.at;
    let (length, stamp) = clock(after(cursor.text, start))?;
    cursor.at = start + length;
    Some(stamp)
}

/// `Tue Mar 10 12:00:00 2026`.
pub(super) fn ctime(text: &[u8]) -> Option<(usize, Stamp)> {
    let mut cursor = Cursor::new(text);
    if cursor.name(&DAYS).is_some() {
        cursor.one_of(b" ")?;
    }
    let month = cursor.name(&MONTHS)? as i64 + 1;
    cursor.blanks()?;
    let day = cursor.number(1, 2)?;
    cursor.one_of(b" ")?;
    let within = plain_time(&mut cursor)?;
    cursor.one_of(b" ")?;
    let year = cursor.number(4, 4)?;
    Some(cursor.local(year, month, day, within))
}

/// `Tue, 10 Mar 2026 12:00:00 GMT` (RFC 822 with the years of RFC 1123).
pub(super) fn rfc822(text: &[u8]) -> Option<(usize, Stamp)> {
    let mut cursor = Cursor::new(text);
    if cursor.name(&DAYS).is_some() {
        cursor.literal(b", ")?;
    }
    let day = cursor.number(1, 2)?;
    cursor.one_of(b" -")?;
    let month = cursor.name(&MONTHS)? as i64 + 1;
    cursor.one_of(b" -")?;
    let year = cursor.number(4, 4)?;
    cursor.one_of(b" ")?;
    let within = plain_time(&mut cursor)?;
    let (length, stamp) = cursor.local(year, month, day, within);
    let (more, offset) = named_zone(after(text, length));
    Some((
        length + more,
        match stamp {
            Stamp::Local(local) => at_offset(Some(local), offset),
            other => other,
        },
    ))
}

/// ` GMT`, ` UTC`, ` UT` or ` +0100`, with the blank before it.
fn named_zone(text: &[u8]) -> (usize, Zone) {
    for name in [&b" GMT"[..], b" UTC", b" UT"] {
        let next = text.get(name.len());
        if text.starts_with(name) && next.is_none_or(|byte| !byte.is_ascii_alphanumeric()) {
            return (name.len(), Zone::Offset(0));
        }
    }
    match (text.first(), zone(after(text, 1))) {
        (Some(b' '), (length, found)) if length > 0 => (1 + length, found),
        _ => (0, Zone::None),
    }
}

/// A number of 10, 13, 16 or 19 digits, seconds with a fraction, or `/Date(ms)/`.
pub(super) fn epoch(text: &[u8]) -> Option<(usize, Stamp)> {
    let mut cursor = Cursor::new(text);
    if let Some(found) = date_call(&mut cursor) {
        return Some((cursor.at, Stamp::Utc(found, 0)));
    }
    cursor = Cursor::new(text);
    let digits = text.iter().take(20).take_while(|b| b.is_ascii_digit());
    let width = digits.count();
    let (_, unit) = UNITS.iter().find(|(wide, _)| *wide == width)?;
    let value = cursor.number(width, width)?;
    let mut us = if *unit == 0 {
        value / 1000
    } else {
        value.checked_mul(*unit)?
    };
    if width == SECONDS_WIDE {
        let (length, micros) = fraction(after(text, cursor.at));
        cursor.at += length;
        us += micros;
    }
    Some((cursor.at, Stamp::Utc(us, 0)))
}

/// `/Date(1767225600000)/`, also with the slashes escaped as in JSON, and with an
/// offset behind the number, which changes nothing about the moment.
fn date_call(cursor: &mut Cursor<'_>) -> Option<i64> {
    let _ = cursor.one_of(b"\\");
    cursor.literal(b"/Date(")?;
    let sign = if cursor.one_of(b"-").is_some() { -1 } else { 1 };
    let ms = cursor.number(1, 15)?;
    if cursor.one_of(b"+-").is_some() {
        cursor.number(4, 4)?;
    }
    cursor.one_of(b")")?;
    let _ = cursor.one_of(b"\\");
    cursor.one_of(b"/")?;
    Some(sign * ms * 1000)
}

/// `12:00:00`, with `.123`, `,123` or `:123` behind it (MSI logs).
pub(super) fn clock(text: &[u8]) -> Option<(usize, Stamp)> {
    let [h1, h2, b':', n1, n2, b':', s1, s2] = *between(text, 0, 8) else {
        return None;
    };
    let (hour, minute, second) = (two(h1, h2)?, two(n1, n2)?, two(s1, s2)?);
    let rest = after(text, 8);
    let (length, micros) = match rest {
        [b':', a, b, c, ..] if [a, b, c].iter().all(|byte| byte.is_ascii_digit()) => {
            let digits = [a, b, c]
                .iter()
                .fold(0, |all, byte| all * 10 + i64::from(**byte - b'0'));
            (4, digits * 1000)
        }
        _ => fraction(rest),
    };
    let within = clock_second(second, micros).filter(|_| hour < 24 && minute < 60);
    let minutes = i64::from(hour) * 60 + i64::from(minute);
    let stamp = within.map_or(Stamp::Bad, |us| Stamp::Clock(minutes * 60 * MICROS + us));
    Some((8 + length, stamp))
}
