//! What a command finds and can change.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::panic)]

mod harness;

use std::fs;
use std::os::unix::fs::symlink;

use harness::{Place, User, has_namespaces, is_root, names_in, users};
use serde_json::json;

#[test]
fn writes_into_the_folder_stay_and_belong_to_its_owner() {
    if !has_namespaces("writing") {
        return;
    }
    for user in users() {
        use std::os::unix::fs::MetadataExt;
        let place = Place::new(user);
        let outcome = place.run(&place.shell("echo hello > new; mkdir folder; id -u"));
        assert_ne!(outcome.printed(), "0");
        assert_eq!(fs::read_to_string(place.work().join("new")).unwrap(), "hello\n");
        let owner = fs::metadata(place.work()).unwrap().uid();
        assert_eq!(fs::metadata(place.work().join("new")).unwrap().uid(), owner);
        assert_eq!(fs::metadata(place.work().join("folder")).unwrap().uid(), owner);
    }
}

#[test]
fn nothing_else_can_be_written_and_what_was_not_shown_is_not_there() {
    if !has_namespaces("reading only") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        place.make(&place.beside("secret"), Some("hush"));
        let script = format!(
            "for at in / /usr /usr/bin /etc /proc/sys /dev /sys; do touch $at/made 2>/dev/null && echo wrote $at; done; \
             cat {} 2>/dev/null; ls -A /home /root /var 2>/dev/null; echo done",
            place.beside("secret").display()
        );
        assert_eq!(place.run(&place.shell(&script)).printed(), "done");
        let read = json!({ "kind": "read", "from": place.work(), "at": place.work() });
        let outcome = place.run(&place.shell_with(read, "touch x 2>/dev/null || echo refused"));
        assert_eq!(outcome.printed(), "refused");
    }
}

#[test]
fn an_overlay_takes_the_writes_also_below_odd_names() {
    if !has_namespaces("overlays") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let odd = place.beside("a, b:c=\\d \"e\"\nf");
        place.make(&odd.join("old"), Some("old"));
        place.make(&place.beside("layer/upper"), None);
        place.make(&place.beside("layer/work"), None);
        let mount = json!({
            "kind": "overlay", "from": odd, "at": odd, "upper": place.beside("layer/upper"), "work": place.beside("layer/work"),
        });
        let spec = place.shell_with(mount, "echo new > new; rm old; ls").with("cwd", json!(odd));
        assert_eq!(place.run(&spec).printed(), "new");
        assert_eq!(names_in(&odd), ["old"]);
        assert_eq!(names_in(&place.beside("layer/upper")), ["new", "old"]);
        // The layer is there for the next command.
        let mut again = spec.clone();
        again.0["argv"] = json!(["cat", "new"]);
        assert_eq!(place.run(&again).printed(), "new");

        let memory = json!({ "kind": "overlay", "from": odd, "at": odd, "bytes": 1 << 20 });
        let spec = place.shell_with(memory, "rm old; echo x > y; ls").with("cwd", json!(odd));
        assert_eq!(place.run(&spec).printed(), "y");
        assert_eq!(names_in(&odd), ["old"]);
    }
}

#[test]
fn what_is_protected_cannot_be_changed_moved_or_made_and_nothing_stays_behind() {
    if !has_namespaces("protection") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        place.make(&place.work().join("there/file"), Some("kept"));
        place.make(&place.work().join("deep/down/file"), Some("kept"));
        let before = place.names();
        let script = "
            attempt() { \"$@\" 2>/dev/null && echo \"worked: $*\"; }
            attempt sh -c 'echo x > there/file'
            attempt touch there/new
            attempt mv there elsewhere
            attempt rm -r there
            attempt mv deep elsewhere
            attempt mv deep/down elsewhere
            attempt sh -c 'echo x > deep/down/file'
            attempt mv deep/down/file elsewhere
            attempt ln -sf /tmp there
            for name in folder file nothing; do
                attempt sh -c \"echo x > absent-$name\"
                attempt mkdir absent-$name
                attempt touch absent-$name/x
                attempt rmdir absent-$name
                attempt rm absent-$name
                attempt mv absent-$name elsewhere
                touch mine; attempt mv -T mine absent-$name; rm mine
                mkdir mine; attempt mv -T mine absent-$name; rmdir mine
                attempt ln -sfT /tmp absent-$name
            done
            attempt mkdir -p way/to
            attempt mv way elsewhere
            test -e absent-nothing && echo there is something
            cat absent-nothing 2>/dev/null && echo it can be read
            test -d absent-folder -a -f absent-file || echo a placeholder is missing
            touch free
            # Moving out of a mount copies first, and then cannot remove.
            rm -r elsewhere";
        let mut spec = place.shell(script);
        for (path, shape) in [
            ("there", "folder"),
            ("deep/down/file", "file"),
            ("absent-folder", "folder"),
            ("absent-file", "file"),
            ("absent-nothing", "nothing"),
            ("way/to/config", "file"),
        ] {
            spec = spec.mount(json!({ "kind": "protect", "at": place.work().join(path), "as": shape }));
        }
        assert_eq!(place.run(&spec).printed(), "");
        fs::remove_file(place.work().join("free")).unwrap();
        assert_eq!(place.names(), before);
        assert_eq!(fs::read_to_string(place.work().join("deep/down/file")).unwrap(), "kept");
    }
}

