//! The client that blocks: the same surface, and nowhere that it may not be called from.

use std::collections::BTreeMap;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::checked;
use flinks_pay::blocking;
use flinks_pay::watch::ReconcilePolicy;
use flinks_pay::{DebtKey, GuaranteeDecision, Once, Progress, SessionStatus, WaitPolicy};
use quote::ToTokens;

use super::host::Host;
use super::*;

/// A simulator on a runtime of its own, as for a program that has none.
fn on_a_runtime<T>(start: impl Future<Output = T>) -> (tokio::runtime::Runtime, T) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    crate::support::trace::listen();
    let started = runtime.block_on(start);
    (runtime, started)
}

fn blocking_keys(base: &str) -> blocking::Client {
    let credentials = Credentials::api_key("key-1", "shop").unwrap();
    blocking::Client::builder(Environment::custom(base).unwrap(), credentials)
        .build()
        .unwrap()
}

#[test]
fn a_payment_from_beginning_to_end() {
    let (_runtime, sandbox) = on_a_runtime(checked::start());
    let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret()).unwrap();
    let base = Environment::custom(sandbox.base_url().as_str()).unwrap();
    let client = blocking::Client::builder(base.clone(), credentials)
        .user_agent("shop/2.1")
        .build()
        .unwrap();
    assert_eq!(client.environment(), &base);
    assert!(client.authorize().is_ok());

    let id = client.create(&request().into()).unwrap().session_id;
    assert!(client.hosted_url(&id).as_str().contains("/app/?sessionId="));
    assert_eq!(client.status(&id).unwrap().status, SessionStatus::Initiated);
    sandbox.payor(&id).run().unwrap();
    let paid = client.status(&id).unwrap();
    assert!(paid.is_scheduled(), "{paid:?}");
    assert!(client.details(&id).unwrap().payor.is_some());
    let error = client.confirm_guarantee(&id, GuaranteeDecision::accept());
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Refused);

    let other = client.create_guaranteed(&request()).unwrap().session_id;
    let cancelled = client.cancel(&other).unwrap();
    assert_eq!(cancelled.session_id, other);
    assert!(!format!("{client:?}").contains(sandbox.client_secret()));
}

#[test]
fn a_debt_is_collected_waited_for_and_not_collected_again() {
    let (_runtime, sandbox) = on_a_runtime(checked::start());
    let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret()).unwrap();
    let base = Environment::custom(sandbox.base_url().as_str()).unwrap();
    let client = blocking::Client::builder(base, credentials)
        .build()
        .unwrap();
    let (debt, request) = (DebtKey::new("invoice-1042").unwrap(), request().into());
    let first = client.create_once(&debt, &request).unwrap();
    let again = client.create_once(&debt, &request).unwrap();
    assert!(matches!(again, Once::Live(session) if session == *first.session_id()));

    let second = client.replace(first.session_id(), &debt, &request).unwrap();
    let id = *second.session_id();
    assert_ne!(id, *first.session_id());
    assert_eq!(client.hosted_page(&id).session_id(), &id);

    let policy = WaitPolicy::default().every(Duration::from_millis(1));
    let mut watch = client.watch(&id, policy);
    assert_eq!(watch.session_id(), &id);
    assert!(matches!(watch.next(), Some(Ok(Progress::Status(_)))));
    sandbox.payor(&id).run().unwrap();
    let last = watch.by_ref().last().unwrap().unwrap();
    assert!(matches!(last, Progress::Settled(settled) if settled.outcome.is_scheduled()));
    assert!(client.wait(&id, policy).unwrap().outcome.is_scheduled());

    let run = client.reconcile([id, *first.session_id()], ReconcilePolicy::default());
    let standings: Vec<_> = run.map(|one| (one.session_id, one.found)).collect();
    assert_eq!(standings.len(), 2);
    assert_eq!(standings[0].0, id);
    assert!(client.create_once(&debt, &request).is_err(), "it is paid");
}

#[test]
fn threads_share_a_client_and_its_connections() {
    let (_runtime, host) = on_a_runtime(Host::plain(created));
    let client = blocking_keys(&host.base());
    // One after the other, on threads of their own.
    for _ in 0..3 {
        let client = client.clone();
        thread::spawn(move || drop(client.details(&session()).unwrap()))
            .join()
            .unwrap();
    }
    // A connection is free again a moment after its answer, and the next call may come sooner.
    assert_eq!(host.asked().len(), 3);
    assert!(host.connections() < 3, "{}", host.connections());
    thread::scope(|scope| {
        for _ in 0..8 {
            let client = client.clone();
            scope.spawn(move || {
                (0..4).for_each(|_| drop(client.details(&session()).unwrap()));
            });
        }
    });
    assert_eq!(host.asked().len(), 35);
}

