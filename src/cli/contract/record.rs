//! What simulators of this process say, over real sockets.

use flinks_pay::contract::tour::simulators;
use flinks_pay::contract::{Exchange, Waivers};

use crate::cli::block_on;
use crate::cli::problem::Problem;

/// What the contract of this program offers, and no exchange has.
const WAIVERS: &str = include_str!("../../../openapi/obligations.toml");

/// Everything that travels when each scenario is played.
pub(super) fn exchanges() -> Result<Vec<Exchange>, Problem> {
    let report = block_on(simulators())?.map_err(|error| {
        Problem::new(
            "no exchanges can be recorded",
            "see that this machine has free ports on 127.0.0.1",
        )
        .caused_by(&error)
    })?;
    Ok(report.exchanges)
}

/// The waivers of the contract that this program was built from; another has none.
pub(super) fn waivers(own: bool) -> Result<Waivers, Problem> {
    Waivers::read(if own { WAIVERS } else { "" }).map_err(|error| {
        Problem::new(
            "the list of what no exchange has cannot be read",
            "report it: it is part of this program",
        )
        .caused_by(&error)
    })
}
