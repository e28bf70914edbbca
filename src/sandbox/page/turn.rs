//! What the payor did on one screen, as the page posts it.

use std::borrow::Cow;

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::Value;

use super::view::{ANSWER, PASSWORD, Shown, username};
use crate::domain::Amount;
use crate::sandbox::bank::{Account, INSTITUTION};
use crate::sandbox::behaviour::Behaviour;
use crate::sandbox::session::Session;

/// It names the screen that it is about, so that a second click, or a second window, does not skip one.
///
/// There is no `Debug`: somebody may have typed a real password, against the page's advice.
#[derive(Deserialize)]
#[serde(tag = "screen", deny_unknown_fields, rename_all_fields = "camelCase")]
pub(super) enum Turn {
    Opening {},
    Start {},
    Consent {
        agree: bool,
    },
    BankSelection {
        institution: String,
    },
    BankConnection {
        username: String,
        password: String,
        #[serde(default)]
        second_question: bool,
    },
    SecondQuestion {
        answer: String,
    },
    AccountSelection {
        account: String,
        #[serde(default)]
        wrong_name: bool,
        #[serde(default)]
        low_balance: bool,
        #[serde(default)]
        other_funding: bool,
    },
    AmountSelection {
        amount: String,
        #[serde(default)]
        low_balance: bool,
        #[serde(default)]
        other_funding: bool,
    },
    GuaranteeOffer {},
    LowerOffer {
        accept: bool,
    },
    Review {},
    Pad {
        sign: bool,
    },
}

/// What is wrong with what was posted. None of it is repeated.
#[derive(Debug)]
pub(super) struct Misread {
    /// For the page, which has a text for it.
    pub(super) code: &'static str,
    /// For a developer.
    pub(super) why: Cow<'static, str>,
}

impl Misread {
    pub(super) const TOO_LONG: Self =
        Self::request("the body is too long, or did not arrive whole");

    const fn request(why: &'static str) -> Self {
        Self {
            code: "invalid_request",
            why: Cow::Borrowed(why),
        }
    }
}

impl Turn {
    pub(super) fn read(body: &Bytes) -> Result<Self, Misread> {
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Err(Misread::request("the body is not JSON"));
        };
        let screen = body.get("screen").and_then(Value::as_str);
        let expected = expected(screen);
        // serde's own account of what is wrong may repeat it.
        serde_json::from_value(body).map_err(|_| Misread::request(expected))
    }

    pub(super) fn screen(&self) -> Shown {
        match self {
            Self::Opening {} => Shown::Opening,
            Self::Start {} => Shown::Start,
            Self::Consent { .. } => Shown::Consent,
            Self::BankSelection { .. } => Shown::BankSelection,
            Self::BankConnection { .. } => Shown::BankConnection,
            Self::SecondQuestion { .. } => Shown::SecondQuestion,
            Self::AccountSelection { .. } => Shown::AccountSelection,
            Self::AmountSelection { .. } => Shown::AmountSelection,
            Self::GuaranteeOffer {} => Shown::GuaranteeOffer,
            Self::LowerOffer { .. } => Shown::LowerOffer,
            Self::Review {} => Shown::Review,
            Self::Pad { .. } => Shown::Pad,
        }
    }

    /// What the state machine is told of it.
    pub(super) fn behaviour(&self, session: &Session) -> Result<Behaviour, Misread> {
        let mut behaviour = Behaviour::default();
        match self {
            Self::Opening {} | Self::Start {} | Self::GuaranteeOffer {} | Self::Review {} => {}
            Self::Consent { agree } => {
                if !agree {
                    return Err(Misread::request("nothing goes on without the consent"));
                }
            }
            Self::BankSelection { institution } => {
                if institution != INSTITUTION {
                    return Err(Misread::request("there is no such bank here"));
                }
            }
            Self::BankConnection {
                username: typed,
                password,
                second_question,
            } => {
                behaviour.mfa = *second_question;
                behaviour.fail_login = typed != username(session) || password != PASSWORD;
            }
            Self::SecondQuestion { answer } => behaviour.fail_login = !is_right(answer),
            Self::AccountSelection {
                account,
                wrong_name,
                low_balance,
                other_funding,
            } => {
                if account != Account::of_payor(true).account_number {
                    return Err(Misread::request("the payor has no such account"));
                }
                behaviour.wrong_name = *wrong_name;
                behaviour.low_balance = *low_balance;
                behaviour.other_funding = *other_funding;
            }
            Self::AmountSelection {
                amount,
                low_balance,
                other_funding,
            } => {
                behaviour.enter_amount = Some(read_amount(amount)?);
                behaviour.low_balance = *low_balance;
                behaviour.other_funding = *other_funding;
            }
            Self::LowerOffer { accept } => behaviour.decline_offer = !accept,
            Self::Pad { sign } => behaviour.refuse_agreement = !sign,
        }
        Ok(behaviour)
    }
}

