//! This crate's client with every answer to every question.

use std::fmt::Write as _;

use flinks_pay::sandbox::{CredentialsTaken, Profile, Sandbox, Scenario};
use flinks_pay::session::SessionStatus;
use flinks_pay::{Client, Credentials, Environment, GuaranteedEft, Payor, RegularEft, SessionId};

use super::profile;

/// A client that has what the profile asks for.
fn client_of(sandbox: &Sandbox) -> Client {
    let (id, secret) = (sandbox.client_id(), sandbox.client_secret());
    let credentials = match sandbox.profile().credentials {
        CredentialsTaken::Form => Credentials::form(id, secret),
        CredentialsTaken::ApiKey => Credentials::api_key(sandbox.api_key().unwrap(), id),
        _ => Credentials::basic(id, secret),
    };
    let environment = Environment::custom(sandbox.base_url().as_str()).unwrap();
    Client::builder(environment, credentials.unwrap())
        .build()
        .unwrap()
}

/// Two payments that succeed, one that is cancelled, and one that fails; each refusal is of the kind that is promised.
async fn pays(profile: Profile) {
    let builder = Sandbox::builder().profile(profile);
    let sandbox = builder.start().await.unwrap();
    let client = client_of(&sandbox);
    let payor = || Payor::new("Robin", "Tester");
    let request = || GuaranteedEft::new(payor()).amount("120.50");
    let guaranteed = request().build().unwrap();
    let regular = RegularEft::new(payor(), "robin@mail.example")
        .amount("18.00")
        .build()
        .unwrap();

    let first = client
        .create_guaranteed(&guaranteed)
        .await
        .unwrap()
        .session_id;
    let second = client.create_regular(&regular).await.unwrap().session_id;
    for id in [&first, &second] {
        assert_eq!(
            client.status(id).await.unwrap().status,
            SessionStatus::Initiated
        );
        assert!(
            client
                .details(id)
                .await
                .unwrap()
                .payor
                .as_ref()
                .unwrap()
                .account()
                .is_none()
        );
        sandbox.payor(id).run().unwrap();
        let status = client.status(id).await.unwrap();
        assert!(status.is_scheduled(), "{status:?}");
        let details = client.details(id).await.unwrap();
        assert!(details.payor.as_ref().unwrap().account().is_some());
    }

    let third = client
        .create_guaranteed(&guaranteed)
        .await
        .unwrap()
        .session_id;
    client.cancel(&third).await.unwrap();
    assert_eq!(
        client.status(&third).await.unwrap().status,
        SessionStatus::Cancelled
    );
    // Again: that it is cancelled already counts as done.
    client.cancel(&third).await.unwrap();

    let fails = Scenario::WrongName.reference_id();
    let failing = request().reference_id(fails).build().unwrap();
    let fourth = client.create_guaranteed(&failing).await.unwrap().session_id;
    sandbox.payor(&fourth).run().unwrap();
    assert_eq!(
        client.status(&fourth).await.unwrap().status,
        SessionStatus::Failed
    );
    let refused = client.cancel(&fourth).await.unwrap_err();
    assert!(!refused.maybe_applied(), "{refused:?}");
    let never: SessionId = crate::status::NO_SESSIONS[0].parse().unwrap();
    let refused = client.details(&never).await.unwrap_err();
    assert_eq!(refused.status(), Some(404), "{refused:?}");
    // Four sessions, and no more of them than were asked for.
    let journal = sandbox.journal();
    let created = journal
        .iter()
        .filter(|it| it.operation.as_deref() == Some("createSession") && it.status < 300);
    assert_eq!(created.count(), 4);
}

#[tokio::test]
async fn the_client_of_this_crate_pays_with_every_answer_to_every_question() {
    let mut table = String::new();
    let mut count = 0;
    for (name, base) in Profile::NAMED {
        let mut values = vec![(String::new(), *base)];
        for question in Profile::QUESTIONS {
            for value in question.values {
                let setting = format!("{}={value}", question.name);
                values.push((setting.clone(), profile(&format!("{name},{setting}"))));
            }
        }
        for (setting, profile) in values {
            pays(profile).await;
            count += 1;
            writeln!(table, "{name:<8} {setting:<45} paid").unwrap();
        }
    }
    println!("{table}");
    let values: usize = Profile::QUESTIONS.iter().map(|it| it.values.len()).sum();
    assert_eq!(count, Profile::NAMED.len() * (values + 1));
}
