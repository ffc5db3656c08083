use super::*;

fn scan(codec: Codec, text: &str) -> Option<(usize, Stamp)> {
    TimeScanner::default().scan(codec, text.as_bytes())
}

#[test]
fn offsets_with_and_without_colon() {
    let noon = 1_773_144_000_000_000;
    for (text, length, us, offset) in [
        ("2026-03-10T12:00:00Z", 20, noon, 0),
        ("2026-03-10 12:00:00z", 20, noon, 0),
        ("2026-03-10T12:00:00+01:00", 25, noon - 3_600_000_000, 3600),
        (
            "2026-03-10T12:00:00.5-0730 x",
            26,
            noon + 27_000_500_000,
            -27_000,
        ),
        ("2026-03-10T12:00:00.123456789Z", 30, noon + 123_456, 0),
    ] {
        assert_eq!(
            scan(Codec::Rfc3339, text),
            Some((length, Stamp::Utc(us, offset))),
            "{text}"
        );
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
    for text in ["2026-03-10T12:00:00", "x", "", "2026-03-10 12:00"] {
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
    for text in [
        "2026-03-10 12:00:00",
        "2026-03-10 12:00:59.9",
        "2026-02-30 12:00:01",
        "2026-03-10 12:01:00",
    ] {
        for _ in 0..2 {
            assert_eq!(
                scanner.scan(Codec::Ymd, text.as_bytes()),
                scan(Codec::Ymd, text)
            );
        }
    }
}

#[test]
fn syslog_days_are_padded_either_way() {
    let stamp = Stamp::Yearless {
        month: 3,
        day: 1,
        us: 43_200_000_000,
    };
    assert_eq!(
        scan(Codec::Syslog, "Mar  1 12:00:00 host"),
        Some((15, stamp))
    );
    assert_eq!(scan(Codec::Syslog, "Mar 01 12:00:00"), Some((15, stamp)));
    assert_eq!(
        scan(Codec::Syslog, "Feb 30 12:00:00"),
        Some((15, Stamp::Bad))
    );
    assert_eq!(scan(Codec::Syslog, "Mär  1 12:00:00"), None);
}

fn local(text: &str) -> i64 {
    let (length, stamp) = scan(Codec::Ymd, text).unwrap();
    assert_eq!(length, text.len());
    match stamp {
        Stamp::Local(us) => us,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn dates_of_other_programs() {
    let noon = local("2026-03-10 12:00:00");
    let evening = local("2026-03-10 21:05:01");
    for (codec, text, us) in [
        (Codec::Ymd, "2026/03/10 12:00:00", noon),
        (Codec::Ymd, "2026-03-10  12:00:00", noon),
        (Codec::Ymd, "2026/3/10 9:05:01 PM", evening),
        (Codec::Mdy, "03/10/2026 12:00:00", noon),
        (Codec::Mdy, "3/10/2026  12:00:00", noon),
        (Codec::Mdy, "3/10/2026 12:00:00 PM", noon),
        (Codec::Mdy, "3/10/2026 9:05:01 PM", evening),
        (Codec::Mdy, "3/10/2026, 9:05:01\u{202f}PM", evening),
        (Codec::Mdy, "03/10/2026 12:00:00.25", noon + 250_000),
        (Codec::Mdy, "3/10/2026 12:00:00 AM", noon - 43_200_000_000),
        (Codec::Dmy, "10.03.2026 12:00:00", noon),
        (Codec::Dmy, "10/03/2026 21:05:01", evening),
        (Codec::Dmy, "10/3/2026 9:05:01 pm", evening),
        (Codec::Syslog, "Mar 10 2026 12:00:00", noon),
        (Codec::Ctime, "Tue Mar 10 12:00:00 2026", noon),
        (Codec::Ctime, "Mar 10 12:00:00 2026", noon),
        (Codec::Rfc822, "Tue, 10 Mar 2026 12:00:00", noon),
    ] {
        assert_eq!(
            scan(codec, text),
            Some((text.len(), Stamp::Local(us))),
            "{text}"
        );
    }
}

#[test]
fn dates_that_cannot_be_or_are_none() {
    for (codec, text) in [
        (Codec::Mdy, "13/10/2026 12:00:00"),
        (Codec::Dmy, "10/13/2026 12:00:00"),
        (Codec::Mdy, "3/10/2026 13:00:00 PM"),
        (Codec::Mdy, "3/10/2026 0:00:00 AM"),
        (Codec::Ymd, "2026/02/29 12:00:00"),
        (Codec::Syslog, "Feb 29 2026 12:00:00"),
        (Codec::Ctime, "Tue Feb 30 12:00:00 2026"),
        (Codec::Rfc822, "30 Feb 2026 12:00:00 GMT"),
    ] {
        assert_eq!(scan(codec, text), Some((text.len(), Stamp::Bad)), "{text}");
    }
    for (codec, text) in [
        (Codec::Mdy, "3/10/26 12:00:00"),
        (Codec::Mdy, "3/10-2026 12:00:00"),
        (Codec::Mdy, "2026/3/10 12:00:00"),
        (Codec::Dmy, "123.03.2026 12:00:00"),
        (Codec::Syslog, "Mar 10 2026 1:00:00"),
        (Codec::Rfc822, "Tue 10 Mar 2026 12:00:00"),
    ] {
        assert_eq!(scan(codec, text), None, "{text}");
    }
}

#[test]
fn letters_behind_pm_make_it_a_word() {
    let morning = local("2026-03-10 09:05:01");
    assert_eq!(
        scan(Codec::Mdy, "3/10/2026 9:05:01 PMs"),
        Some((17, Stamp::Local(morning)))
    );
}

#[test]
fn offsets_behind_month_names() {
    let noon = local("2026-03-10 12:00:00");
    for (zone, offset) in [
        (" GMT", 0),
        (" UTC", 0),
        (" Z", 0),
        (" +0100", 3600),
        (" -05:30", -19_800),
    ] {
        let text = format!("Tue, 10 Mar 2026 12:00:00{zone}");
        let us = noon - i64::from(offset) * 1_000_000;
        assert_eq!(
            scan(Codec::Rfc822, &text),
            Some((text.len(), Stamp::Utc(us, offset)))
        );
    }
}

#[test]
fn numbers_since_1970() {
    let us = 1_773_144_000_123_456;
    for (text, us) in [
        ("1773144000", 1_773_144_000_000_000),
        ("1773144000.5", 1_773_144_000_500_000),
        ("1773144000123", 1_773_144_000_123_000),
        ("1773144000123456", us),
        ("1773144000123456789", us),
        ("/Date(1773144000123)/", 1_773_144_000_123_000),
        ("\\/Date(1773144000123+0100)\\/", 1_773_144_000_123_000),
        ("/Date(-1000)/", -1_000_000),
    ] {
        assert_eq!(
            scan(Codec::Epoch, text),
            Some((text.len(), Stamp::Utc(us, 0))),
            "{text}"
        );
    }
    for text in [
        "",
        "17731440",
        "17731440001",
        "/Date()/",
        "/Date(1)",
        "x1773144000",
        "177314400012345678901",
    ] {
        assert_eq!(scan(Codec::Epoch, text), None, "{text}");
    }
}

#[test]
fn a_time_of_day_alone() {
    let noon = 43_200_000_000;
    for (text, length, us) in [
        ("12:00:00]", 8, noon),
        ("12:00:00.5", 10, noon + 500_000),
        ("12:00:00:123]", 12, noon + 123_000),
        ("12:00:00: x", 8, noon),
    ] {
        assert_eq!(
            scan(Codec::Clock, text),
            Some((length, Stamp::Clock(us))),
            "{text}"
        );
    }
    assert_eq!(scan(Codec::Clock, "24:00:00"), Some((8, Stamp::Bad)));
    assert_eq!(scan(Codec::Clock, "1:00:00"), None);
}
