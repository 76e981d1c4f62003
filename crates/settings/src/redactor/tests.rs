use super::{MAX_TEMPORARY, Redactor};
use crate::Secret;

const SECRET: &str = "s3cret/of=Variable\"+1 é";

#[track_caller]
fn check(text: &str, expected: &str) {
    let redactor = Redactor::from_iter([SECRET.into(), "pa55".into(), "abc".into()]);
    let found = redactor.redact(text).into_owned();
    assert_eq!(found, expected, "{text}");
    assert_eq!(redactor.redact(&found), found, "redacted twice: {text}");
}

#[test]
fn known_secrets_in_any_encoding() {
    check("none here", "none here");
    check(&format!("a {SECRET} b {SECRET}"), "a *** b ***");
    check(&SECRET.to_uppercase().replace('É', "é"), "***");
    check(&format!("{SECRET:?}"), "\"***\"");
    check(r#"{"m": "s3cret\/of=Variable\"+1 \u00e9!"}"#, r#"{"m": "***!"}"#);
    check("q=s3cret%2Fof%3DVariable%22%2B1%20%C3%A9&r", "q=***&r");
    check("q=s3cret%2fof=Variable%22%2b1+%c3%a9", "q=***");
    check("q=%73%33cret/of=Variable%22%2B1%20é", "q=***");
    check("q=s3cret%252Fof%253DVariable%2522%252B1%2520%25C3%25A9", "q=***");
    check("s3cret&#x2F;of=Variable&quot;+1 &#233;", "***");
    check("s3cret/of=Variable&amp;quot;+1 é", "***");
    check(&SECRET.split_inclusive(|_: char| true).collect::<Vec<_>>().join("\0"), "***");
}

#[test]
fn base64_and_hexadecimal() {
    use base64::Engine as _;
    for (before, after) in [("", ""), ("u:", ""), ("me:", ":x"), ("user:", "xy"), ("1", "z")] {
        let text = format!("{before}{SECRET}{after}");
        for encoded in
            [base64::prelude::BASE64_STANDARD.encode(&text), base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(&text), hex(&text)]
        {
            let found = Redactor::from_iter([SECRET.into()]).redact(&encoded).into_owned();
            assert!(found.contains("***") && found.len() < 20, "{encoded} {found}");
        }
    }
}

fn hex(text: &str) -> String {
    text.bytes().map(|byte| format!("{byte:02X}")).collect()
}

#[test]
fn parts_of_secrets() {
    check("cut: s3cret/of=Varia and", "cut: *** and");
    check("cut: s3cret/of=V and", "cut: s3cret/of=V and");
    check("the end ariable\"+1 é", "the end ***");
    check("the end /of=Variable\"+1 é", "the end ***");
    check("{\"to\": \"s3cr…", "{\"to\": \"***…");
    check("{\"to\": \"s3cret/...", "{\"to\": \"***...");
    check("q=s3cret%2Fo…", "q=***…");
    check("q=%73%33%63%72%6…", "q=***…");
    check("s3cr\\u00…", "***…");
    check("s3c…", "s3c…");
    check("s3cret/ then…", "s3cret/ then…");
}

#[test]
fn short_secrets_match_whole_words() {
    check("pa55", "***");
    check("is pa55, not pa556 or xpa55 or _pa55", "is ***, not pa556 or xpa55 or _pa55");
    check("abc is too short", "abc is too short");
    let redactor = Redactor::from_iter(["pa55".into()]);
    assert_eq!(redactor.redact_internal("the table pa55"), "the table pa55");
    assert!(redactor.contains_secret("%70a55") && !redactor.contains_secret("xpa55") && !redactor.contains_secret("?key=1"));
}

#[test]
fn overlapping_secrets_are_masked_together() {
    let redactor = Redactor::from_iter(["aaaaaaaa-1".into(), "1-bbbbbbbb".into(), "aaaaaaaa".into()]);
    assert_eq!(redactor.redact("x aaaaaaaa-1-bbbbbbbb y aaaaaaaa"), "x *** y ***");
}

#[test]
fn names_in_urls() {
    check("GET /x?page=2&api_key=42&q=a%20b+c failed", "GET /x?page=2&api_key=***&q=a%20b+c failed");
    check("https://a.b/#access_token=1", "https://a.b/#access_token=***");
    check("/x?%61pi_key=42", "/x?%61pi_key=***");
    check("?next=https%3A%2F%2Fa.b%2F%3Ftoken%3Dq1%26page%3D2", "?next=https%3A%2F%2Fa.b%2F%3Ftoken%3D***%26page%3D2");
    check("<a href=\"/x?page=1&amp;sig=ab%2Fc\">", "<a href=\"/x?page=1&amp;sig=***\">");
    check("see https://me:p@w@a.b/c and http://a.b/@x", "see https://***@a.b/c and http://a.b/@x");
    check("rows[?key=='a'] and x?key= and key=1", "rows[?key=='a'] and x?key= and key=1");
    check("/x?page_token=abc&author=me&country_code=DE", "/x?page_token=abc&author=me&country_code=DE");
}

#[test]
fn temporary_secrets_are_bounded_and_keep_the_one_in_use() {
    let redactor = Redactor::default();
    let token = |number: usize| Secret::from(format!("{number:06}-{number:06}"));
    for number in 0..2 * MAX_TEMPORARY {
        redactor.add_temporary(&token(0));
        redactor.add_temporary(&token(number));
    }
    assert_eq!(redactor.redact("000000-000000 000001-000001 000511-000511"), "*** 000001-000001 ***");
    assert_eq!(redactor.known().temporary.len(), MAX_TEMPORARY);
    redactor.add(&token(1));
    assert_eq!(redactor.clone().redact("000001-000001"), "***");
}

#[test]
fn debug_hides_secrets() {
    assert_eq!(format!("{:?}", Redactor::from_iter([SECRET.into()])), "Redactor(..)");
}

/// Replaces a secret in any of these encodings.
#[test]
fn every_encoding_of_a_secret_is_replaced() {
    use proptest::prelude::*;
    let encodings: [fn(char) -> String; 6] = [
        |c| c.to_string(),
        |c| c.to_string().bytes().map(|byte| format!("%{byte:02x}")).collect(),
        |c| format!("\\u{{{:x}}}", u32::from(c)),
        |c| format!("&#{};", u32::from(c)),
        |c| c.to_string().bytes().map(|byte| format!("%25{byte:02X}")).collect(),
        |c| c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    ];
    proptest!(|(secret in "[a-z0-9/+=%&\\\\\"é𝄞-]{8,20}", around in "[ -~é]{0,10}", choice in 0_usize..6)| {
        let encode = encodings[choice];
        let encoded: String = secret.chars().map(encode).collect();
        let text = format!("{around} {encoded} {around}");
        let redactor = Redactor::from_iter([Secret::from(secret.as_str())]);
        let found = redactor.redact(&text).into_owned();
        prop_assert!(!found.contains(&encoded) && found.contains("***"), "{text}: {found}");
        prop_assert!(redactor.contains_secret(&text));
    });
}

#[test]
fn connection_strings_show_host_and_database() {
    #[track_caller]
    fn check(secret: &str, text: &str, expected: &str) {
        assert_eq!(Redactor::from_iter([secret.into()]).redact(text), expected, "{secret}: {text}");
    }
    let secret = "postgresql://loader:pass%2Fword@db.example.com:5432/warehouse?sslmode=require";
    check(
        secret,
        "into postgresql://loader@db.example.com:5432/warehouse",
        "into postgresql://***@db.example.com:5432/warehouse",
    );
    check(secret, secret, "postgresql://***@db.example.com:5432/warehouse?sslmode=require");
    check(secret, "pass%2Fword and pass/word", "*** and ***");
    check("postgresql://bob@db.example.com/shop", "postgresql://bob@db.example.com/shop", "postgresql://***@db.example.com/shop");
    // more secrets, a password that is not encoded, or an address whose path is secret
    check("postgresql://u:pass@a.b/c?sslpassword=word", "u:pass@a.b/c?sslpassword=word", "***");
    check("postgresql://u:pa/ss@db.example.com/c", "/ss@db.example.com/c", "***");
    check("https://u:pass@hooks.example.com/T000/B000", "hooks.example.com/T000/B000", "***");
}