#[test]
fn it_may_be_called_and_dropped_inside_of_any_runtime() {
    let (_runtime, host) = on_a_runtime(Host::plain(created));
    let base = host.base();
    let round = move || {
        let client = blocking_keys(&base);
        let clone = client.clone();
        drop(client);
        assert_eq!(clone.details(&session()).unwrap().session_id, session());
    };
    let one = tokio::runtime::Builder::new_current_thread();
    let many = tokio::runtime::Builder::new_multi_thread();
    for mut builder in [one, many] {
        let runtime = builder.enable_all().build().unwrap();
        runtime.block_on(async {
            round();
            tokio::spawn({
                let round = round.clone();
                async move { round() }
            })
            .await
            .unwrap();
            tokio::task::spawn_blocking(round.clone()).await.unwrap();
        });
    }
    // Without a timer or a socket, and while another one is entered.
    let without = tokio::runtime::Builder::new_current_thread().build();
    let without = without.unwrap();
    let _entered = without.enter();
    round();
}

#[test]
fn a_client_may_be_dropped_while_another_thread_waits_and_by_whoever_holds_it_last() {
    let (runtime, host) = on_a_runtime(Host::plain(|_| Answer::Stall(Vec::new())));
    let client = blocking_keys(&host.base());
    let waiting = thread::spawn({
        let client = client.clone();
        move || client.create_guaranteed(&request()).unwrap_err()
    });
    while host.asked().is_empty() {
        thread::yield_now();
    }
    drop(client);
    // The server goes away under the one who still waits.
    drop((host, runtime));
    let error = waiting.join().unwrap();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{}", chain(&error));
    assert!(error.maybe_applied());
}

// --- the two surfaces -----------------------------------------------------------------------------------------------------------

/// Public methods of `Client` that only make sense where nothing blocks, with the reason.
const NOT_TO_BE_WAITED_FOR: [(&str, &str); 0] = [];

/// The public methods of every `impl Client` in these files: parameters and result, by name.
fn methods(files: impl IntoIterator<Item = std::path::PathBuf>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for file in files {
        let source = std::fs::read_to_string(&file).unwrap();
        for item in syn::parse_file(&source).unwrap().items {
            let syn::Item::Impl(item) = item else {
                continue;
            };
            if item.trait_.is_some() || item.self_ty.to_token_stream().to_string() != "Client" {
                continue;
            }
            for member in item.items {
                if let syn::ImplItem::Fn(method) = member
                    && matches!(method.vis, syn::Visibility::Public(_))
                {
                    let inputs = method.sig.inputs.iter().map(ToTokens::to_token_stream);
                    // What is waited for there is answered here.
                    let output = method.sig.output.to_token_stream().to_string();
                    let waited = output
                        .strip_prefix("-> impl Future < Output = ")
                        .and_then(|rest| rest.strip_suffix(" > + Send + use < >"));
                    let output = waited.map_or(output.clone(), |waited| format!("-> {waited}"));
                    let shape = format!("{} {output}", quote::quote!((#(#inputs,)*)));
                    let known = found.insert(method.sig.ident.to_string(), shape);
                    assert_eq!(known, None, "{}", method.sig.ident);
                }
            }
        }
    }
    found
}

/// The Rust files under `src/`, those of the blocking client or all others.
fn sources(blocking: bool) -> Vec<std::path::PathBuf> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut folders, mut files) = (vec![src.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let first = path.strip_prefix(&src).unwrap().iter().next().unwrap();
                if Path::new(first).file_stem().unwrap() == "blocking" {
                    if blocking {
                        files.push(path);
                    }
                } else if !blocking {
                    files.push(path);
                }
            }
        }
    }
    files
}

#[test]
fn every_method_of_the_client_has_its_twin_that_blocks() {
    let mut ours = methods(sources(false));
    let mut theirs = methods(sources(true));
    for (name, _why) in NOT_TO_BE_WAITED_FOR {
        assert!(ours.remove(name).is_some(), "{name} is no method any more");
    }
    // One returns the builder of the other client.
    assert!(ours.remove("builder").is_some() && theirs.remove("builder").is_some());
    assert!(ours.len() >= 10, "{ours:?}");
    assert_eq!(ours, theirs);
}
