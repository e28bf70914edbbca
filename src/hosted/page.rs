//! The address of one session's page, and what a page that shows it needs to know.

use std::fmt;

use url::Url;

use super::Iframe;
use crate::client::{Client, Environment};
use crate::domain::SessionId;

/// The hosted page of one session.
///
/// Its address opens the session to whoever has it, so `Debug` shows the shortened id only, and there is no `Display`. An
/// answer that has the address in it should say `Cache-Control: no-store`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct HostedPage {
    session: SessionId,
    url: Url,
}

impl HostedPage {
    /// Returns the page of a session. Nothing is sent, and nobody is asked whether the session exists.
    #[must_use]
    pub fn new(environment: &Environment, session: &SessionId) -> Self {
        Self {
            session: *session,
            url: environment.hosted_url(session),
        }
    }

    /// Returns the session.
    #[must_use]
    pub fn session_id(&self) -> &SessionId {
        &self.session
    }

    /// Returns the address (S2, S4, GWID). Take care where it goes: whoever has it can act as the payor.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Returns the origin, as in `https://payments.flinksapp.com`: what a browser gives as the origin of the page's
    /// messages. It is not secret.
    #[must_use]
    pub fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// Returns the directive that lets this origin, and no other, into a frame: `frame-src` and the origin. Add it to the
    /// `Content-Security-Policy` of the embedding page.
    ///
    /// The directive holds for every page that the frame goes to. Whether some bank's login takes it to another host is
    /// unknown, so try it as `Content-Security-Policy-Report-Only` first. A policy cannot name an IPv6 address: a
    /// browser lets no page into the frame then.
    #[must_use]
    pub fn content_security_policy(&self) -> String {
        format!("frame-src {}", self.origin())
    }

    /// Begins an `<iframe>` element that shows the page.
    pub fn iframe(&self) -> Iframe {
        Iframe::new(self.clone())
    }
}

impl fmt::Debug for HostedPage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostedPage")
            .field("origin", &self.origin())
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Returns a session's hosted page: its address, an iframe for it, and what a listener for its events needs.
    #[must_use]
    pub fn hosted_page(&self, session: &SessionId) -> HostedPage {
        HostedPage::new(self.environment(), session)
    }
}
