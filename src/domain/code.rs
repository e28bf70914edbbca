//! The machinery of closed code lists.

/// Makes an enum of the codes of a list: parsed by its rule, read and written as a JSON string.
///
/// The rule's limit takes its codes from the enum's `CODES`, so there is one list.
macro_rules! code_list {
    (
        $(#[$meta:meta])*
        $name:ident: $rule:ident, $case:ident case {
            $($(#[$code_meta:meta])* $variant:ident = $code:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$code_meta])* $variant,)+
        }

        impl $name {
            /// Every code, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The texts of [`ALL`](Self::ALL).
            pub(super) const CODES: &'static [&'static str] = &[$($code),+];

            /// Returns the code as it is sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::Invalid;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::ALL
                    .iter()
                    .copied()
                    .find(|code| code_list!(@same $case code.as_str(), text))
                    .ok_or_else(|| $rule.refuse($crate::domain::limit::characters(text)))
            }
        }

        impl TryFrom<&str> for $name {
            type Error = $crate::domain::Invalid;

            fn try_from(text: &str) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::domain::Invalid;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl $crate::domain::value::sealed::Sealed for $name {}

        impl $crate::domain::DomainValue for $name {
            const RULES: &'static [&'static $crate::domain::Rule] = &[&$rule];

            fn warns(&self, _: &'static $crate::domain::Rule) -> bool {
                false
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::domain::text::deserialize_text(deserializer, |text| text.parse())
            }
        }

        json_schema!($name);
    };
    (@same either $code:expr, $text:ident) => {
        $code.eq_ignore_ascii_case($text)
    };
    (@same exact $code:expr, $text:ident) => {
        $code == $text
    };
}
