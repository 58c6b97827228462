//! What is not understood, not there or not possible is refused, and nothing runs.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod harness;

use std::process::Command;

use harness::{Place, User, has, has_namespaces, users};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

/// A command that leaves a trace when it runs although it should not.
const TRACE: &str = "touch trace";

fn refused(place: &Place, spec: &Value) -> String {
    let outcome = place.start(&[], spec).end();
    let reason = outcome.refused().to_owned();
    assert_eq!(place.names(), Vec::<String>::new(), "{reason}");
    reason
}

#[test]
fn fields_that_are_unknown_missing_or_senseless_are_refused() {
    let place = Place::new(User::Own);
    let good = place.shell(TRACE).0;
    let edits: [(&str, Value); 22] = [
        ("/version", json!(2)),
        ("/argv", json!([])),
        ("/argv", json!([""])),
        ("/argv", json!(["sh\u{0}"])),
        ("/argv", json!("sh")),
        ("/cwd", json!("relative")),
        ("/cwd", json!("/a/../b")),
        ("/env", json!({ "A=B": "" })),
        ("/env", json!({ "": "" })),
        ("/env", json!({ "A": "b\u{0}c" })),
        ("/env", json!({ "A": 1 })),
        ("/limits", json!({ "processes": -1 })),
        ("/limits", json!({ "proceses": 1 })),
        ("/network", json!({ "kind": "all" })),
        ("/network", json!({ "kind": "proxy", "socket": "s", "port": 1 })),
        ("/network", json!({ "kind": "proxy", "socket": "/s", "port": 0 })),
        ("/network", json!({ "kind": "proxy", "socket": "/s", "port": 65536 })),
        ("/require", json!(["everything"])),
        ("/mounts", json!([{ "kind": "write", "from": "/tmp", "at": "/" }])),
        ("/mounts", json!([{ "kind": "write", "from": "/tmp/../etc", "at": "/x" }])),
        ("/mounts", json!([{ "kind": "write", "from": "/tmp", "at": "/x", "optional": true }])),
        ("/mounts", json!([{ "kind": "overlay", "from": "/tmp", "at": "/x", "upper": "/u" }])),
    ];
    for (field, value) in edits {
        let mut spec = good.clone();
        *spec.pointer_mut(field).unwrap() = value;
        refused(&place, &spec);
    }
    for name in good.as_object().unwrap().keys() {
        let mut unknown = good.clone();
        unknown[format!("{name}s")] = json!(1);
        refused(&place, &unknown);
        if !["limits", "require"].contains(&name.as_str()) {
            let mut missing = good.clone();
            missing.as_object_mut().unwrap().remove(name);
            refused(&place, &missing);
        }
    }
}

#[test]
fn a_spec_that_is_cut_or_damaged_never_runs_anything() {
    let place = Place::new(User::Own);
    let line = format!("{}\n", place.shell(TRACE).0);
    let mut runner = TestRunner::new(Config { cases: 48, failure_persistence: None, ..Config::default() });
    let damage = (0..line.len(), prop_oneof![Just(None), any::<char>().prop_map(Some)]);
    runner
        .run(&damage, |(at, with)| {
            let at = (0..=at).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
            let mut text = line[..at].to_owned();
            match with {
                // Cut, with the end of the line or of everything.
                None => text.push('\n'),
                // The damage is in the structure: braces no longer match.
                Some(other) => text.extend([other, '{', '\n']),
            }
            let outcome = place.start_with_line(&[], &text).end();
            prop_assert!(!outcome.refused().is_empty());
            prop_assert!(place.names().is_empty());
            Ok(())
        })
        .unwrap();
    let cut = place.start_with_line(&[], "");
    drop(cut.hang_up().wait());
    assert!(place.names().is_empty());
}

#[test]
fn programs_and_places_that_are_not_there_are_told() {
    if !has_namespaces("missing programs") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let mut spec = place.shell("");
        for (program, event) in
            [("no-such-program", "not-found"), ("/usr/no/such", "not-found"), ("/usr", "not-runnable")]
        {
            spec.0["argv"] = json!([program]);
            let outcome = place.run(&spec);
            assert_eq!(outcome.answers[0]["event"], event, "{outcome:?}");
            assert_eq!(outcome.exit, Some(125));
        }
        place.make(&place.work().join("script"), Some("echo hello"));
        spec.0["argv"] = json!(["./script"]);
        assert_eq!(place.run(&spec).answers[0]["event"], "not-runnable");
        std::fs::remove_file(place.work().join("script")).unwrap();

        refused(&place, &place.shell(TRACE).with("cwd", json!("/nowhere")).0);
        refused(&place, &place.shell(TRACE).mount(json!({ "kind": "read", "from": "/no/such", "at": "/x" })).0);
        let optional = json!({ "kind": "read", "from": "/no/such", "at": "/x", "optional": true });
        assert_eq!(place.run(&place.shell("").mount(optional)).printed(), "");
        let reason = refused(&place, &place.shell(TRACE).with("require", json!(["memory"])).0);
        assert!(reason.contains("memory"), "{reason}");
    }
}

