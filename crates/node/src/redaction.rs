//! The face of `crates/redaction`.

use std::sync::{Arc, Mutex};

use napi::Result;
use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use pyagent_redaction::{Finding, Kind, Scanner, Settings, Stream};
use serde_json::json;

use crate::error::refuse;

/// What to look for.
#[napi(object)]
pub struct RedactionSettings {
    /// Rules in gitleaks' TOML format, added to ours.
    pub rules: Option<String>,
    /// Default: all.
    pub kinds: Option<Vec<String>>,
    /// Texts that are not private.
    pub allow: Vec<String>,
}

/// Something private, by its bytes.
#[napi(object)]
pub struct RedactionFinding {
    pub start: u32,
    pub end: u32,
    pub kind: String,
    pub rule: String,
}

impl From<&Finding> for RedactionFinding {
    fn from(finding: &Finding) -> Self {
        let place = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
        Self {
            start: place(finding.start),
            end: place(finding.end),
            kind: finding.kind.name().to_owned(),
            rule: finding.rule.to_string(),
        }
    }
}

/// What is looked for, ready to look.
#[napi]
pub struct RedactionScanner {
    scanner: Arc<Scanner>,
}

/// Makes a scanner. Fails with `redaction/rules-invalid` and `redaction/unknown-kind`.
#[napi]
pub fn redaction_scanner(settings: RedactionSettings) -> Result<RedactionScanner> {
    let kinds = settings
        .kinds
        .map(|names| {
            names
                .iter()
                .map(|name| {
                    Kind::of_name(name).ok_or_else(|| {
                        let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
                        let message = format!("expected a kind of private text ({}), found {name:?}", known.join(", "));
                        refuse("redaction/unknown-kind", message, json!({ "found": name, "expected": known }))
                    })
                })
                .collect::<Result<Vec<_>>>()
        })
        .transpose()?;
    let made = Scanner::new(Settings { rules: settings.rules, kinds, allow: settings.allow });
    let scanner = made.map_err(|error| refuse("redaction/rules-invalid", error.to_string(), json!({})))?;
    Ok(RedactionScanner { scanner: Arc::new(scanner) })
}

#[napi]
impl RedactionScanner {
    /// Everything private in a text that is there as a whole.
    #[napi]
    pub fn find(&self, text: Uint8Array) -> Vec<RedactionFinding> {
        self.scanner.find(&text).iter().map(RedactionFinding::from).collect()
    }

    /// Takes a text in pieces.
    #[napi]
    pub fn stream(&self) -> RedactionStream {
        RedactionStream { stream: Mutex::new(Stream::new(Arc::clone(&self.scanner))) }
    }
}

/// A text that comes in pieces.
#[napi]
pub struct RedactionStream {
    stream: Mutex<Stream>,
}

#[napi]
impl RedactionStream {
    #[napi]
    pub fn push(&self, piece: Uint8Array) -> Uint8Array {
        self.with(|stream| stream.push(&piece))
    }

    #[napi]
    pub fn end(&self) -> Uint8Array {
        self.with(Stream::end)
    }

    /// What was found since it was asked last, by its place in the whole text.
    #[napi]
    pub fn findings(&self) -> Vec<RedactionFinding> {
        let mut stream = self.stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        std::mem::take(&mut stream.findings).iter().map(RedactionFinding::from).collect()
    }

    fn with(&self, work: impl FnOnce(&mut Stream) -> Vec<u8>) -> Uint8Array {
        let mut stream = self.stream.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        work(&mut stream).into()
    }
}
