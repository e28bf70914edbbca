//! The contract suite, with credentials for the server that it asks.

use flinks_pay::contract::mutation::{self, Fate, Killer, Recorded};
use flinks_pay::contract::party::{Facade, Opinion, Server, ServerError};
use flinks_pay::contract::run::Run;
use flinks_pay::contract::tour::{Scenario, Tour, TourError};
use flinks_pay::contract::witness::{self, FormKind};
use flinks_pay::contract::{
    Agreement, Examiner, Exchange, Judge, Obligations, Outline, Rules, SeatPart, Sender, Side,
    Suite, SuiteError, Tally, Waivers,
};
use flinks_pay::sandbox::{Profile, Sandbox};
use flinks_pay::spec::Document;
use flinks_pay::{Credentials, Environment};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};

use crate::checked;
use crate::given::schemes;
use crate::markers::{API_KEY, CLIENT_ID, CLIENT_SECRET, SESSION};
use crate::told::Told;

/// One operation that the crate knows, and one that it does not.
const CONTRACT: &str = r"
openapi: 3.0.3
paths:
  /api/v2/sessions/{sessionId}/guarantees/confirm:
    post:
      operationId: confirmGuarantee
      parameters: [{ name: sessionId, in: path, required: true, schema: { type: string, format: uuid } }]
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Decision' } } } }
      responses: { '200': { description: Done., content: { application/json: { schema: { type: object } } } } }
  /api/v2/sessions:
    post:
      operationId: createSession
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Decision' } } } }
      responses: {}
components:
  securitySchemes: { key: { type: apiKey, in: header, name: x-api-key } }
  schemas:
    Decision: { type: object, required: [guaranteeAccepted], properties: { guaranteeAccepted: { type: boolean } } }
security: [{ key: [] }]
";

/// Everything that the suite shows of itself and of what it is given.
pub(crate) async fn against_the_sandbox(told: &mut Told) {
    let document = Document::parse("contract.yaml", CONTRACT).unwrap();
    let outline = Outline::of(&document).unwrap();
    told.look(&outline);
    for operation in &outline.operations {
        told.look(operation);
        operation.parameters.iter().for_each(|it| told.look(it));
        operation.body.iter().for_each(|it| told.look(it));
        operation.answers.iter().for_each(|it| told.look(it));
        operation
            .security
            .iter()
            .flatten()
            .for_each(|it| told.look(it));
    }
    let suite = Suite::of(&document, 7).unwrap();
    let facade = Facade::new().unwrap();
    opinions(told, &document, &suite, &facade);
    let report = suite.ask_facade(&facade).unwrap();
    told.look(&report);
    told.look(&Tally::default());
    // What it does not know it cannot agree with.
    let difference = &report.differences[0];
    told.look(difference);
    told.say(&difference.to_string());

    exchanges(told, &document, &facade);

    let builder = Sandbox::builder()
        .client_id(CLIENT_ID.parse().unwrap())
        .client_secret(CLIENT_SECRET.parse().unwrap())
        .api_key(API_KEY.parse().unwrap());
    let sandbox = checked::with(builder).await.unwrap();
    let environment = || Environment::custom(sandbox.base_url().as_str()).unwrap();
    for credentials in schemes() {
        let server = Server::new(environment(), credentials).unwrap();
        let asked = suite.ask_server(&server, &facade, |_| None).await.unwrap();
        told.look(&asked);
        told.look(&server);
    }
    // Credentials that are not taken.
    let wrong = Credentials::api_key(CLIENT_SECRET, CLIENT_ID).unwrap();
    let server = Server::new(environment(), wrong).unwrap();
    let error = suite
        .ask_server(&server, &facade, |_| None)
        .await
        .unwrap_err();
    told.error(&error);
    if let SuiteError::Server(error) = &error {
        told.error(error);
    }

    // A server that nobody runs. The session stands in the address.
    let nobody = Environment::custom("http://127.0.0.1:1").unwrap();
    let keys = Credentials::api_key(API_KEY, CLIENT_ID).unwrap();
    let server = Server::new(nobody, keys).unwrap();
    let session = SESSION.parse().unwrap();
    let error = suite
        .ask_server(&server, &facade, |_| Some(session))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, SuiteError::Server(ServerError::Unreachable(_))),
        "{error:?}"
    );
    told.error(&error);

    tours_and_runs(told, &sandbox, &document).await;

    let mutants = mutation::mutants(&document);
    told.look(&mutants[0]);
    told.say(&mutants[0].to_string());
    let score = mutation::score(&document, mutants, 7, Facade::new, |_| {}).unwrap();
    told.look(&score);
    told.look(&Fate::Survived);
    for (_, fate) in &score.mutants {
        if let Fate::Killed(killer) = fate {
            told.look::<Killer>(killer);
        }
    }
    let (seat, witness, _) = suite.judged().next().unwrap();
    told.look(&Killer::Witness {
        seat: seat.clone(),
        value: witness.value.clone(),
        accepted: false,
    });
    let none = Document::parse("none.yaml", "swagger: '2.0'").unwrap();
    told.error(&Suite::of(&none, 7).unwrap_err());
}

