//! Merges of JSON, TOML and YAML that lines alone cannot do, and those that must stay conflicts.

mod support;

use support::{by_syntax, conflicts};

#[test]
fn keys_of_json_are_joined_and_commas_follow() {
    assert_eq!(
        by_syntax("a.json", "{\n  \"a\": 1\n}\n", "{\n  \"a\": 1,\n  \"z\": 2\n}\n", "{\n  \"a\": 1,\n  \"c\": 3\n}\n"),
        "{\n  \"a\": 1,\n  \"c\": 3,\n  \"z\": 2\n}\n"
    );
    assert_eq!(
        by_syntax(
            "package.json",
            "{\"d\":{\"a\":\"1\",\"b\":\"1\"}}",
            "{\"d\":{\"a\":\"2\",\"b\":\"1\"}}",
            "{\"d\":{\"a\":\"1\"}}"
        ),
        "{\"d\":{\"a\":\"2\"}}"
    );
}

#[test]
fn comments_and_trailing_commas_of_json_are_kept() {
    assert_eq!(
        by_syntax(
            "tsconfig.json",
            "{\n  // one\n  \"a\": 1,\n}\n",
            "{\n  // one\n  \"a\": 1, // 1\n  \"b\": 2,\n}\n",
            "{\n  // one\n  \"a\": 1,\n  // three\n  \"c\": [1, 2,],\n}\n"
        ),
        "{\n  // one\n  \"a\": 1, // 1\n  \"b\": 2,\n  // three\n  \"c\": [1, 2,],\n}\n"
    );
}

#[test]
fn tables_and_keys_of_toml_are_joined() {
    assert_eq!(
        by_syntax(
            "a.toml",
            "[a]\nx = 1\n",
            "[a]\nx = 1\ny = 2 # y\n\n# b\n[b]\nz = 1\n",
            "[a]\nx = 1\nw = 3\n\n[c]\nz = 1\n"
        ),
        "[a]\nx = 1\ny = 2 # y\nw = 3\n\n# b\n[b]\nz = 1\n\n[c]\nz = 1\n"
    );
}

#[test]
fn keys_of_yaml_are_joined_also_inside_a_list() {
    assert_eq!(
        by_syntax("a.yaml", "a:\n  b: 1\n", "a:\n  b: 1\n  c: 2\n", "a:\n  b: 1\n  d: 3 # d\n"),
        "a:\n  b: 1\n  c: 2\n  d: 3 # d\n"
    );
    assert_eq!(
        by_syntax("a.yml", "- a: 1\n  b: 1\n", "- a: 1\n  b: 1\n  c: 2\n", "- a: 1\n  b: 1\n  d: 3\n"),
        "- a: 1\n  b: 1\n  c: 2\n  d: 3\n"
    );
}

#[test]
fn what_has_an_order_or_two_values_stays_a_conflict() {
    assert_eq!(conflicts("a.json", "{\"a\": 1}", "{\"a\": 2}", "{\"a\": 3}").len(), 1);
    assert_eq!(conflicts("a.json", "[1]", "[1, 2]", "[1, 3]").len(), 1);
    assert_eq!(conflicts("a.yaml", "- a\n", "- a\n- b\n", "- a\n- c\n").len(), 1);
    assert_eq!(conflicts("a.yaml", "a: 1\n", "a: 1\nb: &x 1\n", "a: 1\nc: 1\n").len(), 1);
    assert_eq!(
        conflicts("a.toml", "[[a]]\nx = 1\n", "[[a]]\nx = 1\n[[a]]\nx = 2\n", "[[a]]\nx = 1\n[[a]]\nx = 3\n").len(),
        1
    );
}

#[test]
fn one_key_with_two_values_stays_a_conflict() {
    assert_eq!(conflicts("a.json", "{}", "{\"a\": 1}", "{\"a\": 2}").len(), 1);
    assert_eq!(conflicts("a.yaml", "z: 1\n", "z: 1\na: 1\n", "z: 1\na: 2\n").len(), 1);
}
