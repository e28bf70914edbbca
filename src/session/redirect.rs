//! How the hosted page hands the payor back.

use serde::Serialize;

use super::draft::Draft;
use super::parse::{Members, Null, json_part};
use super::violation::{Findings, Violations, Warning};
use crate::domain::rules::REDIRECT_URLS;
use crate::domain::{Found, RedirectMode, RedirectUrl};

/// How the hosted page hands the payor back: by messages to the embedding page, or by a redirect (S4).
///
/// A redirect names both URLs (rule `redirect-urls`).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Redirect {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mode: Option<RedirectMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url_success: Option<RedirectUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) url_exit: Option<RedirectUrl>,
}

impl Redirect {
    /// Begins with messages to the embedding page.
    pub fn js_events() -> RedirectBuilder {
        RedirectBuilder {
            mode: Some(Draft::valid(RedirectMode::JsEvents)),
            url_success: None,
            url_exit: None,
        }
    }

    /// Begins with a redirect: to the first URL when the payor has finished, to the second when the payor leaves.
    pub fn to(
        success: impl Into<Draft<RedirectUrl>>,
        exit: impl Into<Draft<RedirectUrl>>,
    ) -> RedirectBuilder {
        RedirectBuilder {
            mode: Some(Draft::valid(RedirectMode::RedirectUri)),
            url_success: Some(success.into()),
            url_exit: Some(exit.into()),
        }
    }

    /// The mode; `None` leaves it to Flinks, whose pages state no default.
    #[must_use]
    pub fn mode(&self) -> Option<RedirectMode> {
        self.mode
    }

    /// Where a finished payor goes.
    #[must_use]
    pub fn url_success(&self) -> Option<&RedirectUrl> {
        self.url_success.as_ref()
    }

    /// Where a payor goes who leaves.
    #[must_use]
    pub fn url_exit(&self) -> Option<&RedirectUrl> {
        self.url_exit.as_ref()
    }

    /// Whether nothing is set. A request leaves such preferences out.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.mode.is_none() && self.url_success.is_none() && self.url_exit.is_none()
    }
}

/// A [`Redirect`] in the making.
#[derive(Debug, Clone)]
#[must_use]
pub struct RedirectBuilder {
    mode: Option<Draft<RedirectMode>>,
    url_success: Option<Draft<RedirectUrl>>,
    url_exit: Option<Draft<RedirectUrl>>,
}

impl RedirectBuilder {
    /// Checks the URLs.
    ///
    /// # Errors
    ///
    /// Every violation, with paths as in a whole request (`options.redirectPreferences.urlSuccess`).
    pub fn build(self) -> Result<Redirect, Violations> {
        let mut findings = Findings::default();
        let built = self.check(&mut findings);
        findings.finish(built)
    }

    /// Returns what the rules advise against in the parts that are valid.
    #[must_use]
    pub fn warnings(&self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let Some(url) = &self.url_success {
            url.warn("options.redirectPreferences.urlSuccess", &mut warnings);
        }
        if let Some(url) = &self.url_exit {
            url.warn("options.redirectPreferences.urlExit", &mut warnings);
        }
        warnings
    }

    pub(super) fn check(self, findings: &mut Findings) -> Option<Redirect> {
        let urls = [
            (
                "options.redirectPreferences.urlSuccess",
                self.url_success.is_some(),
            ),
            (
                "options.redirectPreferences.urlExit",
                self.url_exit.is_some(),
            ),
        ];
        let mode = findings.optional("options.redirectPreferences.mode", self.mode);
        let url_success =
            findings.optional("options.redirectPreferences.urlSuccess", self.url_success);
        let url_exit = findings.optional("options.redirectPreferences.urlExit", self.url_exit);
        let mut complete = true;
        for (path, given) in urls {
            if mode == Some(RedirectMode::RedirectUri) && !given {
                findings.refuse(path, REDIRECT_URLS.refuse(Found::Nothing));
                complete = false;
            }
        }
        complete.then_some(Redirect {
            mode,
            url_success,
            url_exit,
        })
    }

    pub(super) fn read(members: &Members<'_>, findings: &mut Findings) -> Self {
        Self {
            mode: members.optional("mode", Null::IsWrong, findings),
            url_success: members.optional("urlSuccess", Null::IsAbsent, findings),
            url_exit: members.optional("urlExit", Null::IsAbsent, findings),
        }
    }
}

impl From<Redirect> for RedirectBuilder {
    fn from(redirect: Redirect) -> Self {
        let Redirect {
            mode,
            url_success,
            url_exit,
        } = redirect;
        Self {
            mode: mode.map(Draft::valid),
            url_success: url_success.map(Draft::valid),
            url_exit: url_exit.map(Draft::valid),
        }
    }
}

json_part!(
    Redirect,
    RedirectBuilder,
    "options.redirectPreferences",
    ["mode", "urlSuccess", "urlExit"]
);
