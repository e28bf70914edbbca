//! Requests whose answers are spoilt by a fault.

use super::*;
use crate::sandbox::fault::{Fault, FaultRule};

/// A request that should have been refused, of a handler that carries it out.
fn wrong() -> Value {
    with(request(), "/type", json!("CARD"))
}

async fn with_fault(fault: &Value) -> Planted {
    let planted = Planted::start(Operation::CreateSession, created).await;
    let fault: Fault = serde_json::from_value(fault.clone()).unwrap();
    planted.core.fault(FaultRule::always(fault)).unwrap();
    planted
}

#[tokio::test]
async fn a_request_is_judged_by_what_became_of_it_and_not_by_what_was_sent_instead() {
    for fault in [
        json!({ "status": { "status": 500, "applied": true } }),
        json!({ "status": { "status": 400, "applied": true } }),
        json!({ "htmlPage": { "applied": true } }),
        json!({ "emptyBody": {} }),
        json!({ "gzipBomb": { "bytes": 1 } }),
        json!({ "wrongContentType": {} }),
        json!({ "wrongValue": { "pointer": "/sessionId" } }),
        json!({ "extraMembers": {} }),
        json!({ "missingMembers": {} }),
        json!({ "nullMembers": {} }),
        json!({ "anotherSession": {} }),
    ] {
        let planted = with_fault(&fault).await;
        let found = planted.found(planted.call().json(&wrong())).await;
        assert_eq!(found, ["request at \"/type\": enum"], "{fault}");
        let report = planted.core.world().tally.report();
        assert_eq!(report.violations[0].status, 201, "{fault}");
        // A spelling of our own is counted, too.
        let lower = with(request(), "/currency", json!("cad"));
        assert_eq!(planted.found(planted.call().json(&lower)).await, [""; 0]);
        let respelled = planted.core.world().tally.report().respelled;
        assert_eq!(respelled["currency"], 1, "{fault}");
    }
}

#[tokio::test]
async fn a_request_that_nothing_became_of_is_not_judged() {
    for fault in [
        json!({ "status": { "status": 500 } }),
        json!({ "status": { "status": 400 } }),
        json!({ "htmlPage": {} }),
        json!({ "emptyBody": { "applied": false } }),
    ] {
        let planted = with_fault(&fault).await;
        for body in [request(), wrong()] {
            let found = planted.found(planted.call().json(&body)).await;
            assert_eq!(found, [""; 0], "{fault}");
        }
    }
}