/// What a turn on this screen has to say.
fn expected(screen: Option<&str>) -> &'static str {
    match screen {
        Some("Opening" | "Start" | "GuaranteeOffer" | "Review") => {
            "on this screen an object with `screen` alone is expected"
        }
        Some("Consent") => "an object with `screen` and `agree` is expected",
        Some("BankSelection") => "an object with `screen` and `institution` is expected",
        Some("BankConnection") => {
            "an object with `screen`, `username` and `password` is expected, and at will `secondQuestion`"
        }
        Some("SecondQuestion") => "an object with `screen` and `answer` is expected",
        Some("AccountSelection") => {
            "an object with `screen` and `account` is expected, and at will `wrongName`, `lowBalance`, `otherFunding`"
        }
        Some("AmountSelection") => {
            "an object with `screen` and `amount`, a text, is expected, and at will `lowBalance`, `otherFunding`"
        }
        Some("LowerOffer") => "an object with `screen` and `accept` is expected",
        Some("Pad") => "an object with `screen` and `sign` is expected",
        _ => {
            "an object is expected whose `screen` names a screen on which the payor does something"
        }
    }
}

fn is_right(answer: &str) -> bool {
    let answer = answer.trim().to_lowercase().replace('é', "e");
    answer == ANSWER.to_lowercase()
}

/// Reads an amount as people in Canada type it: `1000.50`, `1,000.50`, `1 000,50`. Where a comma may be either, as in
/// `1,000`, it is taken for the decimal one, and three decimals are refused rather than guessed about.
fn read_amount(typed: &str) -> Result<Amount, Misread> {
    let plain: String = typed
        .chars()
        .filter(|character| !character.is_whitespace() && *character != '$')
        .collect();
    let plain = match plain.split_once('.') {
        Some((dollars, _)) if in_thousands(dollars) => plain.replace(',', ""),
        Some(_) => plain,
        None => plain.replace(',', "."),
    };
    plain
        .parse()
        .map_err(|invalid: crate::domain::Invalid| Misread {
            code: "invalid_amount",
            why: invalid.to_string().into(),
        })
}

/// Whether every comma stands before three digits.
fn in_thousands(dollars: &str) -> bool {
    dollars.split(',').skip(1).all(|group| group.len() == 3)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_as_they_are_typed() {
        for (typed, cents) in [
            ("100", 10_000),
            (" 120.50 ", 12_050),
            ("120,50", 12_050),
            ("1 000,5", 100_050),
            ("1\u{a0}000,50\u{a0}$", 100_050),
            ("1\u{202f}000", 100_000),
            ("$1,000.50", 100_050),
            ("0.01", 1),
        ] {
            let read = read_amount(typed).unwrap_or_else(|misread| panic!("{typed}: {misread:?}"));
            assert_eq!(read.cents(), cents, "{typed}");
        }
    }

    #[test]
    fn what_is_no_amount_or_could_be_two_is_refused() {
        for typed in [
            "",
            " ",
            "0",
            "-1",
            "1e3",
            "1,000",
            "1.000",
            "1.2.3",
            "1.000,50",
            "1,2.00",
            "ten",
            "100000.01",
            "NaN",
            "٣",
        ] {
            let misread = read_amount(typed).unwrap_err();
            assert_eq!(misread.code, "invalid_amount", "{typed}");
        }
    }

    #[test]
    fn an_answer_may_have_its_accent_and_any_case() {
        assert!(
            ["Montreal", " montréal", "MONTRÉAL "]
                .iter()
                .all(|answer| is_right(answer))
        );
        assert!(
            ["", "Canada", "Montrea"]
                .iter()
                .all(|answer| !is_right(answer))
        );
    }
}
