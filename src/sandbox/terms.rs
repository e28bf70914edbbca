//! What a request said, as far as anybody can see it later.
//!
//! A sandbox may hold a hundred thousand sessions, so the texts of one are one piece of memory. What was sent and is shown
//! nowhere, such as the occupation, is not kept.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::domain::{
    AccountLabel, AddressLine2, Email, Language, MiddleName, RedirectMode, RedirectUrl,
    ReportedReference, Unit,
};
use crate::session::{self, Address, Payee, Redirect};

/// What the request said.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Terms {
    pub(super) guaranteed: bool,
    pub(super) language: Language,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) show_consent_screen: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) amount_modification: Option<bool>,
    has_redirect: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mode: Option<RedirectMode>,
    texts: Packed,
}

/// The part of the request that is kept as texts.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) reference_id: Option<&'a ReportedReference>,
    pub(super) payor: &'a session::Payor,
    /// Where the money goes, if the request said so.
    pub(super) payee: Option<&'a Payee>,
    pub(super) redirect: Option<&'a Redirect>,
}

/// The texts of a session.
pub(super) struct Texts<'a> {
    pub(super) email: Option<&'a str>,
    pub(super) first_name: &'a str,
    pub(super) last_name: &'a str,
    pub(super) middle_name: Option<&'a str>,
    pub(super) address: Option<AddressTexts<'a>>,
    pub(super) payee: Option<PayeeTexts<'a>>,
    pub(super) redirect: Option<RedirectTexts<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AddressTexts<'a> {
    address_line1: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    address_line2: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'a str>,
    city: &'a str,
    province: &'a str,
    country: &'a str,
    postal_code: &'a str,
}

pub(super) struct PayeeTexts<'a> {
    pub(super) institution: &'a str,
    pub(super) transit: &'a str,
    pub(super) account: &'a str,
    pub(super) label: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RedirectTexts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) mode: Option<RedirectMode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url_success: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) url_exit: Option<&'a str>,
}

impl Terms {
    pub(super) fn new(
        guaranteed: bool,
        language: Language,
        show_consent_screen: Option<bool>,
        amount_modification: Option<bool>,
        said: &Said<'_>,
    ) -> Self {
        Self {
            guaranteed,
            language,
            show_consent_screen,
            amount_modification,
            has_redirect: said.redirect.is_some(),
            mode: said.redirect.and_then(Redirect::mode),
            texts: said.packed(),
        }
    }

    /// The integrator's reference, which is the first of the texts: a status is asked for more often than anything else.
    pub(super) fn reference_id(&self) -> Option<&str> {
        self.texts.iter().next().flatten()
    }

    /// Every text but the reference.
    pub(super) fn texts(&self) -> Texts<'_> {
        let mut all = self.texts.iter().skip(1);
        let mut next = move || all.next().flatten();
        // In the order of `Said::packed`. What cannot be absent is not.
        let mut texts = Texts {
            first_name: next().unwrap_or_default(),
            last_name: next().unwrap_or_default(),
            middle_name: next(),
            email: next(),
            address: None,
            payee: None,
            redirect: None,
        };
        texts.address = AddressTexts::of(&mut next);
        texts.payee = PayeeTexts::of(&mut next);
        texts.redirect = self.has_redirect.then(|| RedirectTexts {
            mode: self.mode,
            url_success: next(),
            url_exit: next(),
        });
        texts
    }
}

impl Said<'_> {
    fn packed(&self) -> Packed {
        let Self {
            reference_id,
            payor,
            payee,
            redirect,
        } = self;
        let mut texts = Writer::default();
        texts.add(reference_id.map(ReportedReference::expose));
        texts.add(Some(payor.first_name().expose()));
        texts.add(Some(payor.last_name().expose()));
        texts.add(payor.middle_name().map(MiddleName::expose));
        texts.add(payor.email().map(Email::expose));
        let address = payor.address();
        texts.add(address.map(|it| it.line1().expose()));
        texts.add(address.and_then(Address::line2).map(AddressLine2::expose));
        texts.add(address.and_then(Address::unit).map(Unit::expose));
        texts.add(address.map(|it| it.city().expose()));
        texts.add(address.map(|it| it.province().as_str()));
        texts.add(address.map(|it| it.country().as_str()));
        texts.add(address.map(|it| it.postal_code().expose()));
        texts.add(payee.map(|it| it.institution().expose()));
        texts.add(payee.map(|it| it.transit().expose()));
        texts.add(payee.map(|it| it.account().expose()));
        texts.add(payee.and_then(Payee::label).map(AccountLabel::expose));
        let (success, exit) = (Redirect::url_success, Redirect::url_exit);
        texts.add(redirect.and_then(success).map(RedirectUrl::expose));
        texts.add(redirect.and_then(exit).map(RedirectUrl::expose));
        texts.packed()
    }
}

