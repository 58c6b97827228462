//! What a command may use up, also when it hides what it uses. Everything here is bounded and ends by itself.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod harness;

use harness::{Outcome, Place, has_namespaces, users};
use serde_json::{Value, json};

const MIB: u64 = 1 << 20;

fn exceeded(outcome: &Outcome) -> &Value {
    &outcome.ended()["exceeded"]
}

#[test]
fn processes_files_and_descriptors_are_counted() {
    if !has_namespaces("limits of processes") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let script = "i=0; while test $i -lt 60; do sleep 5 2>/dev/null & i=$((i+1)); done; true";
        let outcome = place.run(&place.shell(script).with("limits", json!({ "processes": 20 })));
        let refused = outcome.ended()["code"] != 0 && outcome.stderr.contains("ork");
        assert!(refused, "{outcome:?}");

        let outcome = place.run(&place.shell("head -c 2M /dev/zero > big").with("limits", json!({ "fileBytes": MIB })));
        assert_ne!(outcome.ended()["code"], 0);
        assert_eq!(std::fs::metadata(place.work().join("big")).unwrap().len(), MIB);

        let outcome = place.run(&place.shell("ulimit -n; ulimit -c").with("limits", json!({ "openFiles": 33 })));
        assert_eq!(outcome.printed(), "33\n0");

        let outcome = place.run(&place.shell("while :; do :; done").with("limits", json!({ "cpuSeconds": 1 })));
        assert!(outcome.ended()["signal"] == 9 || outcome.ended()["signal"] == 24, "{outcome:?}");
    }
}

#[test]
fn memory_of_all_processes_together_is_bounded() {
    if !has_namespaces("the limit of memory") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        // Each keeps a line of 40 MiB in memory until its input ends.
        let script = "for i in 1 2 3 4 5; do (head -c 40M /dev/zero; sleep 5) | tail > /dev/null & done; wait";
        let spec = place.shell(script).with("limits", json!({ "memoryBytes": 100 * MIB }));
        let outcome = place.run(&spec);
        assert!(outcome.is_active("cgroup") || outcome.is_active("memory"), "{outcome:?}");
        let enough = place.run(
            &place.shell("head -c 20M /dev/zero | tail | wc -c").with("limits", json!({ "memoryBytes": 100 * MIB })),
        );
        assert_eq!(enough.printed(), (20 * MIB).to_string());
        let watched = outcome.is_active("memory");
        assert!(!watched || exceeded(&outcome) == "memory", "{outcome:?}");
    }
}

#[test]
fn what_is_written_into_the_folder_is_bounded_however_it_is_kept() {
    if !has_namespaces("the limit of the workspace") {
        return;
    }
    let ways = [
        "head -c 60M /dev/zero > big",
        "for i in 1 2 3 4 5 6; do head -c 10M /dev/zero > part$i; done",
        "mkdir secret; head -c 60M /dev/zero > secret/big; chmod 000 secret",
        "exec 5> big; rm big; head -c 60M /dev/zero >&5",
        "i=0; while test $i -lt 60; do d=$(printf %0200d $i); mkdir $d; cd -P $d || cd ./$d; i=$((i+1)); done; head -c 60M /dev/zero > big",
    ];
    for user in users() {
        for way in ways {
            let place = Place::new(user);
            let spec = place.shell(&format!("{way}; sync . 2>/dev/null; sleep 20"));
            let outcome = place.run(&spec.with("limits", json!({ "workspaceBytes": 30 * MIB })));
            assert_eq!(exceeded(&outcome), "workspace", "{way}: {outcome:?}");
            assert_eq!(outcome.ended()["signal"], 9);
            let _ = std::process::Command::new("chmod").args(["-R", "u+rwx"]).arg(place.work()).status();
        }
        let place = Place::new(user);
        let within =
            place.shell("head -c 20M /dev/zero > big; sleep 0.3").with("limits", json!({ "workspaceBytes": 30 * MIB }));
        assert_eq!(place.run(&within).printed(), "");
        for part in ["layer/upper", "layer/work"] {
            place.make(&place.beside(part), None);
        }
        let overlay = json!({
            "kind": "overlay", "from": place.work(), "at": place.work(),
            "upper": place.beside("layer/upper"), "work": place.beside("layer/work"),
        });
        let spec = place.shell_with(overlay, "head -c 60M /dev/zero > other; sleep 20");
        let outcome = place.run(&spec.with("limits", json!({ "workspaceBytes": 30 * MIB })));
        assert_eq!(exceeded(&outcome), "workspace", "{outcome:?}");
        assert_eq!(place.names(), ["big"]);
    }
}
