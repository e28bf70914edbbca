//! Which components of the contract are types of this crate instead of generated ones.
//!
//! Only scalars and enums are bound: every object and every operation is generated. The generator ignores a name that
//! matches nothing, so [`verify`] refuses one, and refuses a constrained scalar of a request that is not bound: its
//! generated type would print its value and say nothing useful when it refuses one.

use super::super::{Document, Node, SpecError};
use super::reach;

/// One component and the type that stands for it.
#[derive(Debug, Clone, Copy)]
pub struct Binding {
    /// Name under `#/components/schemas` of the view.
    pub component: &'static str,
    /// Path of the type in this crate.
    pub rust: &'static str,
}

const fn bind(component: &'static str, rust: &'static str) -> Binding {
    Binding { component, rust }
}

/// The whole table, by component.
pub static BINDINGS: &[Binding] = &[
    bind("AccessToken", "crate::domain::AccessToken"),
    bind("AccountLabel", "crate::domain::AccountLabel"),
    bind("AccountNumber", "crate::domain::AccountNumber"),
    bind("AddressLine1", "crate::domain::AddressLine1"),
    bind("AddressLine2", "crate::domain::AddressLine2"),
    bind("Amount", "crate::domain::Amount"),
    bind("BirthDate", "crate::domain::BirthDate"),
    bind("CancelledStatus", "crate::session::SessionStatus"),
    bind("CancelledStatusDetails", "crate::session::StatusDetails"),
    bind("City", "crate::domain::City"),
    bind("ClientId", "crate::domain::ClientId"),
    bind("ClientSecret", "crate::domain::ClientSecret"),
    bind("Country", "crate::domain::Country"),
    bind("Currency", "crate::domain::Currency"),
    bind("Direction", "crate::domain::Direction"),
    bind("Email", "crate::domain::Email"),
    bind("FirstName", "crate::domain::FirstName"),
    bind("GuaranteeDisabled", "crate::domain::GuaranteeDisabled"),
    bind("GuaranteeEnabled", "crate::domain::GuaranteeEnabled"),
    bind("GuaranteedEftType", "crate::session::GuaranteedEftType"),
    bind(
        "GuaranteedReferenceId",
        "crate::domain::GuaranteedReferenceId",
    ),
    bind("InstitutionCode", "crate::domain::InstitutionCode"),
    bind("Language", "crate::domain::Language"),
    bind("LastName", "crate::domain::LastName"),
    bind("MiddleName", "crate::domain::MiddleName"),
    bind("NameMatch", "::serde_json::Number"),
    bind("Occupation", "crate::domain::Occupation"),
    bind("PaymentType", "crate::domain::PaymentType"),
    bind("PostalCode", "crate::domain::PostalCode"),
    bind("Province", "crate::domain::Province"),
    bind("RedirectMode", "crate::domain::RedirectMode"),
    bind("RedirectUrl", "crate::domain::RedirectUrl"),
    bind("RegularReferenceId", "crate::domain::RegularReferenceId"),
    bind("ReportedAmount", "crate::domain::ReportedAmount"),
    bind(
        "ReportedCurrency",
        "crate::session::Open<crate::domain::Currency>",
    ),
    bind(
        "ReportedDirection",
        "crate::session::Open<crate::domain::Direction>",
    ),
    bind(
        "ReportedLanguage",
        "crate::session::Open<crate::domain::Language>",
    ),
    bind(
        "ReportedPaymentType",
        "crate::session::Open<crate::domain::PaymentType>",
    ),
    bind(
        "ReportedRedirectMode",
        "crate::session::Open<crate::domain::RedirectMode>",
    ),
    bind("RequestReference", "::std::string::String"),
    bind("RiskLevel", "crate::session::RiskLevel"),
    bind("SessionId", "crate::domain::SessionId"),
    bind("SessionStatus", "crate::session::SessionStatus"),
    bind("StatusDetails", "crate::session::StatusDetails"),
    bind("Step", "crate::session::Step"),
    bind("Timestamp", "::std::string::String"),
    bind("TokenLifetime", "::serde_json::Number"),
    bind("TokenType", "::std::string::String"),
    bind("TransitNumber", "crate::domain::TransitNumber"),
    bind("Unit", "crate::domain::Unit"),
];

/// Makes sure that every bound name exists and every scalar component is bound.
pub(super) fn verify(contract: &Document, view: &Document) -> Result<(), SpecError> {
    let schemas = super::components_place();
    let top = contract
        .at(&schemas)
        .map_or(contract.root().at, |node| node.at);
    let Some(components) = view.at(&schemas).and_then(Node::as_object) else {
        return Err(contract.error_at(
            top,
            &schemas,
            "the contract has no schema components",
            "give every constrained value a named component",
        ));
    };
    for Binding { component, rust } in BINDINGS {
        if !components.contains_key(component) {
            let near = components
                .keys()
                .max_by_key(|name| likeness(name, component))
                .filter(|name| 2 * likeness(name, component) >= component.len())
                .map_or(String::new(), |name| {
                    format!("the nearest name is `{name}`; ")
                });
            return Err(contract.error_at(
                top,
                &schemas,
                format!("component `{component}`, bound to `{rust}`, does not exist or is not used by an operation"),
                format!("{near}correct or remove the binding in src/spec/view/bindings.rs"),
            ));
        }
    }
    for (name, at, node) in components.iter() {
        let scalar = node.get("properties").is_none()
            && node.get("oneOf").is_none()
            && node.get("anyOf").is_none();
        let constant = node
            .get("enum")
            .and_then(Node::as_array)
            .is_some_and(|values| values.len() == 1)
            && node.get("type").and_then(Node::as_str) == Some("string");
        if scalar && !constant && !BINDINGS.iter().any(|binding| binding.component == name) {
            return Err(contract.error_at(
                at,
                &super::component(name),
                format!("component `{name}` is a single value without a type of this crate"),
                "write the type in src/domain or src/session and add it to src/spec/view/bindings.rs",
            ));
        }
    }
    reach::no_name_twice(contract, view)?;
    reach::no_inline_scalars(contract, view)
}

/// Counts the characters that two names share at their two ends.
fn likeness(one: &str, other: &str) -> usize {
    let front = one
        .chars()
        .zip(other.chars())
        .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
        .count();
    let back = one
        .chars()
        .rev()
        .zip(other.chars().rev())
        .take_while(|(a, b)| a.eq_ignore_ascii_case(b))
        .count();
    front + back
}
