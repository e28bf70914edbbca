//! What it costs to make a checked request of an order's texts, beside a bare `serde_json` serialisation of the same request.
//!
//!     cargo bench --bench validate
//!
//! A full guaranteed request: every optional part is there. CPU time, in turns; exit code 1 where the quotient or the time is
//! over its limit.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/order.rs"]
mod order;
#[path = "support/turns.rs"]
mod turns;

use std::hint::black_box;
use std::process::ExitCode;
use std::time::Duration;

use order::{ORDER, Order};
use turns::compare;

/// The most that checking may cost, as a multiple of the serialisation.
const LIMIT: f64 = 1.5;
/// And in time, on a machine of these years: nobody should have a reason to leave it out.
const LIMIT_OF_TIME: Duration = Duration::from_micros(2);
/// A try that is over a limit may have had bad luck; this many may not.
const TRIES: usize = 3;
const ROUNDS: usize = 2001;
const CALLS: u32 = 200;

fn main() -> ExitCode {
    turns::stay();
    let plain = ORDER.plain();
    let checked = serde_json::to_value(ORDER.checked().unwrap()).unwrap();
    assert_eq!(
        checked,
        serde_json::to_value(&plain).unwrap(),
        "the same request"
    );
    let refused = Order {
        account: "765432",
        ..ORDER
    };
    assert!(refused.checked().is_err(), "what is measured does check");

    for _ in 0..TRIES {
        let found = compare(
            (ROUNDS, CALLS),
            |calls| {
                for _ in 0..calls {
                    let request = black_box(&ORDER).checked().unwrap();
                    black_box(&request);
                }
            },
            |calls| {
                for _ in 0..calls {
                    black_box(serde_json::to_vec(black_box(&plain)).unwrap());
                }
            },
        );
        println!(
            "checking: {:?}, serialising: {:?}, ratio {:.3}, limits {LIMIT_OF_TIME:?} and {LIMIT}",
            found.ours, found.other, found.ratio
        );
        if found.ratio <= LIMIT && found.ours < LIMIT_OF_TIME {
            return ExitCode::SUCCESS;
        }
    }
    println!("over a limit, {TRIES} times of {TRIES}");
    ExitCode::FAILURE
}
