use std::cell::RefCell;

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_semantic::SemanticBuilder;
use oxc_span::SourceType;

use crate::generated::has_generated_mark;
use crate::javascript::lines::Lines;
use crate::javascript::record::{Effects, Jsx, ModuleRecord};
use crate::javascript::scan::scan;

thread_local! {
    static ARENA: RefCell<Allocator> = RefCell::new(Allocator::default());
}

/// The extensions that this room parses.
pub(crate) fn is_module_path(path: &str) -> bool {
    let extension = path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map(|(_, extension)| extension);
    matches!(extension, Some("ts" | "tsx" | "mts" | "cts" | "js" | "jsx" | "mjs" | "cjs"))
}

/// Whether the TypeScript compiler reads the file as TypeScript.
pub(crate) fn is_typescript(path: &str) -> bool {
    [".ts", ".tsx", ".mts", ".cts"].iter().any(|extension| path.ends_with(extension))
}

/// Whether the file holds declarations alone.
pub(crate) fn is_declaration(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|extension| name.ends_with(extension))
        || (name.ends_with(".ts") && name.contains(".d."))
}

/// Brackets and signs inside each other before a file counts as too deep: a parser recurses with each, and running out
/// of stack would end the process.
const DEEPEST: usize = 10_000;

/// Reads one file. A file that does not parse gives a record with `syntax_error` and nothing else.
pub(crate) fn parse(path: &str, text: &str) -> ModuleRecord {
    if is_too_deep(text) {
        return failed(text, "it is nested too deeply to be read");
    }
    // A mistake in the parser costs this file, not the analysis.
    let read = std::panic::catch_unwind(|| {
        ARENA.with(|arena| match arena.try_borrow_mut() {
            Ok(mut arena) => {
                let record = parse_in(&arena, path, text);
                arena.reset();
                record
            }
            // Rayon may start another file on this thread while it waits inside one.
            Err(_) => parse_in(&Allocator::default(), path, text),
        })
    });
    read.unwrap_or_else(|_| failed(text, "the parser gave up on it"))
}

fn failed(text: &str, error: &str) -> ModuleRecord {
    ModuleRecord { syntax_error: Some(error.to_string()), lines: Lines::new(text).count(), ..empty() }
}

/// Counts brackets without regard to strings and comments, and runs of prefix operators.
fn is_too_deep(text: &str) -> bool {
    let (mut depth, mut run) = (0_usize, 0_usize);
    text.bytes().any(|byte| {
        run = if matches!(byte, b'!' | b'~' | b'-' | b'+' | b'<') { run + 1 } else { 0 };
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > DEEPEST || run > DEEPEST
    })
}

fn parse_in(arena: &Allocator, path: &str, text: &str) -> ModuleRecord {
    let lines = Lines::new(text);
    match program(arena, path, text, &lines) {
        Ok(program) => record(path, text, &lines, program),
        Err(error) => ModuleRecord { syntax_error: error, lines: lines.count(), ..empty() },
    }
}

/// The syntax tree of a file, read in the first of the ways in which it may be meant that fits.
///
/// # Errors
///
/// What is wrong in the first of those ways; nothing for a path that is not JavaScript.
pub(crate) fn program<'a>(
    arena: &'a Allocator,
    path: &str,
    text: &'a str,
    lines: &Lines,
) -> Result<&'a Program<'a>, Option<String>> {
    let mut first_error = None;
    for source_type in source_types(path) {
        let options =
            ParseOptions { allow_return_outside_function: !source_type.is_module(), ..ParseOptions::default() };
        let parsed = Parser::new(arena, text, source_type).with_options(options).parse();
        match failure(&parsed, lines) {
            Some(error) => {
                first_error.get_or_insert(error);
            }
            None => return Ok(arena.alloc(parsed.program)),
        }
    }
    Err(first_error)
}

fn record<'a>(path: &str, text: &'a str, lines: &Lines, program: &'a Program<'a>) -> ModuleRecord {
    let built = SemanticBuilder::new().with_build_nodes(true).with_check_syntax_error(false).build(program);
    let mut record = scan(path, text, lines, program, &built.semantic);
    record.is_generated = has_generated_mark(path, text);
    record
}

fn empty() -> ModuleRecord {
    ModuleRecord {
        syntax_error: None,
        lines: 0,
        is_generated: false,
        is_module: false,
        has_export_syntax: false,
        has_dynamic_scope: false,
        is_augmentation: false,
        jsx: Jsx::default(),
        imports: Vec::new(),
        exports: Vec::new(),
        has_commonjs_exports: false,
        has_lazy_exports: true,
        effects: Effects::Some { line: 1 },
        comments: Vec::new(),
        strings: Vec::new(),
        paths: Vec::new(),
    }
}

/// How to read a file, in the order to try: JavaScript files may be modules or scripts, with JSX or without.
fn source_types(path: &str) -> Vec<SourceType> {
    let Ok(source_type) = SourceType::from_path(path) else {
        return Vec::new();
    };
    if is_declaration(path) {
        return vec![source_type.with_typescript_definition(true)];
    }
    if source_type.is_typescript() {
        return vec![source_type];
    }
    let jsx = source_type.with_jsx(true);
    if path.ends_with(".mjs") {
        vec![jsx.with_module(true)]
    } else if path.ends_with(".cjs") {
        vec![jsx.with_script(true), jsx.with_commonjs(true)]
    } else {
        vec![jsx.with_unambiguous(true), jsx.with_script(true), jsx.with_commonjs(true)]
    }
}

fn failure(parsed: &ParserReturn, lines: &Lines) -> Option<String> {
    if !parsed.panicked && !parsed.diagnostics.has_errors() {
        return None;
    }
    let Some(error) = parsed.diagnostics.errors().next() else {
        return Some("it does not parse".to_string());
    };
    let offset = error.labels.iter().next().map(|label| label.offset());
    Some(offset.map_or_else(
        || error.message.to_string(),
        |offset| {
            let position = lines.position(offset);
            format!("{}:{}: {}", position.line, position.column, error.message)
        },
    ))
}
