use oxc_ast::ast::Comment;

/// Tags of TypeScript files whose name the compiler looks up.
const NAMED_TAGS: [&str; 9] =
    ["@link", "@linkcode", "@linkplain", "@see", "@throws", "@exception", "@augments", "@extends", "@implements"];

/// The documentation comments of a file, for names that only they use.
pub(crate) struct Docs<'a> {
    comments: Vec<&'a str>,
    is_typescript: bool,
}

impl<'a> Docs<'a> {
    pub(crate) fn new(text: &'a str, comments: &[Comment], is_typescript: bool) -> Self {
        let bodies =
            comments.iter().filter_map(|comment| text.get(comment.span.start as usize..comment.span.end as usize));
        let docs = bodies.filter(|body| body.starts_with("/**") && body.contains('@'));
        Self { comments: docs.collect(), is_typescript }
    }

    /// Whether a documentation comment refers to `name` in a way that the compiler or an editor resolves.
    pub(crate) fn mentions(&self, name: &str) -> bool {
        self.comments.iter().any(|comment| {
            comment
                .match_indices(name)
                .any(|(at, _)| is_word(comment, at, name.len()) && self.is_reference(comment, at))
        })
    }

    fn is_reference(&self, comment: &str, at: usize) -> bool {
        let before = comment.get(..at).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        let after_tag = NAMED_TAGS
            .iter()
            .any(|tag| line.rfind(tag).is_some_and(|tag_at| !line.get(tag_at..).unwrap_or_default().contains('}')));
        if after_tag {
            return true;
        }
        let is_code =
            before.rfind('{').is_some_and(|open| before.get(open..).unwrap_or_default().starts_with("{@code"));
        let in_braces = before.matches('{').count() > before.matches('}').count();
        in_braces && !is_code && !self.is_typescript
    }
}

fn is_word(text: &str, at: usize, length: usize) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || character == '_' || character == '$';
    let before = text.get(..at).and_then(|text| text.chars().next_back());
    let after = text.get(at + length..).and_then(|text| text.chars().next());
    !before.is_some_and(is_part) && !after.is_some_and(is_part)
}