/// What the judge and the facade say of each witness.
fn opinions(told: &mut Told, document: &Document, suite: &Suite<'_>, facade: &Facade) {
    let judge = Judge::new(document);
    told.look(&judge);
    told.look(&Rules::of(document));
    told.look(&Agreement::Respelled);
    told.look(suite);
    told.look(suite.witnesses());
    told.look(&suite.witnesses().all[0]);
    told.look(facade);
    for seat in &suite.witnesses().seats {
        for form in witness::forms(document, &judge, seat).unwrap() {
            told.look::<FormKind>(&form.kind);
            told.look(&form);
            told.look(&judge.remarks(seat, &form.value).unwrap());
        }
    }
    for (seat, witness, _) in suite.judged() {
        told.look::<SeatPart>(&seat.part);
        told.look(seat);
        if let Some(opinion) = facade.opinion(seat, &witness.value) {
            told.look(&opinion);
            if let Opinion::Refuses(remarks) = &opinion {
                for remark in remarks {
                    told.look(remark);
                }
            }
        }
    }
}

/// An exchange that is secret in all its parts, and what is said of it.
fn exchanges(told: &mut Told, document: &Document, facade: &Facade) {
    let headers = |name, value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(name, value.parse::<HeaderValue>().unwrap());
        headers
    };
    let body = serde_json::json!({ "guaranteeAccepted": CLIENT_SECRET, "key": API_KEY });
    let exchange = Exchange {
        by: Sender::Client,
        method: Method::POST,
        target: format!("/api/v2/sessions/{SESSION}/guarantees/confirm?key={API_KEY}"),
        headers: headers(AUTHORIZATION, CLIENT_SECRET),
        body: body.to_string().into(),
        status: StatusCode::OK,
        answer_headers: headers(AUTHORIZATION, CLIENT_SECRET),
        answer: body.to_string().into(),
    };
    told.look(&exchange);
    told.look(&exchange.by);
    let examiner = Examiner::of(document, facade).unwrap();
    told.look(&examiner);
    let verdict = examiner.examine(&exchange).unwrap();
    told.look(&verdict);
    assert!(verdict.findings.len() >= 3, "{verdict:?}");
    told.look(&Side::Answer);
    for finding in &verdict.findings {
        told.look(finding);
        told.say(&finding.to_string());
        told.look(&finding.part);
        told.say(&finding.part.to_string());
    }
    let obligations = Obligations::of(document).unwrap();
    told.look(&obligations);
    told.look(&obligations.all()[0]);
    told.say(&obligations.all()[0].to_string());
    let waivers = "[[waiver]]\nreason = 'none'\nobligations = ['confirmGuarantee called']\n";
    let waivers = Waivers::read(waivers).unwrap();
    told.look(&waivers);
    told.look(&waivers.all()[0]);
    for stale in waivers.stale(&obligations, &[]) {
        told.look(&stale);
        told.error(&stale);
    }
    told.error(&Waivers::read("waiver = 1").unwrap_err());
    let suite = Suite::of(document, 7).unwrap();
    let exchanges = [exchange];
    let recorded = Recorded::of(document, &suite, facade, &exchanges, &waivers).unwrap();
    told.look(&recorded);
    let mutant = &mutation::surface(document).unwrap()[0];
    let changed = mutant.apply(document).unwrap();
    let known = recorded.notices(mutant, &changed).unwrap().unwrap();
    told.look(&known);
    told.say(&known.to_string());
    let mutants = mutation::every(document).unwrap();
    let score = mutation::score_with(document, mutants, 7, &exchanges, &waivers, |_| {}).unwrap();
    told.look(&score);
    let by_record = |(_, fate): &(_, Fate)| matches!(fate, Fate::Killed(Killer::Known(_)));
    assert!(score.mutants.iter().any(by_record));
}

/// What a tour and a run have to tell, and what went wrong with them.
async fn tours_and_runs(told: &mut Told, sandbox: &Sandbox, document: &Document) {
    let environment = || Environment::custom(sandbox.base_url().as_str()).unwrap();
    let other = Credentials::basic("another-shop", CLIENT_SECRET).unwrap();
    let tour = Tour::of(sandbox).unwrap().another(other);
    told.look(&tour);
    // Another profile than the simulator's, so that something is reported.
    let tour = tour.profile(Profile::GEFT);
    let report = tour.run_only(|it| it.needs.sessions < 4).await.unwrap();
    told.look(&report);
    for outcome in &report.scenarios {
        told.look(outcome);
        told.say(&outcome.line());
        outcome.bases.iter().for_each(|basis| told.look(basis));
    }
    for (_, failure) in report.failures() {
        told.look(failure);
        told.say(&failure.to_string());
    }
    let unusable = Credentials::basic("shop:1", CLIENT_SECRET).unwrap_err();
    told.error(&TourError::from(unusable));
    told.look(&Scenario::ALL[0]);
    told.look(&Scenario::ALL[0].needs);
    let basic = Credentials::basic(CLIENT_ID, CLIENT_SECRET).unwrap();
    let run = Run::new(environment(), basic)
        .read_only()
        .profile(Profile::GEFT);
    told.look(&run);
    let report = run.against(document).await.unwrap();
    told.look(&report);
    told.look(&report.witnesses);
    told.look(&report.drift[0]);
    told.say(&report.to_string());
    told.say(&report.to_json().to_string());
    told.say(&report.to_junit());
    told.say(&report.to_html());
    let wrong = Credentials::api_key(CLIENT_SECRET, CLIENT_ID).unwrap();
    let run = Run::new(environment(), wrong);
    told.error(&run.against(document).await.unwrap_err());
}
