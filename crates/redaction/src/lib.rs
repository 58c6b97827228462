//! Finds secrets and personal data in text, and takes them out.
//!
//! A [`Scanner`] knows what to look for: shapes with validators of their own (e-mail and network addresses, phone numbers,
//! payment cards, bank accounts, social security numbers, keys, tokens, hashes, credentials in addresses and headers),
//! values of what is named like a secret, and rules as data in gitleaks' format. [`Scanner::find`] looks at a whole text;
//! a [`Stream`] takes it in pieces and loses nothing at their borders.
//!
//! **Linear.** Everything that is looked at is bounded from the byte that announced it, and no rule looks twice at the same
//! window, so that the work grows with the length of the text alone, however hostile it is. Expressions run on an engine
//! without backtracking.
//!
//! **Not promised.** Names, postal addresses and dates of people are not found: they have no form of their own. A secret
//! that looks like an ordinary word and stands under an ordinary name is not found either.

mod digits;
mod email;
mod few;
mod finding;
mod key_value;
mod rules;
mod scanner;
mod shapes;
mod stream;
mod text;
mod view;

pub use finding::{Finding, Kind};
pub use rules::RulesError;
pub use scanner::{Scanner, ScannerError, Settings};
pub use stream::{Stream, replacement};
