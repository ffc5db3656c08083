//! Times as they stand in lines, by hand and without allocation.

mod cursor;
mod written;

use crate::bytes::{after, between};
use crate::civil::{DAY, MICROS, days_from_civil};
use crate::plan::Codec;

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
    Yearless {
        month: u8,
        day: u8,
        us: i64,
    },
    /// Micros within a day that is not named.
    Clock(i64),
}

/// Reads times, and remembers the minute before: neighbours mostly share it.
#[derive(Default)]
pub(crate) struct TimeScanner {
    minute: [u8; 16],
    base: Minute,
}

impl TimeScanner {
    /// Reads a time at the start of `text`: its length and meaning. None when
    /// it does not have the form of one.
    #[inline]
    pub fn scan(&mut self, codec: Codec, text: &[u8]) -> Option<(usize, Stamp)> {
        match codec {
            Codec::Ymd => match self.date_time(text, false) {
                Some((length, local)) => Some((length, local.map_or(Stamp::Bad, Stamp::Local))),
                None => written::ymd(text),
            },
            Codec::Rfc3339 => {
                let (length, local) = self.date_time(text, true)?;
                let (more, offset) = zone(after(text, length));
                Some((length + more, at_offset(local, offset)))
            }
            Codec::Mdy => written::mdy(text),
            Codec::Dmy => written::dmy(text),
            Codec::Syslog => written::syslog(text),
            Codec::Ctime => written::ctime(text),
            Codec::Rfc822 => written::rfc822(text),
            Codec::Epoch => written::epoch(text),
            Codec::Clock => written::clock(text),
        }
    }

    fn date_time(&mut self, text: &[u8], t: bool) -> Option<(usize, Option<i64>)> {
        let minute = text.first_chunk::<16>()?;
        if *minute != self.minute {
            self.base = Minute::read(minute)?;
            self.minute = *minute;
        }
        if !t && minute.get(10) != Some(&b' ') {
            return None;
        }
        let [b':', tens, ones] = *between(text, 16, 19) else {
            return None;
        };
        let second = two(tens, ones)?;
        let (length, micros) = fraction(after(text, 19));
        let within = clock_second(second, micros);
        let local = self.base.plus(within);
        Some((19 + length, local))
    }
}

/// What sixteen bytes of the form `YYYY-MM-DD?hh:mm` say.
#[derive(Clone, Copy, Default)]
enum Minute {
    /// There is no such date or hour.
    #[default]
    Never,
    /// Micros since 1970, without any zone.
    Starts(i64),
}

impl Minute {
    /// None when the text is not of that form.
    fn read(text: &[u8; 16]) -> Option<Self> {
        let fits = |(byte, form): (&u8, &u8)| match form {
            b'0' => byte.is_ascii_digit(),
            b'T' => matches!(byte, b'T' | b't' | b' '),
            sign => byte == sign,
        };
        if !text.iter().zip(b"0000-00-00T00:00").all(fits) {
            return None;
        }
        let pair = |at| match between(text, at, at + 2) {
            [tens, ones] => two(*tens, *ones),
            _ => None,
        };
        let year = i64::from(pair(0)?) * 100 + i64::from(pair(2)?);
        let (hour, minute) = (pair(11)?, pair(14)?);
        let Some(days) = days_from_civil(year, pair(5)?, pair(8)?) else {
            return Some(Self::Never);
        };
        if hour > 23 || minute > 59 {
            return Some(Self::Never);
        }
        let seconds = i64::from(hour) * 3600 + i64::from(minute) * 60;
        Some(Self::Starts((days * DAY + seconds) * MICROS))
    }

    fn plus(self, within: Option<i64>) -> Option<i64> {
        match self {
            Self::Never => None,
            Self::Starts(base) => within.map(|within| base + within),
        }
    }
}

#[inline]
fn two(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
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
    let Some((b'.' | b',', digits)) = text.split_first() else {
        return (0, 0);
    };
    let mut micros = 0;
    let mut scale = 100_000;
    let mut count = 0;
    for byte in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        micros += i64::from(byte - b'0') * scale;
        scale /= 10;
        count += 1;
    }
    if count == 0 {
        (0, 0)
    } else {
        (count + 1, micros)
    }
}

/// What stands behind the time of day.
#[derive(Clone, Copy)]
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

#[cfg(test)]
mod tests;
