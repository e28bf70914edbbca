//! How a demonstrated payment goes, and the request that makes it go so.

use clap::ValueEnum;
use flinks_pay::sandbox;
use flinks_pay::session::{
    Address, AddressBuilder, GuaranteedEft, Limits, Payee, Payor, PayorBuilder, RegularEft,
    SessionRequest, Violations,
};
use serde::Serialize;
use uuid::Uuid;

/// How a demonstrated payment goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum Scenario {
    /// The whole amount is guaranteed and scheduled
    Happy1,
    /// Half of the amount is guaranteed, and the payor accepts that
    Happy2,
    /// The payor enters the amount, on a page in French
    Happy3,
    /// No guarantee is offered: EFT0402
    Unhappy1,
    /// The session is cancelled while the payor is under way: EFT0501
    Cancel,
    /// The payor never comes back: EFT0601
    Expire,
}

/// One of the two products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum Product {
    Guaranteed,
    Regular,
}

impl Product {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Guaranteed => "Guaranteed EFT",
            Self::Regular => "regular EFT",
        }
    }
}

impl Scenario {
    /// The name on the command line.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Happy1 => "happy1",
            Self::Happy2 => "happy2",
            Self::Happy3 => "happy3",
            Self::Unhappy1 => "unhappy1",
            Self::Cancel => "cancel",
            Self::Expire => "expire",
        }
    }

    /// Whether it is about the guarantee, which a regular EFT does not have.
    pub(super) fn needs_guarantee(self) -> bool {
        matches!(self, Self::Happy2 | Self::Unhappy1)
    }

    /// The reference that makes the vendor's sandbox and ours play it (GTST); one of its own for what the demo does itself.
    fn reference(self) -> String {
        let scripted = match self {
            Self::Happy1 => sandbox::Scenario::Happy1,
            Self::Happy2 => sandbox::Scenario::Happy2,
            Self::Happy3 => sandbox::Scenario::Happy3,
            Self::Unhappy1 => sandbox::Scenario::Unhappy1,
            Self::Cancel | Self::Expire => {
                return format!(
                    "demo-{}",
                    Uuid::new_v4().simple().to_string().split_at(12).0
                );
            }
        };
        scripted.reference_id().to_owned()
    }

    /// The amount that is preset; none where the payor enters one.
    fn amount(self) -> Option<&'static str> {
        match self {
            Self::Happy1 | Self::Unhappy1 | Self::Cancel | Self::Expire => Some("100.00"),
            Self::Happy2 => Some("1000.00"),
            Self::Happy3 => None,
        }
    }

    /// The payor: the names that the vendor's sandbox knows the scenario by (GTST), and an address of nobody.
    fn payor(self) -> PayorBuilder {
        let (first, last, email) = match self {
            Self::Happy1 | Self::Cancel | Self::Expire => ("John", "Doe", "payor-one@demo.example"),
            Self::Happy2 => ("Steve", "Diamond", "payor-two@demo.example"),
            Self::Happy3 => ("Alex", "Rider", "payor-three@demo.example"),
            Self::Unhappy1 => ("Joe", "Fails", "payor-four@demo.example"),
        };
        Payor::new(first, last).email(email).address(self.address())
    }

    fn address(self) -> AddressBuilder {
        match self {
            Self::Happy3 => Address::new("75 rue Exemple", "Québec", "QC", "G1R 4P5"),
            _ => Address::new("100 Sample Street", "Toronto", "ON", "M5V 2T6"),
        }
    }

    /// Puts the request together.
    ///
    /// # Errors
    ///
    /// The values above break a rule. They do not; a test sees to that.
    pub(super) fn request(self, product: Product) -> Result<SessionRequest, Violations> {
        // One macro for two builders that share no trait, on purpose: they are two products.
        macro_rules! shared {
            ($request:expr) => {{
                let mut request = $request.reference_id(self.reference());
                if let Some(amount) = self.amount() {
                    request = request.amount(amount);
                }
                if self == Self::Happy3 {
                    request = request
                        .language("FR")
                        .limits(Limits::new().minimum("50.00").maximum("500.00"));
                }
                request
            }};
        }
        match product {
            Product::Guaranteed => {
                let payee = Payee::new("999", "20352", "730441895").label("Demo shop");
                shared!(GuaranteedEft::new(self.payor()).payee(payee))
                    .build()
                    .map(SessionRequest::from)
            }
            Product::Regular => {
                let email = "payor@demo.example";
                shared!(RegularEft::new(self.payor(), email))
                    .build()
                    .map(SessionRequest::from)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_can_be_sent_and_warns_of_nothing() {
        for scenario in Scenario::value_variants() {
            for product in [Product::Guaranteed, Product::Regular] {
                let request = scenario.request(product);
                let warnings = request.map(|request| request.warnings().len());
                assert_eq!(warnings, Ok(0), "{} {}", scenario.name(), product.name());
            }
        }
    }

    #[test]
    fn a_name_is_what_the_command_line_takes() {
        for scenario in Scenario::value_variants() {
            assert_eq!(Scenario::from_str(scenario.name(), false), Ok(*scenario));
        }
    }
}
