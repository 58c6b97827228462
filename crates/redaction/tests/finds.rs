//! What is found, what is not, and that it is found however the text comes. Samples are put together here, so that no
//! scanner takes this file for a leak.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use proptest::prelude::*;
use pyagent_redaction::{Kind, Scanner, Settings, Stream};

fn scanner() -> Arc<Scanner> {
    Arc::new(Scanner::new(Settings::default()).unwrap())
}

fn kinds(text: &str) -> Vec<(Kind, String)> {
    let found = scanner().find(text.as_bytes());
    found.into_iter().map(|finding| (finding.kind, text[finding.start..finding.end].to_owned())).collect()
}

fn only(text: &str, kind: Kind, part: &str) {
    assert_eq!(kinds(text), [(kind, part.to_owned())], "{text:?}");
}

fn nothing(text: &str) {
    assert_eq!(kinds(text), [], "{text:?}");
}

fn fake(prefix: &str, length: usize) -> String {
    let letters = b"aB3dE5gH7jK9mN1pQ2sT4vW6xY8z";
    prefix.to_owned() + &(0..length).map(|index| char::from(letters[(index * 11) % letters.len()])).collect::<String>()
}

#[test]
fn mail_addresses_are_found_and_look_alikes_are_not() {
    only("write to ada.lovelace+x@mail.example.org.", Kind::Email, "ada.lovelace+x@mail.example.org");
    only("<a@b.example>", Kind::Email, "a@b.example");
    for text in [
        "@scope/name",
        "pkg@1.2.3",
        "git@host.example:a/b.git",
        "a@b",
        "user@localhost",
        "x@file.ts",
        "\\n@app.route",
        "a..b@c.example",
    ] {
        nothing(text);
    }
}

#[test]
fn cards_need_an_issuer_and_a_check_digit() {
    // Numbers that the payment networks publish for tests.
    for number in [
        "4111111111111111",
        "4012 8888 8888 1881",
        "5555-5555-5555-4444",
        "378282246310005",
        "6011111111111117",
        "30569309025904",
    ] {
        only(&format!("card {number}."), Kind::Card, number);
    }
    for text in [
        "4111111111111112",
        "1234567890123452",
        "0000000000000000",
        "id 41111111111111110000000000",
        "1515902314887",
        "a4111111111111111",
    ] {
        nothing(text);
    }
}

#[test]
fn account_numbers_need_their_length_and_check_digits() {
    // Examples of the IBAN registry.
    for number in [
        "GB29NWBK60161331926819",
        "DE89370400440532013000",
        "FR14 2004 1010 0505 0001 3M02 606",
        "NO9386011117947",
        "de89370400440532013000",
    ] {
        only(&format!("to {number},"), Kind::Iban, number);
    }
    for text in ["GB29NWBK60161331926818", "DE8937040044053201300", "XX29NWBK60161331926819"] {
        nothing(text);
    }
}

#[test]
fn social_security_numbers_must_be_possible() {
    only("ssn 219-09-9998", Kind::Ssn, "219-09-9998");
    for text in ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "1219-09-9999"] {
        assert!(!kinds(text).iter().any(|(kind, _)| *kind == Kind::Ssn), "{text}");
    }
}

#[test]
fn network_addresses_are_found_and_versions_are_not() {
    only("from 203.0.113.7:443", Kind::Ip, "203.0.113.7");
    only("via 2001:db8::8a2e:370:7334 now", Kind::Ip, "2001:db8::8a2e:370:7334");
    for text in [
        "v1.2.3.4",
        "version 1.2.3.4",
        "pkg-1.2.3.4",
        "127.0.0.1",
        "0.0.0.0",
        "::1",
        "std::fmt",
        "12:34:56",
        "256.1.1.1",
        "1.2.3.4.5",
    ] {
        nothing(text);
    }
}

#[test]
fn phone_numbers_are_found_by_shape_or_by_what_is_said() {
    for (text, number) in [
        ("+44 20 7946 0958", "+44 20 7946 0958"),
        ("(202) 555-0143 x12", "(202) 555-0143"),
        ("call 555 0143 now", "555 0143"),
        ("202-555-0143", "202-555-0143"),
        ("phone: 2025550143", "2025550143"),
    ] {
        only(text, Kind::Phone, number);
    }
    for text in ["2024-01-02", "4294967296", "1 2 3 4 5 6 7 8", "10.5.3", "12345 67", "0x1234567", "took 1234567 ms"] {
        nothing(text);
    }
}

