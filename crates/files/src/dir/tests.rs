use std::fs;
use std::path::Path;

use super::{Dir, Kind, is_link_in_the_way};

/// A symbolic link by the means of this system.
pub(crate) fn symlink(target: impl AsRef<Path>, place: impl AsRef<Path>) {
    let (target, place) = (target.as_ref().as_os_str(), place.as_ref());
    let folder = Dir::open(place.parent().unwrap()).unwrap();
    folder.symlink(&crate::os_name::name_bytes(target), place.file_name().unwrap()).unwrap();
}

#[test]
fn no_way_leads_out_or_through_a_link() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::create_dir(folder.path().join("outside")).unwrap();
    symlink("../outside", root.join("out"));
    symlink("a", root.join("inner"));
    fs::write(root.join("file"), "").unwrap();
    let dir = Dir::open(&root).unwrap();
    assert!(dir.beneath(b"a/b").is_ok());
    for refused in [&b".."[..], b"a/../..", b"/", b"file", b"missing"] {
        assert!(dir.beneath(refused).is_err(), "{}", String::from_utf8_lossy(refused));
    }
    for link in [&b"out"[..], b"inner", b"inner/b"] {
        assert!(is_link_in_the_way(&dir.beneath(link).unwrap_err()), "{}", String::from_utf8_lossy(link));
    }
}

#[test]
fn what_is_changed_in_a_folder_that_became_a_link_does_not_reach_where_it_leads() {
    let folder = tempfile::tempdir().unwrap();
    let (root, outside) = (folder.path().join("root"), folder.path().join("outside"));
    fs::create_dir_all(root.join("a")).unwrap();
    fs::create_dir_all(outside.join("empty")).unwrap();
    for name in ["file", "other"] {
        fs::write(outside.join(name), name).unwrap();
    }
    let dir = Dir::open(&root).unwrap().beneath(b"a").unwrap();
    fs::rename(root.join("a"), root.join("moved")).unwrap();
    symlink(&outside, root.join("a"));
    let [file, other, empty, new] = ["file", "other", "empty", "new"].map(std::ffi::OsStr::new);
    // Some fail and some reach the folder that was moved: neither is what matters here.
    drop((dir.create(new), dir.make_folder(new, 0o755), dir.symlink(b"x", new), dir.hard_link(file, &dir, new)));
    drop((dir.rename(file, other), dir.rename_new(file, new), dir.exchange(file, other)));
    drop((dir.remove_file(file), dir.remove_folder(empty), dir.set_mode(file, 0o444)));
    if let Ok(update) = dir.open_update(file) {
        update.set_len(0).unwrap();
    }
    let mut names = Dir::open(&outside).unwrap().names().unwrap();
    names.sort();
    assert_eq!(names, ["empty", "file", "other"]);
    assert_eq!(fs::read_to_string(outside.join("file")).unwrap(), "file");
    assert!(!fs::metadata(outside.join("file")).unwrap().permissions().readonly());
}

#[test]
fn a_link_is_neither_opened_nor_changed_through() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "bytes").unwrap();
    symlink("file", folder.path().join("link"));
    let dir = Dir::open(folder.path()).unwrap();
    assert_eq!(dir.stat("link".as_ref()).unwrap().unwrap().kind, Kind::Symlink);
    assert_eq!(dir.read_link("link".as_ref()).unwrap(), b"file");
    assert!(is_link_in_the_way(&dir.open_file("link".as_ref()).unwrap_err()));
    assert!(is_link_in_the_way(&dir.open_update("link".as_ref()).unwrap_err()));
    assert!(is_link_in_the_way(&dir.set_mode("link".as_ref(), 0o444).unwrap_err()));
    assert!(dir.create("link".as_ref()).is_err());
    dir.remove_file("link".as_ref()).unwrap();
    assert_eq!(fs::read_to_string(folder.path().join("file")).unwrap(), "bytes");
}

#[test]
fn a_rename_to_a_new_name_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a", "b"] {
        fs::write(folder.path().join(name), name).unwrap();
    }
    let dir = Dir::open(folder.path()).unwrap();
    let error = dir.rename_new("a".as_ref(), "b".as_ref()).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    dir.rename_new("a".as_ref(), "c".as_ref()).unwrap();
    dir.rename("c".as_ref(), "b".as_ref()).unwrap();
    assert_eq!(dir.names().unwrap(), ["b"]);
    assert_eq!(fs::read_to_string(folder.path().join("b")).unwrap(), "a");
}

#[test]
fn a_file_that_was_made_read_only_can_still_be_replaced_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let dir = Dir::open(folder.path()).unwrap();
    for name in ["a", "b"] {
        fs::write(folder.path().join(name), name).unwrap();
        dir.set_mode(name.as_ref(), 0o444).unwrap();
        assert_eq!(dir.stat(name.as_ref()).unwrap().unwrap().mode, 0o444);
    }
    dir.rename("a".as_ref(), "b".as_ref()).unwrap();
    dir.set_mode("b".as_ref(), 0o644).unwrap();
    assert_eq!(dir.stat("b".as_ref()).unwrap().unwrap().mode & 0o200, 0o200);
    dir.set_mode("b".as_ref(), 0o444).unwrap();
    dir.remove_file("b".as_ref()).unwrap();
    assert!(dir.names().unwrap().is_empty());
}

#[test]
fn a_name_is_known_by_its_exact_letters() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Name"), "").unwrap();
    symlink("nowhere", folder.path().join("Link"));
    let dir = Dir::open(folder.path()).unwrap();
    for name in ["Name", "Link"] {
        let stat = dir.stat(name.as_ref()).unwrap().unwrap();
        assert!(dir.is_spelt_so(name.as_ref(), &stat).unwrap());
    }
}
