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
    for text in [
        "2026-03-10T12:00:00",
        "2026-3-10 12:00:00",
        "x",
        "",
        "2026-03-10 12:00",
    ] {
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