#[test]
fn values_of_secret_names_are_found_in_every_notation() {
    let value = fake("", 24);
    for text in [
        format!("export API_KEY={value}"),
        format!("DB_PASSWORD='{value}'"),
        format!("{{\"clientSecret\": \"{value}\"}}"),
        format!("{{\\\"password\\\": \\\"{value}\\\"}}"),
        format!("password: {value}\n"),
        format!("secret_key = \"{value}\""),
        format!("define('AUTH_KEY', '{value}');"),
        format!("$config['password'] = '{value}';"),
        format!("<password>{value}</password>"),
        format!("<server password=\"{value}\"/>"),
        format!("tool --password {value}"),
        format!("machine a login b password {value}"),
        format!("//registry.example/:_authToken={value}"),
        format!("https://a.example/?token={value}&x=1"),
        format!("IDENTIFIED BY '{value}'"),
    ] {
        let found = kinds(&text);
        assert_eq!(found.len(), 1, "{text:?}: {found:?}");
        assert_eq!(found[0].1, value, "{text:?}");
    }
}

#[test]
fn code_and_placeholders_are_not_secrets() {
    for text in [
        "const password = readPassword();",
        "token: string;",
        "password: str = Field()",
        "API_KEY=${API_KEY}",
        "password = os.environ['X']",
        "secret=<your-secret>",
        "passwordField: \"password\"",
        "if (token === other.token) {",
        "key: value",
        "password=********",
        "primary key (id)",
        "publicKey = 'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE'",
    ] {
        nothing(text);
    }
}

#[test]
fn hashes_and_ids_are_left_alone() {
    for text in [
        "commit 9b32daef0c3f4d7ea1b0d3f6f4c1c9a1e2b3c4d5",
        "\"integrity\": \"sha512-c2hhNTEyIG9mIGEgcGFja2FnZSwgYmFzZTY0IG9mIGJpbmFyeSBieXRlcw\"",
        "123e4567-e89b-12d3-a456-426614174000",
        "run_01k2m3n4p5q6r7s8t9v0w1x2y3",
    ] {
        nothing(text);
    }
}

#[test]
fn tokens_keys_and_credentials_are_found_by_their_form() {
    let github = fake("ghp_", 36);
    only(&format!("use {github} here"), Kind::Token, &github);
    let aws = format!("AKIA{}", "ABCDEFGHIJKLMNOP");
    only(&format!("id {aws}"), Kind::Token, &aws);
    let label = "RSA PRIVATE KEY";
    let pem = format!("-----BEGIN {label}-----\nMIIB{}\n-----END {label}-----", fake("", 60));
    only(&format!("x\n{pem}\ny"), Kind::PrivateKey, &pem);
    let jwt = format!("{}.{}.{}", ["eyJhbGciOiJIUzI1NiIs", "InR5cCI6IkpXVCJ9"].concat(), fake("", 20), fake("", 43));
    only(&format!("t {jwt} t"), Kind::Jwt, &jwt);
    only(&format!("postgres://app:{}@db.example/x", fake("", 12)), Kind::UrlCredentials, &fake("", 12));
    only(&format!("Authorization: Bearer {}", fake("", 30)), Kind::Authorization, &fake("", 30));
    only(&format!("Set-Cookie: sid={}; Path=/", fake("", 20)), Kind::Cookie, &fake("", 20));
    let hash = format!("$2b$12${}", fake("", 53));
    only(&format!("user:{hash}"), Kind::PasswordHash, &hash);
}

#[test]
fn other_ways_of_writing_are_seen_through() {
    only("mail ada%40example.org", Kind::Email, "ada%40example.org");
    only("\"ada\\u0040example.org\"", Kind::Email, "ada\\u0040example.org");
    only("ada\u{200b}@example.org", Kind::Email, "ada\u{200b}@example.org");
    only("card ４１１１１１１１１１１１１１１１", Kind::Card, "４１１１１１１１１１１１１１１１");
    // `{"password":"hunter22"}` and `user: ada@example.org` in base64.
    only("x eyJwYXNzd29yZCI6Imh1bnRlcjIyIn0= y", Kind::Secret, "eyJwYXNzd29yZCI6Imh1bnRlcjIyIn0=");
    only("x dXNlcjogYWRhQGV4YW1wbGUub3Jn y", Kind::Email, "dXNlcjogYWRhQGV4YW1wbGUub3Jn");
}

