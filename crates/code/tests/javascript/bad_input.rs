use std::fs;

use pyagent_code::{AnalyzeError, Index, Request};

use crate::repo::Repo;

fn reasons(repo: &Repo) -> Vec<String> {
    repo.report().skipped.into_iter().map(|file| format!("{} {}", file.path, file.reason)).collect()
}

#[test]
fn a_root_that_is_no_folder_is_an_error_with_the_path() {
    let repo = Repo::new(&[("a.ts", "")]);
    let ask = |root: std::path::PathBuf| Index::new().analyze(&Request { root, ..repo.request() });
    assert!(matches!(ask(repo.root().join("missing")), Err(AnalyzeError::RootMissing { .. })));
    assert!(matches!(ask(repo.root().join("a.ts")), Err(AnalyzeError::RootNotFolder { .. })));
    let bad = Request { only: vec!["a{".to_string()], ..repo.request() };
    assert!(matches!(Index::new().analyze(&bad), Err(AnalyzeError::BadGlob { .. })));
}

#[test]
fn an_empty_repository_gives_an_empty_report() {
    assert_eq!(Repo::new(&[]).report(), pyagent_code::Report::default());
}

#[test]
fn files_that_cannot_be_read_are_named_and_the_rest_goes_on() {
    let repo =
        Repo::new(&[("broken.ts", "import { a from './x';\n"), ("ok.ts", "import { b } from './y';\nexport {};\n")]);
    repo.write("latin.js", b"// caf\xe9\nimport { b } from './y';\n");
    repo.write("big.js", &vec![b'a'; 10 * 1024 * 1024]);
    repo.write("package.json", b"{ nope");
    assert_eq!(reasons(&repo), ["big.js too-large", "broken.ts syntax-error", "latin.js invalid-utf8"]);
    assert_eq!(repo.actions("ok.ts"), ["b remove"]);
    let detail = repo.report().skipped[1].detail.clone();
    assert!(detail.starts_with("1:12: "), "{detail}");
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_not_followed() {
    let repo = Repo::new(&[("src/a.ts", "import { b } from './y';\nexport {};\n")]);
    std::os::unix::fs::symlink(repo.root(), repo.root().join("src/loop")).unwrap();
    std::os::unix::fs::symlink(repo.root().join("src/a.ts"), repo.root().join("b.ts")).unwrap();
    std::os::unix::fs::symlink("nowhere", repo.root().join("c.ts")).unwrap();
    let report = repo.report();
    assert_eq!(report.imports.len(), 1);
    assert_eq!(report.skipped, []);
}

#[test]
fn deep_nesting_does_not_overflow_the_stack() {
    let deep = format!("export const a = {}1{};\n", "[".repeat(20_000), "]".repeat(20_000));
    let long = format!("export const b = {};\n", vec!["1"; 50_000].join(" + "));
    let signs = format!("export const c = {}1;\n", "!".repeat(1_000_000));
    let repo = Repo::new(&[("deep.ts", &deep), ("long.ts", &long), ("signs.ts", &signs)]);
    assert_eq!(repo.report().totals.javascript_files, 3);
    assert_eq!(reasons(&repo), ["deep.ts syntax-error", "signs.ts syntax-error"]);
}

#[test]
fn findings_outside_only_are_left_out() {
    let text = "import { b } from './y';\nexport {};\n";
    let repo = Repo::new(&[("src/a.ts", text), ("lib/b.ts", text), ("c.ts", text)]);
    let paths = |only: &[&str]| {
        let request = Request { only: only.iter().map(ToString::to_string).collect(), ..repo.request() };
        let report = Index::new().analyze(&request).unwrap();
        report.imports.iter().map(|finding| finding.location.path.clone()).collect::<Vec<_>>()
    };
    assert_eq!(paths(&["src"]), ["src/a.ts"]);
    assert_eq!(paths(&["./lib/", "c.ts"]), ["c.ts", "lib/b.ts"]);
    assert_eq!(paths(&["**/b.ts"]), ["lib/b.ts"]);
    assert_eq!(paths(&["."]).len(), 3);
}

#[test]
fn a_warm_cache_gives_the_same_report_and_notices_changes() {
    let repo = Repo::new(&[("a.ts", "import { b } from './y';\nexport {};\n"), ("y.ts", "export const b = 1;\n")]);
    let cache = tempfile::tempdir().unwrap();
    let request = Request { cache: Some(cache.path().join("c")), ..repo.request() };
    let cold = Index::new().analyze(&request).unwrap();
    let warm = Index::new().analyze(&request).unwrap();
    assert_eq!((cold.totals.cached_files, warm.totals.cached_files), (0, 2));
    assert_eq!(cold.imports, warm.imports);
    assert_eq!(cold.import_changes, warm.import_changes);
    repo.write("a.ts", b"import { b } from './y';\nexport {b};\n");
    assert_eq!(Index::new().analyze(&request).unwrap().imports, []);
    for entry in fs::read_dir(cache.path().join("c")).unwrap() {
        fs::write(entry.unwrap().path(), b"garbage").unwrap();
    }
    assert_eq!(Index::new().analyze(&request).unwrap().totals.cached_files, 0);
}
