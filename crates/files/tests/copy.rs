//! Copies of real folders, compared with their originals.
#![cfg(all(not(feature = "portable"), any(target_os = "linux", target_vendor = "apple")))]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test ends at the first surprise")]

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyagent_files::{BasePool, CopyRequest, Reason, State, Strategy, TreeCopy, copy_tree, remove_tree, unmount_below};
use tempfile::TempDir;

struct Place {
    folder: TempDir,
    source: PathBuf,
    target: PathBuf,
}

impl Place {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let (source, target) = (folder.path().join("source"), folder.path().join("target"));
        fs::create_dir(&source).unwrap();
        Self { folder, source, target }
    }

    fn put(&self, path: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let file = self.source.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        file
    }

    fn copy(&self) -> TreeCopy {
        let pool = Arc::new(BasePool::create(&self.folder.path().join("bases")).unwrap());
        let layers = Some(self.folder.path().join("layers"));
        let request =
            CopyRequest { source: self.source.clone(), target: self.target.clone(), layers, pool: Some(pool) };
        copy_tree(&request).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        unmount_below(self.folder.path()).unwrap();
    }
}

/// Kind, mode, time and content of everything below a folder.
fn snapshot(root: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let stat = path.symlink_metadata().unwrap();
            let name = path.strip_prefix(root).unwrap().as_os_str().as_bytes().escape_ascii().to_string();
            let time = format!("{}.{:09}", stat.mtime(), stat.mtime_nsec());
            lines.push(if stat.is_symlink() {
                format!("{name} -> {:?}", fs::read_link(&path).unwrap())
            } else if stat.is_dir() {
                folders.push(path);
                format!("{name}/ {:o} {time}", stat.mode())
            } else {
                let content = blake3::hash(&fs::read(&path).unwrap());
                format!("{name} {:o} {time} {} {content}", stat.mode(), stat.nlink())
            });
        }
    }
    lines.sort();
    lines
}

#[test]
fn a_copy_has_the_same_bytes_modes_times_links_and_empty_folders() {
    let place = Place::new();
    for number in 0..300 {
        place.put(&format!("wide/{number}.txt"), format!("{number}"));
    }
    place.put("empty", "");
    place.put("large", vec![7; 3 << 20]);
    let script = place.put("bin/run", "#!/bin/sh");
    fs::set_permissions(script, fs::Permissions::from_mode(0o775)).unwrap();
    let secret = place.put("secret", "s");
    fs::set_permissions(secret, fs::Permissions::from_mode(0o400)).unwrap();
    fs::write(place.source.join(std::ffi::OsStr::from_bytes(b"n\xFFme")), "not text").unwrap();
    fs::hard_link(place.source.join("empty"), place.source.join("wide/empty-too")).unwrap();
    symlink("../outside", place.source.join("dangling")).unwrap();
    symlink("wide", place.source.join("to-folder")).unwrap();
    fs::create_dir(place.source.join("nothing")).unwrap();
    let closed = place.source.join("closed");
    fs::create_dir(&closed).unwrap();
    fs::write(closed.join("inside"), "i").unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).unwrap();
    let copy = place.copy();
    assert_eq!(snapshot(&place.target), snapshot(&place.source));
    assert_eq!(copy.changes().unwrap(), []);
    assert_eq!(copy.report().skipped, []);
}

#[test]
fn a_sparse_file_stays_sparse() {
    let place = Place::new();
    let file = fs::File::create(place.source.join("sparse")).unwrap();
    file.set_len(16 << 20).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"end", 12 << 20).unwrap();
    place.copy();
    let stat = fs::metadata(place.target.join("sparse")).unwrap();
    assert_eq!(stat.len(), 16 << 20);
    assert!(stat.blocks() * 512 < 2 << 20, "{} blocks", stat.blocks());
    assert!(fs::read(place.target.join("sparse")).unwrap() == fs::read(place.source.join("sparse")).unwrap());
}