/// Words that start the helper where no user namespace can be made; `None`, told loudly: that place cannot be made.
fn without_namespaces() -> Option<Vec<&'static str>> {
    let wrapper = [
        "unshare",
        "--user",
        "--map-current-user",
        "--keep-caps",
        "sh",
        "-c",
        "echo 0 > /proc/sys/user/max_user_namespaces && exec \"$@\"",
        "sh",
    ];
    if !has_namespaces("a machine without namespaces") || !has("unshare", "a machine without namespaces") {
        return None;
    }
    let possible =
        Command::new(wrapper[0]).args(&wrapper[1..]).arg("true").output().is_ok_and(|output| output.status.success());
    if !possible {
        eprintln!("SKIPPED: a machine without namespaces: it cannot be made here");
    }
    possible.then(|| wrapper.to_vec())
}

#[test]
fn without_user_namespaces_nothing_runs_unless_that_is_accepted() {
    let Some(wrapper) = without_namespaces() else { return };
    for user in users() {
        let place = Place::new(user);
        let outcome = place.start(&wrapper, &place.shell(TRACE).0).end();
        assert!(outcome.refused().contains("namespaces"), "{outcome:?}");
        assert_eq!(outcome.answers[0]["missing"], json!(["namespaces"]));
        assert!(place.names().is_empty());
    }
}

#[test]
fn landlock_alone_keeps_a_command_in_its_folder_when_that_is_accepted() {
    let Some(wrapper) = without_namespaces() else { return };
    if pyagent_sandbox::support().landlock == 0 {
        eprintln!("SKIPPED: Landlock: this kernel does not have it");
        return;
    }
    for user in users() {
        let place = Place::new(user);
        place.make(&place.beside("secret"), Some("hush"));
        place.make(&place.work().join(".git/config"), Some("kept"));
        place.make(&place.work().join(".env"), Some("hush"));
        place.make(&place.work().join("src/file"), Some("old"));
        place.make(&place.work().join("other/key"), Some("hush"));
        std::os::unix::fs::symlink("other/key", place.work().join("link")).unwrap();
        let script = format!(
            "cat {} .env link other/key 2>/dev/null; echo x 2>/dev/null > .git/config; touch {} 2>/dev/null; echo new > src/file; echo $TMPDIR > src/file2; touch $TMPDIR/x; grep CapEff /proc/self/status",
            place.beside("secret").display(),
            place.beside("made").display(),
        );
        let spec = place
            .shell(&script)
            .mount(json!({ "kind": "read", "from": "/proc", "at": "/proc" }))
            .mount(json!({ "kind": "protect", "at": place.work().join(".git"), "as": "folder" }))
            .mount(json!({ "kind": "hide", "at": place.work().join(".env") }))
            .mount(json!({ "kind": "hide", "at": place.work().join("link") }))
            .with("require", json!(["landlock", "seccomp", "environment", "network"]));
        let outcome = place.start(&wrapper, &spec.0).end();
        assert_eq!(outcome.ended()["signal"], Value::Null, "{outcome:?}");
        assert_eq!(outcome.stdout.trim(), "CapEff:\t0000000000000000", "{outcome:?}");
        assert!(outcome.is_active("landlock") && !outcome.is_active("namespaces"), "{outcome:?}");
        assert_eq!(std::fs::read_to_string(place.work().join(".git/config")).unwrap(), "kept");
        assert_eq!(std::fs::read_to_string(place.work().join("src/file")).unwrap(), "new\n");
        assert!(!place.beside("made").exists());
        let scratch = std::fs::read_to_string(place.work().join("src/file2")).unwrap();
        assert!(!std::path::Path::new(scratch.trim()).exists());

        let overlay = json!({ "kind": "overlay", "from": place.work(), "at": place.work(), "bytes": 1 << 20 });
        let proxy = json!({ "kind": "proxy", "socket": "/s", "port": 1 });
        let accepted = json!(["landlock"]);
        for (what, spec) in [
            ("proxy", place.shell(TRACE).with("network", proxy)),
            ("overlay", place.shell_with(overlay, TRACE).with("cwd", json!(place.work()))),
        ] {
            let outcome = place.start(&wrapper, &spec.with("require", accepted.clone()).0).end();
            assert!(!place.work().join("trace").exists(), "{what}: {outcome:?}");
        }
    }
}

#[test]
fn a_socket_must_be_at_descriptor_3() {
    let output = Command::new(harness::HELPER).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(125));
    assert!(String::from_utf8_lossy(&output.stderr).contains("descriptor 3"));
}

#[test]
fn a_kernel_without_landlock_is_told_and_refused_where_landlock_is_required() {
    let blocked = [
        "strace",
        "-f",
        "-q",
        "-o",
        "/dev/null",
        "-e",
        "trace=landlock_create_ruleset",
        "-e",
        "inject=landlock_create_ruleset:error=ENOSYS",
    ];
    let what = "a kernel without Landlock";
    if !has_namespaces(what) || !has("strace", what) {
        return;
    }
    if !Command::new(blocked[0]).args(&blocked[1..]).arg("true").output().is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: {what}: strace cannot trace here");
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let without = place.start(&blocked, &place.shell("").0).end();
        assert!(without.ended()["code"] == 0 && !without.is_active("landlock"), "{without:?}");
        let required = place.shell(TRACE).with("require", json!(["namespaces", "landlock"]));
        let outcome = place.start(&blocked, &required.0).end();
        assert!(outcome.refused().contains("landlock"), "{outcome:?}");
        assert_eq!(outcome.answers[0]["missing"], json!(["landlock"]));
        assert!(place.names().is_empty());
    }
}
