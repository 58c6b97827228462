use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use super::{Dir, is_link_in_the_way};

#[test]
fn step_by_step_no_way_leads_out_or_through_a_link_either() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::create_dir(folder.path().join("outside")).unwrap();
    symlink("../outside", root.join("out")).unwrap();
    symlink("a", root.join("inner")).unwrap();
    fs::write(root.join("file"), "").unwrap();
    let dir = Dir::open(&root).unwrap();
    assert!(dir.beneath_step_by_step(b"a/b").is_ok());
    for refused in [&b".."[..], b"a/../..", b"file", b"missing"] {
        assert!(dir.beneath_step_by_step(refused).is_err(), "{}", String::from_utf8_lossy(refused));
    }
    for link in [&b"out"[..], b"inner/b"] {
        assert!(is_link_in_the_way(&dir.beneath_step_by_step(link).unwrap_err()));
    }
}

#[test]
fn a_mode_is_set_also_where_the_old_one_lets_nobody_in() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("closed");
    fs::write(&path, "x").unwrap();
    let dir = Dir::open(folder.path()).unwrap();
    for mode in [0o000, 0o4755, 0o600] {
        dir.set_mode("closed".as_ref(), mode).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
    }
    dir.set_mode_unread("closed".as_ref(), rustix::fs::Mode::from_raw_mode(0o640)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o640);
    symlink("closed", folder.path().join("link")).unwrap();
    assert!(dir.set_mode("link".as_ref(), 0o777).is_err());
    assert!(dir.set_mode_unread("link".as_ref(), rustix::fs::Mode::RWXU).is_err());
}
