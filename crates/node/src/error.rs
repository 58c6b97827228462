use napi::{Error, Status};
use serde_json::{Value, json};

/// An exception that `src/native` can read.
pub(crate) fn refuse(code: &str, message: String, details: Value) -> Error {
    Error::new(Status::GenericFailure, json!({ "code": code, "message": message, "details": details }).to_string())
}
