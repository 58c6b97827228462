//! What is found.

use std::sync::Arc;

/// Of what sort something private is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    Email,
    Phone,
    Ip,
    Card,
    Iban,
    Ssn,
    /// A JSON web token (RFC 7519).
    Jwt,
    /// A private key in text (RFC 7468, OpenSSH, PuTTY).
    PrivateKey,
    /// A token or key of a service, known by its form.
    Token,
    /// The value of something named like a secret.
    Secret,
    /// A hash of a password (crypt(5)).
    PasswordHash,
    /// User and password of an address.
    UrlCredentials,
    /// Credentials of an HTTP header.
    Authorization,
    Cookie,
}

impl Kind {
    /// Every kind, in the order of {@link Kind}.
    pub const ALL: [Self; 14] = [
        Self::Email,
        Self::Phone,
        Self::Ip,
        Self::Card,
        Self::Iban,
        Self::Ssn,
        Self::Jwt,
        Self::PrivateKey,
        Self::Token,
        Self::Secret,
        Self::PasswordHash,
        Self::UrlCredentials,
        Self::Authorization,
        Self::Cookie,
    ];

    /// How it is written in a replacement.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Ip => "ip",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Ssn => "ssn",
            Self::Jwt => "jwt",
            Self::PrivateKey => "private-key",
            Self::Token => "token",
            Self::Secret => "secret",
            Self::PasswordHash => "password-hash",
            Self::UrlCredentials => "url-credentials",
            Self::Authorization => "authorization",
            Self::Cookie => "cookie",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Something private, by the bytes it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub start: usize,
    pub end: usize,
    pub kind: Kind,
    /// Which rule found it.
    pub rule: Arc<str>,
}
