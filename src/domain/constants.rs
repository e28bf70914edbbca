//! The one boolean that tells the two products apart, as two types of one value each.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

use super::found::{Found, JsonKind};
use super::limit::Limit;
use super::rule::{Rule, Severity};

pub(crate) static GUARANTEE_ENABLED: Rule = Rule {
    id: "guarantee-enabled",
    fields: &["options.guarantee.enable"],
    limit: Limit::Constant(true),
    severity: Severity::Refuse,
    source: "S4, S2",
    contract: "#/components/schemas/GuaranteeEnabled",
    enforcer: "domain::GuaranteeEnabled",
};

pub(crate) static GUARANTEE_DISABLED: Rule = Rule {
    id: "guarantee-disabled",
    fields: &["options.guarantee.enable"],
    limit: Limit::Constant(false),
    severity: Severity::Refuse,
    source: "S4",
    contract: "#/components/schemas/GuaranteeDisabled",
    enforcer: "domain::GuaranteeDisabled",
};

macro_rules! constant {
    ($(#[$meta:meta])* $name:ident: $rule:ident = $value:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
        pub struct $name;

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_bool($value)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct ConstantVisitor;

                impl<'de> Visitor<'de> for ConstantVisitor {
                    type Value = $name;

                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(stringify!($value))
                    }

                    fn visit_bool<E: de::Error>(self, value: bool) -> Result<$name, E> {
                        if value == $value {
                            Ok($name)
                        } else {
                            Err(E::custom($rule.refuse(Found::Shape(if value { "true" } else { "false" }))))
                        }
                    }

                    wrong_kinds!(JsonKind::Boolean: number string unit seq map);
                }

                deserializer.deserialize_any(ConstantVisitor)
            }
        }

        #[cfg(feature = "schemars")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                super::value::schema(&[&$rule])
            }
        }
    };
}

constant! {
    /// The constant `true`: a guarantee is asked for.
    GuaranteeEnabled: GUARANTEE_ENABLED = true
}

constant! {
    /// The constant `false`: no guarantee is asked for.
    GuaranteeDisabled: GUARANTEE_DISABLED = false
}
