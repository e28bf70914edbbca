//! JSON Schemas of the requests.
//!
//! Written out rather than derived: the contract decides which member is required and which may be `null`, and the shape of
//! the Rust types says neither. What a schema cannot say (one amount inside two others) is left to the checks.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::{Address, GuaranteedEft, Limits, Payee, Payor, Redirect, RegularEft, SessionRequest};
use crate::domain::{
    AccountLabel, AccountNumber, AddressLine1, AddressLine2, Amount, BirthDate, City, Country,
    Currency, Direction, Email, FirstName, GuaranteeDisabled, GuaranteeEnabled,
    GuaranteedReferenceId, InstitutionCode, Language, LastName, MiddleName, Occupation,
    PaymentType, PostalCode, Province, RedirectMode, RedirectUrl, RegularReferenceId,
    TransitNumber, Unit,
};

/// A closed object in the making.
struct Object<'g> {
    generator: &'g mut SchemaGenerator,
    members: Map<String, Value>,
    required: Vec<Value>,
}

impl<'g> Object<'g> {
    fn new(generator: &'g mut SchemaGenerator) -> Self {
        Self {
            generator,
            members: Map::new(),
            required: Vec::new(),
        }
    }

    fn required<T: JsonSchema>(mut self, name: &str) -> Self {
        self.required.push(name.into());
        self.optional::<T>(name)
    }

    fn optional<T: JsonSchema>(mut self, name: &str) -> Self {
        let schema = self.generator.subschema_for::<T>();
        self.members.insert(name.to_owned(), schema.to_value());
        self
    }

    fn nullable<T: JsonSchema>(mut self, name: &str) -> Self {
        let schema = self.generator.subschema_for::<T>();
        self.members.insert(
            name.to_owned(),
            serde_json::json!({ "anyOf": [schema, { "type": "null" }] }),
        );
        self
    }

    fn finish(self, description: &str) -> Schema {
        json_schema!({
            "type": "object",
            "description": description,
            "properties": self.members,
            "required": self.required,
            "additionalProperties": false,
        })
    }
}

/// Implements `JsonSchema` for a closed object.
macro_rules! closed {
    ($($name:ident, $description:literal: $($how:ident $member:literal $type:ty,)+;)+) => {$(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                Object::new(generator)$(.$how::<$type>($member))+.finish($description)
            }
        }
    )+};
}

closed! {
    GuaranteedEft, "A Guaranteed EFT session.":
        required "type" PaymentType,
        required "direction" Direction,
        optional "currency" Currency,
        nullable "amount" Amount,
        nullable "referenceId" GuaranteedReferenceId,
        required "options" GuaranteedOptions,
        required "payor" Payor,
        optional "payee" Payee,
    ;
    RegularEft, "A regular EFT session.":
        required "type" PaymentType,
        required "direction" Direction,
        optional "currency" Currency,
        nullable "amount" Amount,
        nullable "referenceId" RegularReferenceId,
        required "options" RegularOptions,
        required "payor" RegularPayor,
    ;
    GuaranteedOptions, "How the session behaves, with a guarantee.":
        required "guarantee" GuaranteeOn,
        optional "notificationPreferences" NotificationPreferences,
        nullable "showConsentScreen" bool,
        optional "limits" Limits,
        optional "amountModification" bool,
        optional "redirectPreferences" Redirect,
    ;
    RegularOptions, "How the session behaves, without a guarantee.":
        required "guarantee" GuaranteeOff,
        optional "notificationPreferences" NotificationPreferences,
        nullable "showConsentScreen" bool,
        optional "limits" Limits,
        optional "amountModification" bool,
        optional "redirectPreferences" Redirect,
    ;
    GuaranteeOn, "Asks for a guarantee.":
        required "enable" GuaranteeEnabled,
    ;
    GuaranteeOff, "Asks for none.":
        required "enable" GuaranteeDisabled,
    ;
    NotificationPreferences, "How the payor is addressed.":
        optional "language" Language,
    ;
    Limits, "Bounds on the amount, in Canadian dollars.":
        nullable "minimumAmount" Amount,
        nullable "maximumAmount" Amount,
    ;
    Redirect, "How the hosted page hands the payor back.":
        optional "mode" RedirectMode,
        nullable "urlSuccess" RedirectUrl,
        nullable "urlExit" RedirectUrl,
    ;
    Payor, "The person who is debited.":
        required "firstName" FirstName,
        required "lastName" LastName,
        optional "email" Email,
        nullable "middleName" MiddleName,
        nullable "occupation" Occupation,
        nullable "birthDate" BirthDate,
        nullable "address" Address,
    ;
    RegularPayor, "The person who is debited; a regular EFT needs an email address.":
        required "firstName" FirstName,
        required "lastName" LastName,
        required "email" Email,
        nullable "middleName" MiddleName,
        nullable "occupation" Occupation,
        nullable "birthDate" BirthDate,
        nullable "address" Address,
    ;
    Address, "A Canadian address.":
        required "addressLine1" AddressLine1,
        nullable "addressLine2" AddressLine2,
        nullable "unit" Unit,
        required "city" City,
        required "province" Province,
        required "country" Country,
        required "postalCode" PostalCode,
    ;
    Payee, "Where the money goes.":
        required "account" PayeeAccount,
    ;
    PayeeAccount, "A Canadian bank account.":
        required "institutionCode" InstitutionCode,
        required "transitNumber" TransitNumber,
        required "accountNumber" AccountNumber,
        optional "accountLabel" AccountLabel,
    ;
}

// Objects of the contract that have no type of their own here: names for the definitions.
struct GuaranteedOptions;
struct RegularOptions;
struct GuaranteeOn;
struct GuaranteeOff;
struct NotificationPreferences;
struct RegularPayor;
struct PayeeAccount;

impl JsonSchema for SessionRequest {
    fn schema_name() -> Cow<'static, str> {
        "SessionRequest".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "One of the two products; `options.guarantee.enable` says which.",
            "oneOf": [generator.subschema_for::<GuaranteedEft>(), generator.subschema_for::<RegularEft>()],
        })
    }
}