#[test]
fn a_protected_link_stays_and_so_does_what_it_leads_to() {
    if !has_namespaces("protected links") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        place.make(&place.work().join("inner/real/settings"), Some("kept"));
        place.make(&place.work().join("other"), None);
        // As the kernel reads it: through `jump` into `inner/real`, from there one up.
        symlink("inner/real", place.work().join("jump")).unwrap();
        symlink("jump/../real/settings", place.work().join("link")).unwrap();
        symlink("inner/absent", place.work().join("dangling")).unwrap();
        let script = "
            attempt() { \"$@\" 2>/dev/null && echo \"worked: $*\"; }
            attempt sh -c 'echo x > link'
            attempt sh -c 'echo x > inner/real/settings'
            attempt rm link
            attempt mv other/x link
            attempt ln -sfn other jump
            attempt mv inner elsewhere
            attempt sh -c 'echo x > dangling'
            attempt touch inner/absent
            true";
        let mut spec = place.shell(script);
        for path in ["link", "dangling"] {
            spec = spec.mount(json!({ "kind": "protect", "at": place.work().join(path), "as": "file" }));
        }
        assert_eq!(place.run(&spec).printed(), "");
        assert_eq!(fs::read_to_string(place.work().join("inner/real/settings")).unwrap(), "kept");
        assert_eq!(names_in(&place.work().join("inner")), ["real"]);
    }
}

#[test]
fn what_is_hidden_cannot_be_read_through_a_link_or_from_another_folder() {
    if !has_namespaces("hiding") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        place.make(&place.work().join("keys/one"), Some("hush"));
        place.make(&place.work().join(".env"), Some("hush"));
        symlink(".env", place.work().join("link")).unwrap();
        let script = "
            for way in .env link keys/one /proc/self/cwd/.env; do cat $way 2>/dev/null; done
            chmod 777 .env keys 2>/dev/null && echo mode changed
            rm .env 2>/dev/null && echo removed
            mkdir sub && mv keys sub/ 2>/dev/null && echo moved
            ls keys 2>/dev/null; rmdir sub; true";
        let mut spec = place.shell(script);
        for path in [".env", "keys", "absent"] {
            spec = spec.mount(json!({ "kind": "hide", "at": place.work().join(path) }));
        }
        assert_eq!(place.run(&spec).printed(), "");
        assert_eq!(fs::read_to_string(place.work().join(".env")).unwrap(), "hush");
        let mut by_link = place.shell("cat link .env 2>/dev/null; true");
        by_link = by_link.mount(json!({ "kind": "hide", "at": place.work().join("link") }));
        assert_eq!(place.run(&by_link).printed(), "");
    }
}

