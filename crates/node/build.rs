use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

fn main() -> io::Result<()> {
    napi_build::setup();
    let root = PathBuf::from("../..");
    for path in ["crates", "Cargo.toml", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={}", root.join(path).display());
    }
    println!("cargo:rustc-env=PYAGENT_SOURCE_HASH={}", source_hash(&root)?);
    Ok(())
}

/// SHA-256 over the names, lengths and bytes of all that the addon is built from. `src/native/source-hash.ts` computes
/// the same: an addon that does not match its checkout is refused at load.
fn source_hash(root: &Path) -> io::Result<String> {
    let mut names = vec!["Cargo.toml".to_owned(), "Cargo.lock".to_owned()];
    collect(root, "crates", &mut names)?;
    names.sort();
    let mut hash = Sha256::new();
    for name in names {
        let bytes = fs::read(root.join(&name))?;
        hash.update(format!("{name}\n{}\n", bytes.len()));
        hash.update(bytes);
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Rust sources, manifests and embedded data; not what only tests read.
fn collect(root: &Path, folder: &str, names: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(root.join(folder))? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let path = format!("{folder}/{name}");
        let skipped = name.starts_with('.') || ["target", "tests", "fixtures", "tests.rs"].contains(&name.as_str());
        if skipped {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(root, &path, names)?;
        } else {
            names.push(path);
        }
    }
    Ok(())
}
