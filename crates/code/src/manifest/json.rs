use std::ops::Range;

/// Nesting beyond this is refused: no manifest is that deep, and the reader recurses.
const DEPTH: usize = 200;

/// A JSON value with the bytes it was read from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) span: Range<usize>,
    pub(super) value: Value,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// `null` or a number: nothing in a manifest depends on which.
    Other,
    Bool(bool),
    String(String),
    Array(Vec<Node>),
    /// In the order of the file, repeated keys included.
    Object(Vec<Entry>),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) key: String,
    /// From the opening quote of the key to the end of the value.
    pub(super) span: Range<usize>,
    pub(super) value: Node,
}

impl Node {
    /// The last value of a key, which is the one that counts.
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.entries().iter().rfind(|entry| entry.key == key).map(|entry| &entry.value)
    }

    pub(super) fn entries(&self) -> &[Entry] {
        match &self.value {
            Value::Object(entries) => entries,
            _ => &[],
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        match &self.value {
            Value::Array(items) => items,
            _ => &[],
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        self.value == Value::Bool(true)
    }

    /// Every string in it, keys of objects included.
    pub(super) fn strings<'a>(&'a self, out: &mut Vec<&'a str>) {
        match &self.value {
            Value::String(text) => out.push(text),
            Value::Array(items) => items.iter().for_each(|item| item.strings(out)),
            Value::Object(entries) => {
                for entry in entries {
                    out.push(&entry.key);
                    entry.value.strings(out);
                }
            }
            Value::Other | Value::Bool(_) => {}
        }
    }
}

/// What is wrong, and the byte at which it was noticed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(super) struct JsonError {
    pub(super) offset: usize,
    pub(super) message: String,
}

/// Reads standard JSON; a byte order mark in front is allowed, as package managers allow it.
pub(super) fn parse(text: &str) -> Result<Node, JsonError> {
    read(text, false)
}

/// Reads JSON with comments and trailing commas, as `tsconfig.json` has them.
pub(super) fn parse_relaxed(text: &str) -> Result<Node, JsonError> {
    read(text, true)
}

fn read(text: &str, relaxed: bool) -> Result<Node, JsonError> {
    let mut reader = Reader { text, at: 0, relaxed };
    if text.starts_with('\u{feff}') {
        reader.at = 3;
    }
    let node = reader.value(0)?;
    reader.space()?;
    if reader.at < text.len() {
        return Err(reader.expected("the end of the file"));
    }
    Ok(node)
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    relaxed: bool,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn expected(&self, what: &str) -> JsonError {
        let found = self.rest().chars().next().map_or("the end of the file".to_string(), |found| format!("{found:?}"));
        JsonError { offset: self.at, message: format!("expected {what}, found {found}") }
    }

    fn space(&mut self) -> Result<(), JsonError> {
        loop {
            while matches!(self.byte(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
                self.at += 1;
            }
            if !self.relaxed || self.byte() != Some(b'/') {
                return Ok(());
            }
            let rest = self.rest();
            let length = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if rest.starts_with("/*") {
                rest.find("*/").ok_or_else(|| self.expected("the end of the comment"))? + 2
            } else {
                return Ok(());
            };
            self.at += length;
        }
    }

    fn value(&mut self, depth: usize) -> Result<Node, JsonError> {
        self.space()?;
        let start = self.at;
        if depth > DEPTH {
            return Err(JsonError { offset: start, message: format!("nested deeper than {DEPTH} levels") });
        }
        let value = match self.byte() {
            Some(b'{') => Value::Object(self.object(depth)?),
            Some(b'[') => Value::Array(self.array(depth)?),
            Some(b'"') => Value::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => self.word()?,
        };
        Ok(Node { span: start..self.at, value })
    }

    fn word(&mut self) -> Result<Value, JsonError> {
        let words = [("true", Value::Bool(true)), ("false", Value::Bool(false)), ("null", Value::Other)];
        let found = words.into_iter().find(|(word, _)| self.rest().starts_with(word));
        let (word, value) = found.ok_or_else(|| self.expected("a value"))?;
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        while matches!(self.byte(), Some(b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9')) {
            self.at += 1;
        }
        let written = self.text.get(start..self.at).unwrap_or_default();
        let read: Result<f64, _> = written.parse();
        read.map(|_| Value::Other).map_err(|_| JsonError { offset: start, message: format!("bad number {written}") })
    }

    fn object(&mut self, depth: usize) -> Result<Vec<Entry>, JsonError> {
        let mut entries = Vec::new();
        self.at += 1;
        loop {
            self.space()?;
            if self.byte() == Some(b'}') && (entries.is_empty() || self.relaxed) {
                break;
            }
            let start = self.at;
            if self.byte() != Some(b'"') {
                return Err(self.expected("a key in double quotes"));
            }
            let key = self.string()?;
            self.space()?;
            if self.byte() != Some(b':') {
                return Err(self.expected("\":\""));
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            entries.push(Entry { key, span: start..self.at, value });
            if !self.comma(b'}')? {
                break;
            }
        }
        self.at += 1;
        Ok(entries)
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Node>, JsonError> {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.space()?;
            if self.byte() == Some(b']') && (items.is_empty() || self.relaxed) {
                break;
            }
            items.push(self.value(depth + 1)?);
            if !self.comma(b']')? {
                break;
            }
        }
        self.at += 1;
        Ok(items)
    }

    /// Whether another element follows; stands at `close` when none does.
    fn comma(&mut self, close: u8) -> Result<bool, JsonError> {
        self.space()?;
        match self.byte() {
            Some(b',') => {
                self.at += 1;
                Ok(true)
            }
            Some(byte) if byte == close => Ok(false),
            _ => Err(self.expected(&format!("\",\" or {:?}", char::from(close)))),
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        let mut out = String::new();
        self.at += 1;
        loop {
            let run = self
                .rest()
                .find(['"', '\\', '\n'])
                .ok_or_else(|| JsonError { offset: self.text.len(), message: "the string does not end".to_string() })?;
            out.push_str(self.text.get(self.at..self.at + run).unwrap_or_default());
            self.at += run;
            match self.byte() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => self.escape(&mut out)?,
                _ => return Err(self.expected("the end of the string")),
            }
        }
    }

    fn escape(&mut self, out: &mut String) -> Result<(), JsonError> {
        self.at += 1;
        let plain = match self.byte() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                out.push(self.unicode()?);
                return Ok(());
            }
            _ => return Err(self.expected("an escape")),
        };
        self.at += 1;
        out.push(plain);
        Ok(())
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&first) && self.rest().starts_with("\\u") {
            self.at += 2;
            let second = self.hex()?;
            0x10000 + ((first - 0xd800) << 10) + (second.wrapping_sub(0xdc00) & 0x3ff)
        } else {
            first
        };
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, JsonError> {
        let digits = self.text.get(self.at..self.at + 4).unwrap_or_default();
        let code = u32::from_str_radix(digits, 16).map_err(|_| self.expected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }
}