impl<'a> AddressTexts<'a> {
    /// Takes its texts, whether there is an address or not.
    fn of(next: &mut impl FnMut() -> Option<&'a str>) -> Option<Self> {
        let (line1, line2, unit) = (next(), next(), next());
        let (city, province, country, postal_code) = (next(), next(), next(), next());
        Some(Self {
            address_line1: line1?,
            address_line2: line2,
            unit,
            city: city?,
            province: province?,
            country: country?,
            postal_code: postal_code?,
        })
    }
}

impl<'a> PayeeTexts<'a> {
    /// Takes its texts, whether there is a payee or not.
    fn of(next: &mut impl FnMut() -> Option<&'a str>) -> Option<Self> {
        let (institution, transit, account, label) = (next(), next(), next(), next());
        Some(Self {
            institution: institution?,
            transit: transit?,
            account: account?,
            label,
        })
    }
}

/// Texts one after another, each behind its length in bytes and a colon; a hyphen stands for one that is absent.
#[derive(Clone)]
struct Packed(Box<str>);

/// How many texts a session has, those included that are absent.
const TEXTS: usize = 18;

/// A list of texts and nulls.
impl Serialize for Packed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for Packed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<Option<Box<str>>>::deserialize(deserializer)?;
        if texts.len() != TEXTS {
            return Err(de::Error::invalid_length(texts.len(), &"18 texts or nulls"));
        }
        let mut writer = Writer::default();
        for text in &texts {
            writer.add(text.as_deref());
        }
        Ok(writer.packed())
    }
}

impl Packed {
    fn iter(&self) -> Reader<'_> {
        Reader(&self.0)
    }
}

/// Names, addresses and accounts.
impl fmt::Debug for Packed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[derive(Default)]
struct Writer(String);

impl Writer {
    fn add(&mut self, text: Option<&str>) {
        match text {
            Some(text) => {
                self.0.push_str(&text.len().to_string());
                self.0.push(':');
                self.0.push_str(text);
            }
            None => self.0.push('-'),
        }
    }

    fn packed(self) -> Packed {
        Packed(self.0.into())
    }
}

struct Reader<'a>(&'a str);

impl<'a> Iterator for Reader<'a> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(rest) = self.0.strip_prefix('-') {
            self.0 = rest;
            return Some(None);
        }
        let (length, rest) = self.0.split_once(':')?;
        let (text, rest) = rest.split_at_checked(length.parse().ok()?)?;
        self.0 = rest;
        Some(Some(text))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_request_has_as_many_texts_as_are_read_back() {
        let payor = session::GuaranteedEft::new(session::Payor::new("Robin", "Tester"));
        let payor = payor.build().expect("a request").debit.payor;
        let said = Said {
            reference_id: None,
            payor: &payor,
            payee: None,
            redirect: None,
        };
        let packed = said.packed();
        assert_eq!(packed.iter().count(), TEXTS);
        let text = serde_json::to_string(&packed).expect("a list");
        let read: Packed = serde_json::from_str(&text).expect("the same");
        assert_eq!(read.0, packed.0);
        assert!(serde_json::from_str::<Packed>("[null]").is_err());
    }

    proptest! {
        #[test]
        fn what_is_packed_is_what_is_read(texts in prop::collection::vec(prop::option::of(".{0,40}"), 0..20)) {
            let mut writer = Writer::default();
            for text in &texts {
                writer.add(text.as_deref());
            }
            let packed = writer.packed();
            let read: Vec<Option<String>> = packed.iter().map(|text| text.map(str::to_owned)).collect();
            prop_assert_eq!(read, texts);
        }
    }
}
