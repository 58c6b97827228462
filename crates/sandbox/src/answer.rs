//! What the helper says: lines of JSON.

use serde::{Deserialize, Serialize};

use crate::spec::LayerName;

/// One line of the helper.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Answer {
    /// Nothing was run.
    Refused { reason: String, missing: Vec<LayerName> },
    /// The program is not there. Nothing was run.
    NotFound { program: String },
    /// The program cannot be run. Nothing was run.
    NotRunnable { program: String, reason: String },
    /// The command begins, inside of these layers.
    Started { layers: Vec<Layer> },
    /// The command and all that it started has ended.
    Ended {
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<i32>,
        #[serde(skip_serializing_if = "Option::is_none")]
        signal: Option<i32>,
        /// It was ended because it went over this limit.
        #[serde(skip_serializing_if = "Option::is_none")]
        exceeded: Option<String>,
    },
}

/// One part of the isolation, and whether it is there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Layer {
    pub name: LayerName,
    pub active: bool,
    /// What it consists of, or why it is missing.
    pub detail: String,
}

impl Layer {
    pub(crate) fn active(name: LayerName, detail: impl Into<String>) -> Self {
        Self { name, active: true, detail: detail.into() }
    }

    pub(crate) fn missing(name: LayerName, detail: impl Into<String>) -> Self {
        Self { name, active: false, detail: detail.into() }
    }
}

impl Answer {
    pub(crate) fn refused(reason: impl Into<String>) -> Self {
        Self::Refused { reason: reason.into(), missing: Vec::new() }
    }

    /// As one line, with its end.
    pub(crate) fn line(&self) -> String {
        let text = serde_json::to_string(self)
            .unwrap_or_else(|_| "{\"event\":\"refused\",\"reason\":\"\",\"missing\":[]}".into());
        text + "\n"
    }
}
