//! How commands end, and what is left then: nothing.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod harness;

use std::fs;
use std::path::Path;
use std::process::Command;

use harness::{Place, User, has_namespaces, is_root, users};
use serde_json::json;

/// Waits until `condition` holds; bounded.
fn eventually(what: &str, condition: impl Fn() -> bool) {
    for _ in 0..2000 {
        if condition() {
            return;
        }
        // As long as starting a process takes.
        let _ = Command::new("true").status();
    }
    panic!("expected that {what}");
}

/// Whether a process with this word among its arguments runs.
fn runs(word: &str) -> bool {
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let name = entry.file_name();
        let is_other = name.to_str().is_some_and(|name| name.parse::<u32>().is_ok_and(|pid| pid != std::process::id()));
        is_other
            && fs::read(entry.path().join("cmdline"))
                .is_ok_and(|line| line.split(|byte| *byte == 0).any(|each| each == word.as_bytes()))
    })
}

/// A number of seconds that nobody else sleeps.
fn odd_time(salt: u32) -> String {
    format!("9{}.{salt}", std::process::id())
}

/// Prints the name of the command's control group, or an empty line.
const OWN_GROUP: &str = "echo $(grep -o 'pyagent-sandbox-[0-9]*' /proc/self/cgroup | head -n 1)";

fn groups() -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![Path::new("/sys/fs/cgroup").to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(entry.path());
                found.push(entry.path().display().to_string());
            }
        }
    }
    found.into_iter().filter(|path| path.contains("pyagent-sandbox-")).collect()
}

#[test]
fn exit_codes_and_signals_are_told() {
    if !has_namespaces("exit codes") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        for code in [0, 1, 125, 255] {
            assert_eq!(place.run(&place.shell(&format!("exit {code}"))).ended()["code"], code);
        }
        for signal in [1, 6, 9, 15] {
            let outcome = place.run(&place.shell(&format!("kill -{signal} $$")));
            assert_eq!(outcome.ended()["signal"], signal);
            assert_eq!(outcome.exit, Some(0));
        }
    }
}

#[test]
fn what_a_command_leaves_running_ends_with_it() {
    if !has_namespaces("left processes") {
        return;
    }
    for (salt, user) in (1..).zip(users()) {
        let place = Place::new(user);
        let time = odd_time(salt);
        let script = format!(
            "setsid sh -c 'trap \"\" TERM HUP INT; sleep {time} & wait' >/dev/null 2>&1 </dev/null & echo begun"
        );
        assert_eq!(place.run(&place.shell(&script)).printed(), "begun");
        assert!(!runs(&time));
    }
}

#[test]
fn term_reaches_the_command_and_a_second_one_ends_it() {
    if !has_namespaces("signals") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let mut polite =
            place.start(&[], &place.shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done").0);
        assert_eq!(polite.line(), "ready");
        polite.signal("TERM");
        assert_eq!(polite.end().ended()["code"], 7);

        let mut deaf =
            place.start(&[], &place.shell("trap 'echo heard' TERM; echo ready; while :; do sleep 0.01; done").0);
        assert_eq!(deaf.line(), "ready");
        deaf.signal("TERM");
        assert_eq!(deaf.line(), "heard");
        deaf.signal("TERM");
        let outcome = deaf.end();
        assert!(outcome.answers.iter().all(|answer| answer["event"] != "ended"), "{outcome:?}");
    }
}

#[test]
fn a_killed_helper_takes_everything_with_it() {
    if !has_namespaces("a killed helper") {
        return;
    }
    for (salt, user) in (10..).zip(users()) {
        let place = Place::new(user);
        let time = odd_time(salt);
        let script = format!("setsid sleep {time} & {OWN_GROUP}; sleep {time}");
        let spec = place
            .shell(&script)
            .mount(json!({ "kind": "protect", "at": place.work().join(".git"), "as": "folder" }))
            .mount(json!({ "kind": "protect", "at": place.work().join(".npmrc"), "as": "file" }))
            .mount(json!({ "kind": "protect", "at": place.work().join(".pnp.cjs"), "as": "nothing" }))
            .with("limits", json!({ "processes": 64, "memoryBytes": 1_u64 << 30 }));
        let mut running = place.start(&[], &spec.0);
        let group = running.line();
        assert_eq!(place.names().len(), 3);
        running.signal("KILL");
        running.end();
        eventually("nothing is left", || !runs(&time) && place.names().is_empty());
        eventually("no control group is left", || {
            group.is_empty() || !groups().iter().any(|path| path.ends_with(&group))
        });
    }
}

#[test]
fn a_starter_that_goes_away_ends_the_command() {
    if !has_namespaces("a starter that goes away") {
        return;
    }
    for (salt, user) in (20..).zip(users()) {
        let place = Place::new(user);
        let time = odd_time(salt);
        let mut running = place.start(&[], &place.shell(&format!("echo ready; sleep {time}")).0);
        assert_eq!(running.line(), "ready");
        let mut child = running.hang_up();
        child.wait().unwrap();
        assert!(!runs(&time));
    }
}

#[test]
fn what_somebody_else_puts_in_the_place_of_a_placeholder_stays() {
    if !has_namespaces("placeholders") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let at = place.work().join(".settings");
        let spec = place
            .shell("echo ready; while test ! -e go; do sleep 0.01; done")
            .mount(json!({ "kind": "protect", "at": at, "as": "file" }));
        let mut running = place.start(&[], &spec.0);
        assert_eq!(running.line(), "ready");
        fs::write(&at, "the user's").unwrap();
        place.make(&place.work().join("go"), Some(""));
        running.end();
        assert_eq!(fs::read_to_string(&at).unwrap(), "the user's");
    }
}

#[test]
fn a_control_group_is_removed() {
    if !is_root() || !has_namespaces("control groups") {
        eprintln!("SKIPPED: control groups: only root may make them here");
        return;
    }
    let place = Place::new(User::Own);
    let outcome = place.run(&place.shell(OWN_GROUP).with("limits", json!({ "processes": 64 })));
    if !outcome.is_active("cgroup") {
        eprintln!("SKIPPED: control groups: {}", outcome.layer("cgroup"));
        return;
    }
    let own = outcome.printed();
    assert!(own.starts_with("pyagent-sandbox-"), "{outcome:?}");
    assert!(groups().iter().all(|path| !path.ends_with(own)));
}