#[test]
fn rules_in_the_known_format_are_read_and_malformed_ones_are_told() {
    let text = "[[rules]]\nid = \"house\"\nregex = '''house-([0-9]{4})'''\nsecretGroup = 1\nkeywords = [\"house-\"]\n[[rules.allowlists]]\nregexes = ['''^0000$''']\n";
    let scanner = Scanner::new(Settings { rules: Some(text.into()), ..Settings::default() }).unwrap();
    let found = scanner.find(b"HOUSE-1234 house-4321 house-0000");
    let found: Vec<_> = found.iter().map(|finding| (finding.start, finding.end, &*finding.rule)).collect();
    assert_eq!(found, [(17, 21, "house")]);
    for (text, said) in [
        ("x = ", "TOML"),
        ("[[rules]]\nid = \"bad\"\nregex = '''(''']", "TOML"),
        ("[[rules]]\nid = \"bad\"\nregex = '''('''", "bad"),
    ] {
        let error = Scanner::new(Settings { rules: Some(text.into()), ..Settings::default() }).err().unwrap();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn a_rule_without_keywords_is_searched_everywhere() {
    let rules = "[[rules]]\nid = \"badge\"\nregex = '''badge=[0-9]{4}'''\n";
    let scanner = Scanner::new(Settings { rules: Some(rules.into()), ..Settings::default() }).unwrap();
    for filler in [0, 1, 4090, 4096, 9000, 300_000] {
        let text = format!("{}badge=1234 badge=5678", ". ".repeat(filler / 2));
        let found: Vec<_> = scanner.find(text.as_bytes()).iter().map(|finding| (finding.start, finding.end)).collect();
        let first = text.len() - 21;
        assert_eq!(found, [(first, first + 10), (first + 11, first + 21)], "{filler}");
    }
}

#[test]
fn kinds_can_be_chosen_and_texts_allowed() {
    let text = "ada@example.org 203.0.113.7";
    let some = Scanner::new(Settings { kinds: Some(vec![Kind::Ip]), ..Settings::default() }).unwrap();
    assert_eq!(some.find(text.as_bytes()).len(), 1);
    let allowing = Scanner::new(Settings { allow: vec!["ada@example.org".into()], ..Settings::default() }).unwrap();
    assert_eq!(allowing.find(text.as_bytes()).len(), 1);
}

/// Pieces of text that mean something together or apart.
fn pieces() -> impl Strategy<Value = String> {
    let parts = vec![
        "ada@example.org".to_owned(),
        "password=".into(),
        fake("ghp_", 36),
        "4111 1111 1111 1111".into(),
        "203.0.113.7".into(),
        "-----BEGIN PRIVATE KEY-----\nAAAA".into(),
        "-----END PRIVATE KEY-----".into(),
        "https://u:pw123@".into(),
        "\"token\": \"".into(),
        "%40".into(),
        " ".into(),
        "\n".into(),
        "ä".into(),
        "word".into(),
        "+44 20 7946 0958".into(),
    ];
    prop::collection::vec(prop::sample::select(parts), 0..30).prop_map(|parts| parts.join(" "))
}

fn streamed(scanner: &Arc<Scanner>, text: &[u8], cuts: &[usize]) -> Vec<u8> {
    let mut stream = Stream::new(Arc::clone(scanner));
    let mut out = Vec::new();
    let mut rest = text;
    for cut in cuts {
        let (piece, more) = rest.split_at(cut % (rest.len() + 1));
        out.extend(stream.push(piece));
        rest = more;
    }
    out.extend(stream.push(rest));
    out.extend(stream.end());
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn however_a_text_is_cut_the_same_is_taken_out(text in pieces(), cuts in prop::collection::vec(0usize..400, 0..20)) {
        let scanner = scanner();
        prop_assert_eq!(streamed(&scanner, text.as_bytes(), &cuts), streamed(&scanner, text.as_bytes(), &[]));
    }

    #[test]
    fn nothing_is_lost_where_a_long_text_is_looked_at_in_blocks(offset in 0usize..600) {
        // Secrets around the border of the first block, one every so often.
        let scanner = scanner();
        let secret = fake("ghp_", 36);
        let mut text = "x ".repeat((256 * 1024 - offset) / 2);
        for _ in 0..20 {
            text.push_str(&secret);
            text.push_str("  and ada@example.org, ");
        }
        text.push_str(&"y ".repeat(60 * 1024));
        let out = String::from_utf8(streamed(&scanner, text.as_bytes(), &[])).unwrap();
        prop_assert_eq!(out.matches("[REDACTED:token]").count(), 20);
        prop_assert_eq!(out.matches("[REDACTED:email]").count(), 20);
        prop_assert!(!out.contains(&secret));
    }

    #[test]
    fn bytes_of_any_sort_pass(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let found = scanner().find(&bytes);
        prop_assert!(found.windows(2).all(|pair| pair[0].end <= pair[1].start));
        prop_assert!(found.iter().all(|finding| finding.start < finding.end && finding.end <= bytes.len()));
    }

    #[test]
    fn what_was_taken_out_is_not_found_again(parts in prop::collection::vec(pieces(), 0..4)) {
        let text = parts.join(" ");
        let scanner = scanner();
        let once = streamed(&scanner, text.as_bytes(), &[]);
        let twice = streamed(&scanner, &once, &[]);
        prop_assert_eq!(String::from_utf8_lossy(&once).into_owned(), String::from_utf8_lossy(&twice).into_owned());
    }
}
