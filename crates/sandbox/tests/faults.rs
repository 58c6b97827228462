//! Processes of the helper are killed at steps of the set-up: the command never runs, and nothing is left.
//!
//! strace kills whichever process comes to the n-th call of a kind. The few points of the short form are tried with every
//! change; all of them by `npm run sandbox:faults`.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod harness;

use std::collections::HashSet;
use std::fs;
use std::process::Command;

use harness::{Place, User, has, has_namespaces, is_root, users};
use serde_json::json;

/// Calls that are made before the command begins, and by nobody afterwards, and how many times at most.
const BEFORE: [(&str, u32); 21] = [
    ("capset", 2),
    ("clone", 3),
    ("close_range", 1),
    ("fchdir", 1),
    ("fsmount", 6),
    ("fsopen", 6),
    ("landlock_create_ruleset", 2),
    ("landlock_restrict_self", 1),
    ("mkdir", 12),
    ("mount", 1),
    ("mount_setattr", 24),
    ("move_mount", 40),
    ("open_tree", 30),
    ("pidfd_open", 1),
    ("pivot_root", 1),
    ("seccomp", 4),
    ("setresuid", 1),
    ("setsid", 1),
    ("socketpair", 3),
    ("symlink", 8),
    ("umount2", 4),
];

fn can_trace() -> bool {
    let traced = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    let possible = traced.is_ok_and(|output| output.status.success());
    if !possible {
        eprintln!("SKIPPED: faults: strace cannot trace here");
    }
    possible
}

fn groups() -> HashSet<String> {
    ["/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory", "/sys/fs/cgroup"]
        .iter()
        .flat_map(|above| fs::read_dir(above).into_iter().flatten().flatten())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Returns whether the point was reached.
fn kill_at(user: User, call: &str, nth: u32) -> bool {
    let place = Place::new(user);
    place.make(&place.work().join("there/file"), Some("kept"));
    let mut spec =
        place.shell(": > trace; exit 3").with("limits", json!({ "processes": 64, "workspaceBytes": 1 << 30 }));
    for (name, shape) in [("there", "folder"), (".git", "folder"), (".npmrc", "file"), (".pnp.cjs", "nothing")] {
        spec = spec.mount(json!({ "kind": "protect", "at": place.work().join(name), "as": shape }));
    }
    let log = place.beside("log");
    place.make(&log, Some(""));
    let inject = format!("inject={call}:signal=KILL:when={nth}");
    let log = log.display().to_string();
    let wrapper = ["strace", "-f", "-q", "-o", &log, "-e", &format!("trace={call},clone,execve"), "-e", &inject];
    let before = groups();
    let outcome = place.start(&wrapper, &spec.0).end();
    let traced = fs::read_to_string(&log).unwrap();
    let what = format!("{user:?} {call} {nth}: {outcome:?}\n{traced}");
    let reached = traced.contains("killed by SIGKILL");
    if reached && outcome.answers.iter().all(|answer| answer["event"] != "started") {
        assert!(!place.work().join("trace").exists(), "the command ran: {what}");
    } else {
        assert!(!reached || call == "clone", "it was started: {what}");
    }
    let _ = fs::remove_file(place.work().join("trace"));
    assert_eq!(place.names(), ["there"], "{what}");
    assert_eq!(fs::read_to_string(place.work().join("there/file")).unwrap(), "kept");
    let now = groups();
    for pid in traced.lines().filter_map(|line| line.split_whitespace().next()) {
        let group = format!("pyagent-sandbox-{pid}");
        assert!(before.contains(&group) || !now.contains(&group), "a control group is left: {what}");
    }
    reached
}

#[test]
fn a_kill_while_the_sandbox_is_made_runs_nothing_and_leaves_nothing() {
    if !has_namespaces("faults") || !has("strace", "faults") || !can_trace() {
        return;
    }
    for (call, nth) in
        [("clone", 1), ("move_mount", 20), ("symlink", 7), ("capset", 1), ("seccomp", 4), ("close_range", 1)]
    {
        kill_at(User::Own, call, nth);
    }
}

#[test]
#[ignore = "the long form: npm run sandbox:faults"]
fn a_kill_at_any_step_runs_nothing_and_leaves_nothing() {
    if !has_namespaces("faults") || !has("strace", "faults") || !can_trace() {
        return;
    }
    let mut reached = 0;
    for user in users() {
        for (call, most) in BEFORE {
            for nth in 1..=most {
                reached += u32::from(kill_at(user, call, nth));
            }
        }
    }
    assert!(reached > 60, "only {reached} points were reached");
    eprintln!("{reached} points, as root: {}", is_root());
}