#[test]
fn changes_are_found_by_content_and_not_by_time() {
    let place = Place::new();
    for name in ["kept", "touched", "edited", "removed", "mode", "kind", "same-size"] {
        place.put(name, format!("the {name} file"));
    }
    fs::create_dir(place.source.join("gone")).unwrap();
    symlink("a", place.source.join("link")).unwrap();
    let copy = place.copy();
    let at = |name: &str| place.target.join(name);
    fs::write(at("touched"), "the touched file").unwrap();
    fs::write(at("edited"), "other").unwrap();
    fs::remove_file(at("removed")).unwrap();
    fs::set_permissions(at("mode"), fs::Permissions::from_mode(0o755)).unwrap();
    fs::remove_file(at("kind")).unwrap();
    fs::create_dir(at("kind")).unwrap();
    fs::write(at("added"), "new").unwrap();
    fs::remove_dir(at("gone")).unwrap();
    fs::create_dir_all(at("made/empty")).unwrap();
    fs::remove_file(at("link")).unwrap();
    symlink("b", at("link")).unwrap();
    // Same size and same time: only the time of the last change of metadata tells.
    let time = fs::metadata(at("same-size")).unwrap().modified().unwrap();
    fs::write(at("same-size"), "THE same-size FILE").unwrap();
    fs::File::options().write(true).open(at("same-size")).unwrap().set_modified(time).unwrap();
    let found = copy.changes().unwrap();
    let word = |state: &State| match state {
        State::Absent => "absent".to_string(),
        State::File(file) => format!("file {:o}", file.mode & 0o111),
        State::Symlink(target) => format!("link {}", target.escape_ascii()),
        State::Folder(_) => "folder".to_string(),
        State::Other => "other".to_string(),
    };
    let lines: Vec<String> = found
        .iter()
        .map(|change| format!("{}: {} > {}", change.path, word(&change.before), word(&change.after)))
        .collect();
    assert_eq!(
        lines,
        [
            "added: absent > file 0",
            "edited: file 0 > file 0",
            "gone: folder > absent",
            "kind: file 0 > folder",
            "link: link a > link b",
            "made: absent > folder",
            "made/empty: absent > folder",
            "mode: file 0 > file 111",
            "removed: file 0 > absent",
            "same-size: file 0 > file 0",
        ]
    );
    let State::File(before) = &found[1].before else { panic!("{found:?}") };
    assert_eq!(copy.base(&before.hash).unwrap().as_deref(), Some(&b"the edited file"[..]));
    assert_eq!(copy.base(&"0".repeat(64)).unwrap(), None);
}

#[test]
fn sockets_and_git_are_left_out_and_named() {
    let place = Place::new();
    place.put(".git/HEAD", "ref: refs/heads/main");
    place.put("module/.git", "gitdir: elsewhere");
    let _socket = UnixListener::bind(place.source.join("socket")).unwrap();
    symlink(place.source.join("module"), place.source.join("absolute")).unwrap();
    let report = place.copy().report().clone();
    assert_eq!(report.git, [".git", "module/.git"]);
    assert_eq!(
        report.skipped.iter().map(|one| (one.path.as_str(), one.reason)).collect::<Vec<_>>(),
        [("socket", Reason::Special)]
    );
    assert_eq!(report.leading, ["absolute"]);
    assert!(!place.target.join(".git").exists() && !place.target.join("socket").exists());
}

