//! The secret that Flinks and the receiver share, one for each environment (WSET).

use std::fmt::{self, Write as _};
use std::str::FromStr;

use aws_lc_rs::hmac;
use secrecy::{ExposeSecret, SecretString};

/// The secret that webhooks are signed with.
///
/// The key is its UTF-8 text as it stands. The memory is wiped on drop, and it never prints.
#[derive(Clone)]
pub struct WebhookSecret {
    text: SecretString,
    key: hmac::Key,
}

/// Why a text is no webhook secret. It does not have the text.
///
/// An empty key verifies what anybody can sign, and the usual way to one is a variable that is not set, or a file with
/// nothing but a line break in it. So what a person would call no secret is refused here, before anything is verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Nothing, or nothing that can be seen.
    #[error("the webhook secret is blank")]
    Blank,
    /// It begins or ends with white space or an invisible character: a line break from the end of a file, most often.
    #[error("the webhook secret begins or ends with white space or an invisible character")]
    Surrounded,
    /// A control character inside.
    #[error("the webhook secret has a control character in it")]
    ControlCharacter,
    /// Shorter than [`MIN_BYTES`](WebhookSecret::MIN_BYTES): a prefix without its secret, or something to be guessed.
    #[error(
        "the webhook secret has {bytes} bytes, expected at least {} bytes",
        WebhookSecret::MIN_BYTES
    )]
    TooShort {
        /// How long it is.
        bytes: usize,
    },
}

impl WebhookSecret {
    /// The least number of bytes.
    pub const MIN_BYTES: usize = 16;

    /// Checks and takes the text that Flinks gave for one environment.
    ///
    /// # Errors
    ///
    /// The text is blank, begins or ends with something that cannot be seen, has a control character, or is shorter than
    /// [`MIN_BYTES`](Self::MIN_BYTES).
    pub fn new(text: &str) -> Result<Self, SecretError> {
        Self::try_from(text.to_owned())
    }

    /// Returns the value of `X-Webhook-Signature` for a body: `sha256=` and 64 upper-case hexadecimal digits.
    ///
    /// For tests and simulators: a receiver verifies, with a [`WebhookVerifier`](super::WebhookVerifier). Comparing this text
    /// with a header would take a time that tells how much of it is right.
    ///
    /// ```
    /// use flinks_pay::webhook::{SIGNATURE_HEADER, WebhookSecret};
    ///
    /// # fn main() -> Result<(), flinks_pay::webhook::SecretError> {
    /// let secret = WebhookSecret::new("only for the tests")?;
    /// assert!(secret.sign(b"{}").starts_with("sha256="));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn sign(&self, body: &[u8]) -> String {
        let mut header = String::from("sha256=");
        for byte in hmac::sign(&self.key, body).as_ref() {
            // Writing to a String cannot fail.
            let _ = write!(header, "{byte:02X}");
        }
        header
    }

    /// Returns the secret itself. It belongs in a configuration and nowhere else.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    pub(super) fn key(&self) -> &hmac::Key {
        &self.key
    }
}

fn check(text: &str) -> Result<(), SecretError> {
    if text.chars().all(is_invisible) {
        return Err(SecretError::Blank);
    }
    if text.starts_with(is_invisible) || text.ends_with(is_invisible) {
        return Err(SecretError::Surrounded);
    }
    if text.chars().any(char::is_control) {
        return Err(SecretError::ControlCharacter);
    }
    if text.len() < WebhookSecret::MIN_BYTES {
        return Err(SecretError::TooShort { bytes: text.len() });
    }
    Ok(())
}

/// White space, control characters, and those that an editor shows no more of: soft hyphen, zero width, byte order mark.
fn is_invisible(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

impl FromStr for WebhookSecret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        Self::new(text)
    }
}

impl TryFrom<&str> for WebhookSecret {
    type Error = SecretError;

    fn try_from(text: &str) -> Result<Self, SecretError> {
        Self::new(text)
    }
}

impl TryFrom<String> for WebhookSecret {
    type Error = SecretError;

    fn try_from(text: String) -> Result<Self, SecretError> {
        // Into wiped memory first, so that a refused text is wiped too.
        let text = SecretString::from(text);
        check(text.expose_secret())?;
        let key = hmac::Key::new(hmac::HMAC_SHA256, text.expose_secret().as_bytes());
        Ok(Self { text, key })
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecret([redacted])")
    }
}
