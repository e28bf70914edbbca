//! The element that shows the page within another one.

use std::fmt;

use super::HostedPage;

/// The permissions that [`Iframe::sandboxed`] leaves to the page.
const PERMISSIONS: &str = "allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox \
                           allow-modals allow-downloads";

/// An `<iframe>` element in the making.
///
/// The element has the page's address, so it opens the session, too. It has no script and no style, so a strict
/// `Content-Security-Policy` needs no exception for it; and it sends no referrer, so that the address of your page, which
/// may name an invoice, stays with you.
///
/// # Camera, clipboard and the like
///
/// A browser gives a frame of another origin none of them unless [`allow`](Self::allow) names it. Flinks documents no need,
/// so by default nothing is named.
///
/// # The `sandbox` attribute
///
/// It is left out by default, because Flinks does not document what its page needs, and a flow that breaks at one bank's
/// login costs a payment. What it would add is little: a page of another origin cannot reach into yours either way. See
/// [`sandboxed`](Self::sandboxed).
#[derive(Clone)]
#[must_use]
pub struct Iframe {
    page: HostedPage,
    id: String,
    title: String,
    class: Option<String>,
    width: Option<u32>,
    height: u32,
    allow: Option<String>,
    sandboxed: bool,
}

impl Iframe {
    pub(super) fn new(page: HostedPage) -> Self {
        Self {
            page,
            id: "flinks-pay".to_owned(),
            title: "Pay from your bank account".to_owned(),
            class: None,
            width: None,
            height: 600,
            allow: None,
            sandboxed: false,
        }
    }

    /// Sets the element's id, by which a script finds the frame; `flinks-pay` by default.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Sets the title, which a screen reader reads out as the name of the frame; English by default, so set it on a page in
    /// another language.
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Sets the classes, for a style sheet.
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.class = Some(class.into());
        self
    }

    /// Sets the width in CSS pixels; by default the frame is as wide as its container (S2, GWID).
    pub fn width(mut self, pixels: u32) -> Self {
        self.width = Some(pixels);
        self
    }

    /// Sets the height in CSS pixels; 600 by default (S2, GWID).
    pub fn height(mut self, pixels: u32) -> Self {
        self.height = pixels;
        self
    }

    /// Sets the `allow` attribute, a permissions policy such as `clipboard-write`. By default there is none.
    pub fn allow(mut self, policy: impl Into<String>) -> Self {
        self.allow = Some(policy.into());
        self
    }

    /// Adds a `sandbox` attribute.
    ///
    /// It lets the page run scripts under its own origin, without which its messages come from the origin `null` and the
    /// listener refuses them, and it allows forms, dialogs, downloads and windows for a bank's login. It does not let the
    /// page move the whole tab elsewhere, so it does not go with a redirect. The choice is ours and not Flinks': walk
    /// through every flow that you offer in their sandbox before using it.
    pub fn sandboxed(mut self) -> Self {
        self.sandboxed = true;
        self
    }

    /// Returns the element as HTML, every attribute escaped. Take care where it goes: it has the page's address.
    #[must_use]
    pub fn html(&self) -> String {
        let width = self
            .width
            .map_or_else(|| "100%".to_owned(), |pixels| pixels.to_string());
        let height = self.height.to_string();
        let attributes = [
            ("id", Some(self.id.as_str())),
            ("title", Some(self.title.as_str())),
            ("class", self.class.as_deref()),
            ("src", Some(self.page.url().as_str())),
            ("width", Some(width.as_str())),
            ("height", Some(height.as_str())),
            // Obsolete, and the only way to have no border that a policy on styles does not forbid.
            ("frameborder", Some("0")),
            ("referrerpolicy", Some("no-referrer")),
            ("allow", self.allow.as_deref()),
            ("sandbox", self.sandboxed.then_some(PERMISSIONS)),
        ];
        let mut html = String::from("<iframe");
        for (name, value) in attributes {
            if let Some(value) = value {
                html.push(' ');
                html.push_str(name);
                html.push_str("=\"");
                escape(&mut html, value);
                html.push('"');
            }
        }
        html.push_str("></iframe>");
        html
    }
}

impl fmt::Debug for Iframe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Iframe")
            .field("page", &self.page)
            .field("id", &self.id)
            .field("sandboxed", &self.sandboxed)
            .finish_non_exhaustive()
    }
}

/// Writes the value of an attribute in double quotes. The other characters are for templates that look at less than HTML.
fn escape(html: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            other => html.push(other),
        }
    }
}