#[test]
fn only_ignored_or_marked_folders_are_heavy() {
    let place = Place::new();
    place.put(".git/HEAD", "");
    place.put(".gitignore", "node_modules/\n/build\n");
    place.put("app/.gitignore", "dist\n");
    for path in ["node_modules/a/index.js", "build/out.js", "app/dist/app.js", "target/debug/x", "venv/pyvenv.cfg"] {
        place.put(path, "x");
    }
    for path in ["vendor/written.js", "lib/build/written.js", "dist/written.js"] {
        place.put(path, "x");
    }
    place.put("target/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
    let copy = place.copy();
    let heavy: Vec<&str> = copy.report().heavy.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(heavy, ["app/dist", "build", "node_modules", "target", "venv"]);
    fs::write(place.target.join("node_modules/a/index.js"), "changed").unwrap();
    fs::create_dir_all(place.target.join("other/node_modules")).unwrap();
    fs::write(place.target.join("other/node_modules/new.js"), "n").unwrap();
    fs::write(place.target.join("vendor/written.js"), "changed").unwrap();
    let changed: Vec<String> = copy.changes().unwrap().into_iter().map(|change| change.path).collect();
    assert_eq!(changed, ["other", "vendor/written.js"]);
}

#[test]
fn nothing_done_in_a_dependency_folder_of_the_copy_reaches_the_original() {
    for layered in [true, false] {
        let place = Place::new();
        place.put(".gitignore", "node_modules\n");
        for number in 0..20 {
            place.put(&format!("node_modules/package-{number}/index.js"), format!("module.exports = {number}"));
            place.put(&format!("node_modules/package-{number}/package.json"), "{}");
        }
        fs::hard_link(place.source.join("node_modules/package-1/index.js"), place.source.join("node_modules/again.js"))
            .unwrap();
        let before = snapshot(&place.source);
        let layers = layered.then(|| place.folder.path().join("layers"));
        let request = CopyRequest { source: place.source.clone(), target: place.target.clone(), layers, pool: None };
        let copy = copy_tree(&request).unwrap();
        if !layered {
            assert_ne!(copy.report().heavy[0].1, Strategy::Overlay);
        }
        let modules = place.target.join("node_modules");
        assert_eq!(fs::read(modules.join("package-3/index.js")).unwrap(), b"module.exports = 3");
        // Written in place, appended to, its mode changed, replaced by rename, removed with its folder.
        fs::write(modules.join("package-1/index.js"), "in place").unwrap();
        let mut file = fs::File::options().append(true).open(modules.join("package-2/index.js")).unwrap();
        std::io::Write::write_all(&mut file, b" appended").unwrap();
        fs::set_permissions(modules.join("package-3/index.js"), fs::Permissions::from_mode(0o600)).unwrap();
        fs::rename(modules.join("package-4"), modules.join(".package-4-retired")).unwrap();
        fs::create_dir(modules.join("package-4")).unwrap();
        fs::write(modules.join("package-4/index.js"), "newer").unwrap();
        fs::remove_dir_all(modules.join(".package-4-retired")).unwrap();
        fs::File::options().write(true).open(modules.join("package-5/index.js")).unwrap().set_len(0).unwrap();
        for entry in fs::read_dir(&modules).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        assert_eq!(snapshot(&place.source), before, "layered: {layered}");
        unmount_below(place.folder.path()).unwrap();
        remove_tree(&place.target).unwrap();
        assert_eq!(snapshot(&place.source), before, "layered: {layered}");
    }
}

#[test]
fn a_copy_inside_its_source_is_refused() {
    let place = Place::new();
    let target = place.source.join("copy");
    let request = CopyRequest { source: place.source.clone(), target: target.clone(), layers: None, pool: None };
    assert_eq!(copy_tree(&request).unwrap_err().code(), "state/path");
    assert!(!target.exists());
}

#[test]
fn a_removal_follows_no_link_and_enters_closed_folders() {
    let place = Place::new();
    let outside = place.folder.path().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("precious"), "p").unwrap();
    place.put("a/b/c", "c");
    symlink(&outside, place.source.join("a/link")).unwrap();
    fs::set_permissions(place.source.join("a/b"), fs::Permissions::from_mode(0o000)).unwrap();
    remove_tree(&place.source).unwrap();
    remove_tree(&place.source).unwrap();
    assert!(!place.source.exists());
    assert_eq!(fs::read(outside.join("precious")).unwrap(), b"p");
}

#[test]
fn a_mount_is_not_removed_with_the_folder_it_is_in() {
    let place = Place::new();
    place.put(".gitignore", "node_modules\n");
    place.put("node_modules/index.js", "x");
    let copy = place.copy();
    if copy.report().heavy[0].1 != Strategy::Overlay {
        eprintln!("skipped: this process may not mount an overlay here");
        return;
    }
    assert_eq!(remove_tree(&place.target).unwrap_err().code(), "state/path");
    assert_eq!(unmount_below(&place.target).unwrap().len(), 1);
    remove_tree(&place.target).unwrap();
    assert_eq!(fs::read(place.source.join("node_modules/index.js")).unwrap(), b"x");
}

#[test]
fn a_tree_that_is_rewritten_meanwhile_is_copied_without_harm() {
    let place = Place::new();
    let secret = place.folder.path().join("secret");
    fs::write(&secret, "outside").unwrap();
    for number in 0..200 {
        place.put(&format!("quiet/{number}"), "q");
    }
    let restless = place.source.join("restless");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            // Each name is a file, a link that leads outside, a folder, and nothing, in turns.
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                fs::create_dir_all(&restless).unwrap();
                for name in 0..8 {
                    let path = restless.join(name.to_string());
                    fs::write(&path, "inside").unwrap();
                    fs::remove_file(&path).unwrap();
                    symlink(&secret, &path).unwrap();
                    fs::remove_file(&path).unwrap();
                    fs::create_dir(&path).unwrap();
                    fs::write(path.join("deep"), "inside").unwrap();
                    fs::remove_dir_all(&path).unwrap();
                }
                fs::remove_dir_all(&restless).unwrap();
            }
        });
        for round in 0..12 {
            let target = place.folder.path().join(format!("copy-{round}"));
            let request =
                CopyRequest { source: place.source.clone(), target: target.clone(), layers: None, pool: None };
            let copied = copy_tree(&request);
            if round == 11 || copied.is_err() {
                done.store(true, std::sync::atomic::Ordering::Relaxed);
            }
            copied.unwrap();
            assert_eq!(fs::read_dir(target.join("quiet")).unwrap().count(), 200);
            for name in 0..8 {
                let path = target.join("restless").join(name.to_string());
                let is_file = path.symlink_metadata().is_ok_and(|stat| stat.is_file());
                assert!(!is_file || fs::read(&path).unwrap() != b"outside");
            }
        }
    });
}
