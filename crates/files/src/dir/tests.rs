use std::fs;
use std::os::unix::fs::symlink;

use super::Dir;

#[test]
fn no_way_leads_out_or_through_a_link_whichever_call_the_system_has() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("a/b")).unwrap();
    fs::create_dir(folder.path().join("outside")).unwrap();
    symlink("../outside", root.join("out")).unwrap();
    symlink("a", root.join("inner")).unwrap();
    fs::write(root.join("file"), "").unwrap();
    let dir = Dir::open(&root).unwrap();
    for open in [Dir::beneath, Dir::beneath_step_by_step] {
        assert!(open(&dir, b"a/b").is_ok());
        for refused in [&b".."[..], b"a/../..", b"out", b"inner/b", b"file", b"missing"] {
            assert!(open(&dir, refused).is_err(), "{}", String::from_utf8_lossy(refused));
        }
    }
}

#[test]
fn a_mode_is_set_also_where_the_old_one_lets_nobody_in() {
    use std::os::unix::fs::PermissionsExt;
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
