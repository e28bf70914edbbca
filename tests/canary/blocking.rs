//! The client that blocks, on a thread of its own.

use std::time::Duration;

use flinks_pay::blocking::Client;
use flinks_pay::client::Retries;
use flinks_pay::client::once::Resolution;
use flinks_pay::watch::ReconcilePolicy;
use flinks_pay::{Environment, GuaranteeDecision};

use crate::calls::print;
use crate::debts::debt;
use crate::given::{guaranteed, regular, schemes, session};
use crate::replies::replies;
use crate::told::Told;
use crate::waiting::{answering, course, policy, print_progress, print_reconciled};

/// Every method, for a session that goes well and against every kind of answer.
pub(crate) async fn in_every_way(told: &mut Told) {
    let mut servers = vec![answering(course()).await];
    for reply in replies() {
        servers.push(answering(vec![reply]).await);
    }
    let bases: Vec<String> = servers.iter().map(|it| it.base().to_owned()).collect();
    let work = tokio::task::spawn_blocking(move || {
        let mut told = Told::default();
        for base in bases {
            of_one_client(&base, &mut told);
        }
        told
    });
    told.take_in(work.await.unwrap());
}

fn of_one_client(base: &str, told: &mut Told) {
    let [basic, _, _] = schemes();
    let builder = Client::builder(Environment::custom(base).unwrap(), basic);
    told.look(&builder);
    let client = builder.retries(Retries::off()).build().unwrap();
    told.look(&client);
    let id = session();
    let mut watch = client.watch(&id, policy());
    told.look(&watch);
    watch.by_ref().for_each(|item| {
        print_progress(&item, told);
    });
    told.look(&watch);
    match client.wait(&id, policy()) {
        Ok(settled) => told.look(&settled),
        Err(error) => told.error(&error),
    }
    let mut reconcile = client.reconcile(
        [id, id],
        ReconcilePolicy::default().spacing(Duration::from_millis(1)),
    );
    told.look(&reconcile);
    reconcile.by_ref().for_each(|reconciled| {
        print_reconciled(&reconciled, told);
    });

    let _ = print(client.authorize(), told);
    let _ = print(client.create_guaranteed(&guaranteed()), told);
    let _ = print(client.create_regular(&regular()), told);
    let _ = print(client.create(&guaranteed().into()), told);
    let _ = print(client.status(&id), told);
    let _ = print(client.details(&id), told);
    let _ = print(client.cancel(&id), told);
    let decision = GuaranteeDecision::accept();
    let _ = print(client.confirm_guarantee(&id, decision), told);
    told.look(&client.hosted_page(&id));

    let request = guaranteed().into();
    for once in [
        client.create_once(&debt(), &request),
        client.replace(&id, &debt(), &request),
    ] {
        match once {
            Ok(once) => told.look(&once),
            Err(error) => told.error(&error),
        }
    }
    told.look(&client.standing(&debt()).unwrap());
    match client.resolve(&debt(), Resolution::Paid) {
        Ok(standing) => told.look(&standing),
        Err(error) => told.error(&error),
    }
    told.look(&client);
}
