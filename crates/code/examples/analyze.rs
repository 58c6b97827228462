//! Prints the report of a folder as JSON: `analyze <folder> [--check imports]… [--only src]… [--cache folder]
//! [--repeat n] [--summary] [--apply]`. Used for measuring; the product's own command is in TypeScript.

use std::path::{Path, PathBuf};
use std::time::Instant;

use pyagent_code::{Check, Index, Report, Request};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().ok_or("a folder is needed")?).canonicalize()?;
    let mut request =
        Request { root, checks: Vec::new(), only: Vec::new(), remove_unknown_targets: false, cache: None };
    let (mut repeat, mut summary, mut apply) = (1, false, false);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--check" => request.checks.push(serde_json::from_value(value()?.into())?),
            "--only" => request.only.push(value()?),
            "--cache" => request.cache = Some(PathBuf::from(value()?)),
            "--repeat" => repeat = value()?.parse()?,
            "--summary" => summary = true,
            "--unsafe" => request.remove_unknown_targets = true,
            "--apply" => apply = true,
            other => return Err(format!("unknown argument {other}").into()),
        }
    }
    if request.checks.is_empty() {
        request.checks = vec![Check::Imports, Check::Dependencies, Check::Cycles, Check::DeadCode];
    }
    let mut index = Index::new();
    for _ in 0..repeat {
        let start = Instant::now();
        let report = index.analyze(&request)?;
        eprintln!("{:.1} ms", start.elapsed().as_secs_f64() * 1000.0);
        print(&report, summary)?;
        if apply {
            write(&request.root, &report)?;
        }
    }
    Ok(())
}

fn print(report: &Report, summary: bool) -> Result<(), Box<dyn std::error::Error>> {
    if !summary {
        println!("{}", serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    println!("{}", serde_json::to_string(&report.totals)?);
    for (name, count) in [
        ("imports", report.imports.len()),
        ("import changes", report.import_changes.len()),
        ("dependencies", report.dependencies.len()),
        ("cycles", report.cycles.len()),
        ("dead files", report.dead_files.len()),
        ("dead exports", report.dead_exports.len()),
        ("skipped", report.skipped.len()),
        ("notes", report.notes.len()),
    ] {
        println!("{name}: {count}");
    }
    Ok(())
}

fn write(root: &Path, report: &Report) -> Result<(), Box<dyn std::error::Error>> {
    for change in &report.import_changes {
        let path = root.join(&change.path);
        let mut text = std::fs::read_to_string(&path)?;
        let mut edits: Vec<_> = change.groups.iter().flat_map(|group| &group.edits).collect();
        edits.sort_by_key(|edit| std::cmp::Reverse((edit.start, edit.end)));
        for edit in edits {
            text.replace_range(edit.start as usize..edit.end as usize, &edit.text);
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}