#[test]
fn a_placeholder_stays_while_another_sandbox_works_in_the_same_folder() {
    if !has_namespaces("two sandboxes in one folder") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        let protect = json!({ "kind": "protect", "at": place.work().join(".settings"), "as": "folder" });
        let slow = place
            .shell("echo ready; read line < fifo; touch .settings/x 2>/dev/null && echo worked")
            .mount(protect.clone());
        assert!(std::process::Command::new("mkfifo").arg(place.work().join("fifo")).status().unwrap().success());
        fs::set_permissions(place.work().join("fifo"), std::os::unix::fs::PermissionsExt::from_mode(0o666)).unwrap();
        let first_spec = place.shell("echo ready; read line < fifo").mount(protect);
        let mut first = place.start(&[], &first_spec.0);
        assert_eq!(first.line(), "ready");
        let mut second = place.start(&[], &slow.0);
        assert_eq!(second.line(), "ready");
        // The first ends by a signal, and with it whatever it had to tidy.
        first.signal("TERM");
        first.end();
        assert!(place.work().join(".settings").is_dir());
        fs::write(place.work().join("fifo"), "go\n").unwrap();
        assert_eq!(second.end().stdout, "");
        // Whoever waits for the folder does it now.
        for _ in 0..500 {
            if place.names() == ["fifo"] {
                break;
            }
            std::thread::yield_now();
            let _ = std::process::Command::new("true").status();
        }
        assert_eq!(place.names(), ["fifo"]);
    }
}

#[test]
fn root_works_as_the_owner_of_the_folder_and_not_as_anybody_else() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
    if !is_root() || !has_namespaces("somebody else's folder") {
        eprintln!("SKIPPED: somebody else's folder: only root can make one");
        return;
    }
    let place = Place::new(User::Own);
    place.make(&place.work().join("roots"), Some("root's own"));
    place.make(&place.work().join("theirs"), Some("theirs"));
    fs::set_permissions(place.work().join("roots"), PermissionsExt::from_mode(0o600)).unwrap();
    chown(place.work(), Some(4321), Some(8765)).unwrap();
    chown(place.work().join("theirs"), Some(4321), Some(8765)).unwrap();
    let script =
        "cat theirs; cat roots 2>/dev/null; echo x 2>/dev/null > roots; echo new > new; id -u; id -g; stat -c %u new";
    let outcome = place.run(&place.shell(script));
    assert!(outcome.is_active("identity"), "{outcome:?}");
    assert_eq!(outcome.printed(), "theirs1000\n1000\n1000");
    let new = fs::metadata(place.work().join("new")).unwrap();
    assert_eq!((new.uid(), new.gid()), (4321, 8765));
    assert_eq!(fs::read_to_string(place.work().join("roots")).unwrap(), "root's own");
}

#[test]
fn no_way_of_making_a_file_gives_it_another_users_rights() {
    if !has_namespaces("set-user-id bits") {
        return;
    }
    for user in users() {
        let place = Place::new(user);
        place.make(&place.beside("tools/mode"), Some(""));
        fs::set_permissions(place.beside("tools/mode"), std::os::unix::fs::PermissionsExt::from_mode(0o6755)).unwrap();
        let script = format!(
            "touch file; chmod 4755 file; chmod g+s file; chmod 6777 .
            install -m 4755 file installed; cp -p {0}/mode copied; mkdir -m 2755 folder
            tar -C {0} -c mode | tar -xp; find . -perm /6000",
            place.beside("tools").display()
        );
        let tools = json!({ "kind": "read", "from": place.beside("tools"), "at": place.beside("tools") });
        let outcome = place.run(&place.shell(&format!("({script}) 2>/dev/null; true")).mount(tools));
        assert_eq!(outcome.printed(), "", "{outcome:?}");
    }
}

#[test]
fn a_folder_that_holds_a_mount_shows_it() {
    if !is_root() || !has_namespaces("mounts inside") {
        eprintln!("SKIPPED: mounts inside: only root can make one");
        return;
    }
    let place = Place::new(User::Own);
    place.make(&place.work().join("disk"), None);
    let mount =
        format!("mount -t tmpfs none {0} && touch {0}/there && exec \"$@\"", place.work().join("disk").display());
    let wrapper = ["unshare", "--mount", "sh", "-c", &mount, "sh"];
    let script = "ls disk; rmdir disk 2>/dev/null || mv disk other 2>/dev/null || echo stays; echo x 2>/dev/null > disk/there || echo kept";
    let spec =
        place.shell(script).mount(json!({ "kind": "protect", "at": place.work().join("disk/there"), "as": "file" }));
    let outcome = place.start(&wrapper, &spec.0).end();
    assert_eq!(outcome.printed(), "there\nstays\nkept", "{outcome:?}");
}
