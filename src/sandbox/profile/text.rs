//! A profile as text: a name, settings, or both, such as `geft,token-use=single`.

use std::fmt;
use std::str::FromStr;

use super::Profile;
use super::questions::Question;

/// Why a text is no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The text begins with neither the name of a profile nor a setting.
    #[error("no profile has that name; expected {}", profiles())]
    UnknownProfile,
    /// No question has the name before an equals sign, or there is no equals sign after the first comma.
    #[error(
        "no setting has that name; expected one of {}, with =value",
        settings()
    )]
    UnknownSetting,
    /// A question has no such value.
    #[error("{setting}: expected {}", expected.join(" or "))]
    UnknownValue {
        /// The question.
        setting: &'static str,
        /// The values that it has.
        expected: &'static [&'static str],
    },
    /// A question is answered twice.
    #[error("{setting}: given twice")]
    Twice {
        /// The question.
        setting: &'static str,
    },
}

fn profiles() -> String {
    let names: Vec<&str> = Profile::NAMED.iter().map(|(name, _)| *name).collect();
    names.join(", ")
}

fn settings() -> String {
    let names: Vec<&str> = Profile::QUESTIONS.iter().map(|it| it.name).collect();
    names.join(", ")
}

impl FromStr for Profile {
    type Err = ProfileError;

    /// Reads the name of a profile, or settings as `name=value`, or first the one and then the others, with commas between them.
    /// Settings alone change the default.
    fn from_str(text: &str) -> Result<Self, ProfileError> {
        let (first, rest) = match text.split_once(',') {
            Some((first, rest)) => (first, Some(rest)),
            None => (text, None),
        };
        let (mut profile, settings) = if first.contains('=') {
            (Self::default(), Some(text))
        } else {
            let found = Self::NAMED.iter().find(|(name, _)| *name == first);
            let (_, profile) = found.ok_or(ProfileError::UnknownProfile)?;
            (*profile, rest)
        };
        let mut answered: Vec<&str> = Vec::new();
        for setting in settings.into_iter().flat_map(|it| it.split(',')) {
            let (name, value) = setting
                .split_once('=')
                .ok_or(ProfileError::UnknownSetting)?;
            let question = Self::QUESTIONS
                .iter()
                .find(|question| question.name == name)
                .ok_or(ProfileError::UnknownSetting)?;
            if answered.contains(&question.name) {
                return Err(ProfileError::Twice {
                    setting: question.name,
                });
            }
            answered.push(question.name);
            if !question.answer(&mut profile, value) {
                return Err(ProfileError::UnknownValue {
                    setting: question.name,
                    expected: question.values,
                });
            }
        }
        Ok(profile)
    }
}

/// The name of the profile that it differs least from, the first of several, and each setting in which it differs.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let differing = |other: &Self| -> Vec<&Question> {
            let differs = |question: &&Question| question.value(self) != question.value(other);
            Self::QUESTIONS.iter().filter(differs).collect()
        };
        let nearest = Self::NAMED
            .iter()
            .map(|(name, other)| (*name, differing(other)))
            .min_by_key(|(_, differing)| differing.len());
        // There is always one, as the list of names is not empty.
        let (name, differing) = nearest.unwrap_or_default();
        f.write_str(name)?;
        for question in differing {
            write!(f, ",{}={}", question.name, question.value(self))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_profile_is_read_back_as_it_is_written() {
        for (name, profile) in Profile::NAMED {
            assert_eq!(profile.to_string(), *name);
            assert_eq!(name.parse(), Ok(*profile));
            for question in Profile::QUESTIONS {
                for value in question.values {
                    let mut changed = *profile;
                    assert!(question.answer(&mut changed, value));
                    assert_eq!(question.value(&changed), *value);
                    assert_eq!(changed.to_string().parse(), Ok(changed));
                    let text = format!("{name},{}={value}", question.name);
                    assert_eq!(text.parse(), Ok(changed));
                }
            }
        }
    }

    #[test]
    fn settings_alone_change_the_default() {
        let expected = Profile {
            token_use: super::super::choices::TokenUse::Reusable,
            ..Profile::default()
        };
        assert_eq!("token-use=reusable".parse(), Ok(expected));
        assert_eq!(
            "token-use=reusable,cancel-details=given".parse(),
            Ok(expected)
        );
    }

    #[test]
    fn names_are_told_apart_and_every_question_has_two_values_at_least() {
        let names: BTreeSet<_> = Profile::QUESTIONS.iter().map(|it| it.name).collect();
        assert_eq!(names.len(), Profile::QUESTIONS.len());
        for question in Profile::QUESTIONS {
            let values: BTreeSet<_> = question.values.iter().collect();
            assert_eq!(values.len(), question.values.len(), "{}", question.name);
            assert!(values.len() > 1, "{}", question.name);
        }
    }

    #[test]
    fn what_is_no_profile_is_told_with_what_was_expected() {
        let said = |text: &str| text.parse::<Profile>().map_err(|error| error.to_string());
        for (text, expected) in [
            (
                "",
                "no profile has that name; expected strict, geft, eft, lenient",
            ),
            (
                "Strict",
                "no profile has that name; expected strict, geft, eft, lenient",
            ),
            (
                "geft,token-use=once",
                "token-use: expected single or reusable",
            ),
            (
                "create-status=200,create-status=201",
                "create-status: given twice",
            ),
        ] {
            assert_eq!(said(text), Err(expected.to_owned()), "{text:?}");
        }
        for text in ["geft,", "geft,eft", "geft,token=1", "=", "strict,=single"] {
            let error = text.parse::<Profile>();
            assert_eq!(error, Err(ProfileError::UnknownSetting), "{text:?}");
        }
    }
}
