//! JavaScript and TypeScript.

pub(crate) mod project;
pub(crate) mod record;
