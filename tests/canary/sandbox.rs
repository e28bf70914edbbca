//! A payment in the sandbox.

use flinks_pay::domain::{ApiKey, ClientId, ClientSecret};
use flinks_pay::sandbox::{
    Profile, Sandbox, SandboxBuilder, SandboxError, StateError, StatusEvent, Webhook,
    WebhookReceiver,
};
use flinks_pay::webhook::WebhookSecret;
use flinks_pay::{GuaranteeDecision, SessionId};

use crate::calls::print;
use crate::checked;
use crate::given::{self, guaranteed, regular, schemes};
use crate::markers::{API_KEY, CLIENT_ID, CLIENT_SECRET, REFERENCE, SESSION, WEBHOOK_SECRET};
use crate::told::Told;

/// Where nobody listens.
fn nobody() -> Webhook {
    let secret = WebhookSecret::new(WEBHOOK_SECRET).unwrap();
    Webhook::new("http://127.0.0.1:1/canarypath?key=canarypath", secret).unwrap()
}

/// A payment in the sandbox, and everything that the sandbox shows of itself.
pub(crate) async fn in_the_sandbox(told: &mut Told) {
    let builder = Sandbox::builder()
        .client_id(ClientId::new(CLIENT_ID).unwrap())
        .client_secret(ClientSecret::new(CLIENT_SECRET).unwrap())
        .api_key(ApiKey::new(API_KEY).unwrap())
        .webhook(nobody());
    told.look(&builder);
    let sandbox = checked::with(builder).await.unwrap();
    // Without a marker: the journal says that it has the ids of sessions, which are no one's.
    let unknown = SessionId::new("00000000-0000-4000-8000-000000000000").unwrap();
    for credentials in schemes() {
        let client = given::builder(sandbox.base_url().as_str(), credentials)
            .build()
            .unwrap();
        let _ = client.authorize().await;
        let created = client.create_guaranteed(&guaranteed()).await.unwrap();
        let cancelled = client.create_regular(&regular()).await.unwrap();
        let id = created.session_id;
        print(client.cancel(&cancelled.session_id).await, told).unwrap();
        let payor = sandbox.payor(&id);
        told.look(&payor);
        for played in payor.run().unwrap() {
            told.look(&played);
            played.events.iter().for_each(|event| told.look(event));
        }
        told.error(&payor.step().unwrap_err());
        print(client.status(&id).await, told).unwrap();
        print(client.details(&id).await, told).unwrap();
        print(client.cancel(&id).await, told).unwrap_err();
        print(
            client
                .confirm_guarantee(&id, GuaranteeDecision::reject())
                .await,
            told,
        )
        .unwrap_err();
        print(client.status(&unknown).await, told).unwrap_err();
    }
    for exchange in sandbox.journal() {
        told.look(&exchange);
    }
    told.look(&nobody());
    told.look(&WebhookReceiver::new(nobody().url().as_str()).unwrap());
    told.look(&StatusEvent {
        when: std::time::SystemTime::UNIX_EPOCH,
        session_id: SessionId::new(SESSION).unwrap(),
        reference_id: Some(REFERENCE.to_owned().into()),
        amount: None,
        status: "Completed".to_owned(),
        status_details: None,
    });
    let registered = sandbox.webhooks();
    told.look(registered.session.as_ref().unwrap());
    told.look(&registered);
    let sessions = schemes().len();
    while sandbox.webhooks().waiting > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    }
    // One is paid, which is told twice, and one is cancelled.
    assert_eq!(sandbox.deliveries().len(), 3 * sessions);
    for delivery in sandbox.deliveries() {
        told.look(&delivery.webhook);
        told.look(&delivery.outcome);
        told.look(&delivery);
    }
    #[cfg(feature = "__defects")]
    for defect in flinks_pay::sandbox::Defect::ALL {
        told.look(defect);
    }
    told.look(&*sandbox);
}

/// A state file that is full of markers, and why it is refused.
pub(crate) async fn in_a_state_file(told: &mut Told) {
    let directory = tempfile::tempdir().unwrap();
    // A name that is not one line.
    let path = directory.path().join("sta\nte");
    let builder = || {
        Sandbox::builder()
            .client_id(ClientId::new(CLIENT_ID).unwrap())
            .client_secret(ClientSecret::new(CLIENT_SECRET).unwrap())
            .state(&path)
    };
    let sandbox = checked::with(builder()).await.unwrap();
    let [basic, ..] = schemes();
    let client = given::builder(sandbox.base_url().as_str(), basic).build();
    client
        .unwrap()
        .create_guaranteed(&guaranteed())
        .await
        .unwrap();
    refused(builder(), told).await;
    let report = sandbox.state_report().unwrap();
    told.look(&report);
    sandbox.shutdown().await;
    let whole = std::fs::read(&path).unwrap();
    let text = String::from_utf8(whole.clone()).unwrap();
    assert!(text.contains(CLIENT_ID) && !text.contains(CLIENT_SECRET));
    refused(builder().profile(Profile::LENIENT), told).await;
    refused(builder().client_id(ClientId::new("another").unwrap()), told).await;
    for bytes in [
        &whole[..0],
        &whole[..60],
        &whole[..whole.len() - 1],
        &whole[70..],
    ] {
        std::fs::write(&path, bytes).unwrap();
        refused(builder(), told).await;
    }
}

async fn refused(builder: SandboxBuilder, told: &mut Told) {
    let error = checked::with(builder).await.unwrap_err();
    told.error(&error);
    let SandboxError::State(error) = error else {
        panic!("{error}");
    };
    told.error(&error);
    if let StateError::Damaged { damage, .. } = &error {
        told.look(damage);
    }
}
