use tree_sitter::{Parser, Tree};

/// A language whose files can be merged by syntax.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    JavaScript,
    TypeScript,
    Tsx,
    Python,
    /// JSON, and JSON with comments and trailing commas.
    Json,
    Toml,
    Yaml,
}

impl Language {
    /// The language of a file by its name; `None` when files of that name are merged as plain text only.
    pub fn of_path(path: &str) -> Option<Language> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        if matches!(name, "Cargo.lock" | "poetry.lock" | "uv.lock" | "Pipfile") {
            return Some(Language::Toml);
        }
        if matches!(name, ".prettierrc" | ".eslintrc" | ".babelrc" | ".swcrc") {
            return Some(Language::Json);
        }
        match name.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
            "js" | "mjs" | "cjs" | "jsx" => Some(Language::JavaScript),
            "ts" | "mts" | "cts" => Some(Language::TypeScript),
            "tsx" => Some(Language::Tsx),
            "py" | "pyi" => Some(Language::Python),
            "json" | "jsonc" | "json5" | "webmanifest" | "code-workspace" => Some(Language::Json),
            "toml" => Some(Language::Toml),
            "yaml" | "yml" => Some(Language::Yaml),
            _ => None,
        }
    }

    /// JavaScript and the languages on top of it.
    pub(crate) fn is_script(self) -> bool {
        matches!(self, Language::JavaScript | Language::TypeScript | Language::Tsx)
    }

    /// What begins a comment that ends with its line.
    pub(crate) fn line_comment(self) -> &'static str {
        match self {
            Language::Python | Language::Toml | Language::Yaml => "#",
            _ => "//",
        }
    }

    /// Comments between `/*` and `*/` exist.
    pub(crate) fn has_block_comments(self) -> bool {
        self.is_script() || self == Language::Json
    }

    /// The tree of a text without a syntax error; `None` when it has one.
    pub(crate) fn parse(self, text: &str) -> Option<Tree> {
        let mut parser = Parser::new();
        let grammar = match self {
            Language::JavaScript => tree_sitter_javascript::LANGUAGE,
            Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
            Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX,
            Language::Python => tree_sitter_python::LANGUAGE,
            Language::Json => tree_sitter_json::LANGUAGE,
            Language::Toml => tree_sitter_toml_ng::LANGUAGE,
            Language::Yaml => tree_sitter_yaml::LANGUAGE,
        };
        parser.set_language(&grammar.into()).ok()?;
        let tree = if self == Language::Json {
            parser.parse(without_trailing_commas(text), None)?
        } else {
            parser.parse(text, None)?
        };
        (!tree.root_node().has_error()).then_some(tree)
    }
}

/// The same text, byte for byte as long, with commas before a closing bracket blanked: the grammar is strict JSON.
fn without_trailing_commas(text: &str) -> Vec<u8> {
    let mut bytes = text.as_bytes().to_vec();
    let mut comma: Option<usize> = None;
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                comma = None;
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at += 2;
                while at + 1 < bytes.len() && !(bytes[at] == b'*' && bytes[at + 1] == b'/') {
                    at += 1;
                }
                at += 1;
            }
            b',' => comma = Some(at),
            b'}' | b']' => {
                if let Some(place) = comma.take() {
                    bytes[place] = b' ';
                }
            }
            byte if byte.is_ascii_whitespace() => {}
            _ => comma = None,
        }
        at += 1;
    }
    bytes
}
