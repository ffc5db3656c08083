use super::*;

fn object(tail: &str) -> String {
    let mut out = Vec::new();
    let mut members = Members::default();
    members.begin();
    members.pairs(&mut out, tail.as_bytes());
    members.end(&mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn keys_may_hold_blanks() {
    assert_eq!(
        object(" VM Id=f65b Status Code=200 Error=\"a \\\"b\\\"\""),
        r#"{"VM Id":"f65b","Status Code":"200","Error":"a \"b\""}"#
    );
    assert_eq!(object(""), "{}");
    assert_eq!(object("   "), "{}");
}

#[test]
fn a_repeated_key_is_numbered() {
    assert_eq!(
        object("a=1 a=2 a_2=x a=3"),
        r#"{"a":"1","a_2":"2","a_2_2":"x","a_3":"3"}"#
    );
}

#[test]
fn what_is_no_pair_is_kept() {
    assert_eq!(
        object("done a=1 and gone"),
        r#"{"done a":"1","_":"and gone"}"#
    );
    assert_eq!(object("no pair here"), r#"{"_":"no pair here"}"#);
    assert_eq!(object("=x a=1"), r#"{"a":"1","_":"=x"}"#);
    assert_eq!(object("a=\"b\"c d=e"), r#"{"a":"b","c d":"e"}"#);
    assert_eq!(object("say \"hi\" k=v"), r#"{"k":"v","_":"say \"hi\""}"#);
}

#[test]
fn values_may_be_empty_open_or_escaped() {
    assert_eq!(
        object("a= b=\"\" c=\"open"),
        r#"{"a":"","b":"","c":"open"}"#
    );
    assert_eq!(
        object(r#"a="x\ty" b="\u00e9\x1b\q""#),
        "{\"a\":\"x\\ty\",\"b\":\"é\\u001b\\\\q\"}"
    );
    assert_eq!(object("a=\"tab\there\""), r#"{"a":"tab\there"}"#);
    assert_eq!(
        object("a=\"two\nlines\" b=2"),
        r#"{"a":"two\nlines","b":"2"}"#
    );
}

#[test]
fn prose_before_a_sign_is_no_key() {
    let prose = "word ".repeat(20);
    assert_eq!(
        object(&format!("{prose}x=1")),
        format!(r#"{{"x":"1","_":"{}"}}"#, prose.trim())
    );
}

#[test]
fn too_many_pairs_are_kept_as_text() {
    let tail: String = (0..300).fold(String::new(), |tail, n| tail + &format!("k{n}=v "));
    let text = object(&tail);
    assert!(text.contains(r#""k255":"v","_":"k256=v"#), "{text}");
}
