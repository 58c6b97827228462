use std::fs::{self, File};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use super::{Manifest, ScanOptions};
use crate::dir::HAS_MODES;
use crate::dir::tests::symlink;
use crate::{Objects, State, Tree};

fn world() -> (TempDir, Tree) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    for (path, text) in [
        ("a", "one"),
        ("src/b", "two"),
        ("node_modules/x/i.js", "made"),
        ("cache/CACHEDIR.TAG", "tag"),
        (".git/HEAD", "h"),
    ] {
        let place = root.join(path);
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        fs::write(place, text).unwrap();
    }
    fs::create_dir(root.join("empty")).unwrap();
    symlink("nowhere", root.join("link"));
    let tree = Tree::open(&root, Arc::new(Objects::new(&folder.path().join("objects")))).unwrap();
    (folder, tree)
}

fn paths(manifest: &Manifest) -> Vec<&str> {
    manifest.entries.keys().map(String::as_str).collect()
}

#[test]
fn a_scan_knows_everything_but_git_and_what_tools_make() {
    let (_folder, tree) = world();
    let all = tree.scan(&ScanOptions::default()).unwrap();
    let made = ["cache", "cache/CACHEDIR.TAG", "node_modules", "node_modules/x", "node_modules/x/i.js"];
    let own = ["a", "empty", "link", "src", "src/b"];
    let mut expected = [&own[..], &made[..]].concat();
    expected.sort_unstable();
    assert_eq!(paths(&all), expected);
    let some = tree.scan(&ScanOptions { skip_made: true, ..ScanOptions::default() }).unwrap();
    assert_eq!(paths(&some), own);
    assert_eq!(some.size(), 6);
}

#[test]
fn whatever_happens_to_a_tree_is_told_exactly() {
    let (_folder, tree) = world();
    let root = tree.path().to_owned();
    let before = tree.scan(&ScanOptions { skip_made: true, ..ScanOptions::default() }).unwrap();
    assert!(tree.keep_all(&before).unwrap().is_empty());
    let kept = tree.keep_manifest(&before).unwrap();
    assert!(tree.compare(&before).unwrap().is_empty());
    fs::write(root.join("a"), "ONE").unwrap();
    #[cfg(unix)]
    fs::set_permissions(root.join("src/b"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    fs::remove_dir(root.join("empty")).unwrap();
    fs::write(root.join("empty"), "a file now").unwrap();
    fs::remove_file(root.join("link")).unwrap();
    fs::write(root.join("node_modules/x/i.js"), "not looked at").unwrap();
    let found = tree.compare(&tree.load_manifest(&kept).unwrap()).unwrap();
    let expected = if HAS_MODES { &["a", "empty", "link", "src/b"][..] } else { &["a", "empty", "link"] };
    assert_eq!(found.iter().map(|one| one.path.as_str()).collect::<Vec<_>>(), expected);
    assert_eq!(found[2].before, State::Symlink(b"nowhere".to_vec()));
    assert_eq!(found[2].after, State::Absent);
    assert_eq!(tree.objects().read(&crate::hash_bytes(b"one")).unwrap(), b"one");
}

#[test]
fn a_change_that_hides_behind_the_old_time_and_size_is_found() {
    let (_folder, tree) = world();
    let place = tree.path().join("a");
    let before = tree.scan(&ScanOptions::default()).unwrap();
    let modified = fs::metadata(&place).unwrap().modified().unwrap();
    fs::write(&place, "ONE").unwrap();
    File::open(&place).unwrap().set_modified(modified).unwrap();
    assert_eq!(tree.compare(&before).unwrap().len(), 1);
}

#[test]
fn a_cache_is_used_for_what_nothing_touched_and_never_believed_when_damaged() {
    let (folder, tree) = world();
    let cache = folder.path().join("cache/scan");
    let options = ScanOptions { cache: Some(cache.clone()), ..ScanOptions::default() };
    let first = tree.scan(&options).unwrap();
    // As if the scan had been made long after the files changed: only then a stamp alone is believed.
    let later = Manifest { started: first.started + 10 * super::RACY, ..first.clone() };
    super::write_cache(&cache, &later).unwrap();
    assert_eq!(tree.scan(&options).unwrap().entries, first.entries);
    let mut bytes = fs::read(&cache).unwrap();
    for at in [0, 40, bytes.len() - 1] {
        bytes[at] ^= 1;
        fs::write(&cache, &bytes).unwrap();
        assert_eq!(tree.scan(&options).unwrap().entries, first.entries);
    }
    let future = SystemTime::now() + Duration::from_secs(3_600);
    File::open(tree.path().join("a")).unwrap().set_modified(future).unwrap();
    assert_ne!(tree.scan(&options).unwrap().entries["a"].stamp, first.entries["a"].stamp);
}
