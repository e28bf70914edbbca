//! The tour of simulators of this process, set up in every way that their answers depend on.

use super::{Report, Scenario, Tour, TourError};
use crate::client::Credentials;
use crate::domain::{ApiKey, ClientId, ClientSecret, Invalid};
use crate::sandbox::{CredentialsTaken, Profile, Sandbox};

/// Who calls beside the first client.
const OTHER: (&str, &str) = ("another-shop", "another-secret");

/// The scenarios by which a setting of a profile shows.
fn telling(question: &str) -> &'static [&'static str] {
    match question {
        "token-lifetime" => &["a token is given for credentials"],
        "token-use" => &["a token creates as often as the profile says"],
        "credentials" => &["a token is given for credentials", "an API key is enough"],
        "status-access" => &[
            "nobody reads without credentials",
            "a client does not see another's sessions",
        ],
        "cancelled-spelling" | "cancel-details" => &["a session is cancelled"],
        "account-number" | "account-before-login" => {
            &["a regular session goes through its screens"]
        }
        "create-status" => &["a guaranteed session is created with what is needed"],
        "completed-webhook" => &["each outcome is told once"],
        "authorize-errors" => &["no token is given for other credentials"],
        "create-errors" => &["a create with a malformed body is refused"],
        _ => &["there is no unknown session"],
    }
}

/// Tours simulators: one of the default profile, where every scenario is played, and others, where those are that depend on how
/// they are set up.
///
/// # Errors
///
/// A simulator does not start, or no client can be made.
pub async fn simulators() -> Result<Report, TourError> {
    let mut report = visit(Profile::STRICT, true, |_| true).await?;
    for (_, profile) in Profile::NAMED.iter().skip(1) {
        let wanted = |scenario: &Scenario| {
            let mut questions = Profile::QUESTIONS.iter();
            questions.any(|it| telling(it.name).contains(&scenario.name))
        };
        report.add(visit(*profile, true, wanted).await?);
    }
    for question in Profile::QUESTIONS {
        let default = question.value(&Profile::STRICT);
        for value in question.values.iter().filter(|it| **it != default) {
            let profile = format!("strict,{}={value}", question.name).parse::<Profile>();
            let wanted = |scenario: &Scenario| telling(question.name).contains(&scenario.name);
            if let Ok(profile) = profile {
                report.add(visit(profile, true, wanted).await?);
            }
        }
    }
    let bare = |scenario: &Scenario| {
        scenario.needs.regular_eft == Some(false)
            || scenario.needs.settlement_account == Some(false)
    };
    report.add(visit(Profile::STRICT, false, bare).await?);
    Ok(report)
}

/// Tours a simulator, whose clients may create regular sessions and have a settlement account, or neither.
async fn visit(
    profile: Profile,
    enabled: bool,
    wanted: impl Fn(&Scenario) -> bool,
) -> Result<Report, TourError> {
    let (id, secret) = OTHER;
    let setup = |error: Invalid| TourError::Setup(error.into());
    let sandbox = Sandbox::builder()
        .profile(profile)
        .api_key(ApiKey::new("key-of-the-tour").map_err(setup)?)
        .another_client(
            ClientId::new(id).map_err(setup)?,
            ClientSecret::new(secret).map_err(setup)?,
        )
        .regular_eft(enabled)
        .settlement_account(enabled)
        .start()
        .await?;
    let mut tour = Tour::of(&sandbox)?;
    match profile.credentials {
        // The other one has no key.
        CredentialsTaken::ApiKey => {}
        CredentialsTaken::Form => tour = tour.another(Credentials::form(id, secret)?),
        _ => tour = tour.another(Credentials::basic(id, secret)?),
    }
    if !enabled {
        tour = tour.without_regular_eft().without_settlement_account();
    }
    tour.run_only(wanted).await
}
