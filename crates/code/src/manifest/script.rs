//! Shell commands as they stand in package.json scripts, hooks, make files and workflows.

/// Programs that run the command in their arguments.
const WRAPPERS: [&str; 34] = [
    "npx",
    "bunx",
    "pnpx",
    "pnpm",
    "yarn",
    "npm",
    "bun",
    "exec",
    "dlx",
    "run",
    "x",
    "cross-env",
    "cross-env-shell",
    "env",
    "dotenv",
    "dotenvx",
    "env-cmd",
    "sudo",
    "time",
    "timeout",
    "nice",
    "nohup",
    "command",
    "xargs",
    "concurrently",
    "c8",
    "nyc",
    "then",
    "do",
    "else",
    "if",
    "while",
    "corepack",
    "wireit",
];

/// The words of a command in which a binary or a package may be named, options split at `=` and quoted commands taken
/// apart: a superset, because a false use is cheaper than a dependency removed by mistake.
pub(super) fn words(command: &str) -> impl Iterator<Item = &str> {
    command.split(is_separator).map(unwrap_path).filter(|word| !word.is_empty())
}

fn is_separator(character: char) -> bool {
    character.is_whitespace() || "\"'`;|&()=,<>{}$".contains(character)
}

/// `./node_modules/.bin/tsc` is `tsc`, `node_modules/mocha/bin/mocha` is the package `mocha`.
fn unwrap_path(word: &str) -> &str {
    if let Some((_, binary)) = word.rsplit_once("node_modules/.bin/") {
        return binary;
    }
    word.rsplit_once("node_modules/").map_or(word, |(_, inside)| inside)
}

/// The programs that the lines of a shell script, a make file, a hook or a workflow start: the first word of each
/// command and, behind wrappers such as `npx` and `cross-env`, the word that follows them.
pub(super) fn programs(text: &str) -> Vec<&str> {
    text.lines().flat_map(line_programs).collect()
}

fn line_programs(line: &str) -> Vec<&str> {
    let mut line = line.trim();
    if line.starts_with('#') {
        return Vec::new();
    }
    for lead in ["- ", "run:", "script:", "command:", "entry:", "RUN ", "CMD ", "@", "|", ">", "-"] {
        line = line.strip_prefix(lead).map_or(line, str::trim_start);
    }
    let commands = line.split([';', '|', '&', '(', ')', '`', '"', '\'', '[', ']']);
    commands.flat_map(command_programs).chain(paths(line)).collect()
}

/// The wrappers of a command and what they wrap.
fn command_programs(command: &str) -> impl Iterator<Item = &str> {
    let mut is_done = false;
    let words = command.split_whitespace().take_while(move |word| {
        let is_lead = WRAPPERS.contains(word) || word.starts_with('-') || word.contains('=');
        !std::mem::replace(&mut is_done, !is_lead)
    });
    words.map(unwrap_path).map(without_version)
}

/// `mocha` of `npx mocha@10`, `typescript` of `--package=typescript@5`.
fn without_version(word: &str) -> &str {
    let word = word.rsplit_once('=').map_or(word, |(_, value)| value);
    let version = word.get(1..).and_then(|rest| rest.find('@'));
    version.and_then(|at| word.get(..=at)).unwrap_or(word)
}

/// Words that name something inside `node_modules`, wherever they stand.
fn paths(line: &str) -> impl Iterator<Item = &str> {
    line.split(is_separator).filter(|word| word.contains("node_modules/")).map(unwrap_path)
}
