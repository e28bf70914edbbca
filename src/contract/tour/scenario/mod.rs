//! The scenarios, from the cheap and safe to the expensive.

mod access;
mod bodies;
mod cancel;
mod create;
mod expiry;
mod guarantee;
mod look;
mod odd;
mod refusals;
mod samples;
mod together;
mod tokens;
mod walk;
mod webhooks;

use std::fmt;
use std::pin::Pin;

use super::report::{Basis, Failure};
use super::scene::{Scene, Stop};

/// A scenario: a name, what it needs, and how it is played.
pub struct Scenario {
    /// Its name.
    pub name: &'static str,
    /// What it needs.
    pub needs: Needs,
    play: for<'s> fn(&'s mut Scene) -> Played<'s>,
}

type Played<'s> = Pin<Box<dyn Future<Output = Result<(), Stop>> + Send + 's>>;

/// What a scenario needs of a server, and of who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a need of its own")]
pub struct Needs {
    /// How many sessions it creates; of a scenario with none, nothing is created.
    pub sessions: usize,
    /// The control API of a simulator.
    pub control: bool,
    /// Another client.
    pub another: bool,
    /// An API key.
    pub key: bool,
    /// A client secret.
    pub secret: bool,
    /// That regular EFT sessions may be created, or that they may not.
    pub regular_eft: Option<bool>,
    /// A settlement account, or that there is none.
    pub settlement_account: Option<bool>,
}

impl Needs {
    const NOTHING: Self = Self {
        sessions: 0,
        control: false,
        another: false,
        key: false,
        secret: false,
        regular_eft: None,
        settlement_account: None,
    };

    const NO_REGULAR: Self = Self {
        regular_eft: Some(false),
        ..Self::NOTHING
    };

    const NO_SETTLEMENT: Self = Self {
        sessions: 1,
        settlement_account: Some(false),
        ..Self::NOTHING
    };

    const SECRET: Self = Self {
        secret: true,
        ..Self::NOTHING
    };

    /// Creates so many sessions of the guaranteed product without a payee.
    const fn sessions(sessions: usize) -> Self {
        Self {
            sessions,
            settlement_account: Some(true),
            ..Self::NOTHING
        }
    }

    const fn secret(self) -> Self {
        Self {
            secret: true,
            ..self
        }
    }

    const fn control(self) -> Self {
        Self {
            control: true,
            ..self
        }
    }

    const fn another(self) -> Self {
        Self {
            another: true,
            ..self
        }
    }

    const fn key(self) -> Self {
        Self { key: true, ..self }
    }

    const fn regular(self) -> Self {
        Self {
            regular_eft: Some(true),
            ..self
        }
    }
}

macro_rules! scenarios {
    ($($name:literal, $needs:expr, $module:ident :: $play:ident;)+) => {
        &[$(Scenario {
            name: $name,
            needs: $needs,
            play: |scene| Box::pin($module::$play(scene)),
        },)+]
    };
}

impl Scenario {
    /// Every scenario, in the order of the tour.
    pub const ALL: &'static [Self] = scenarios! {
        "a token is given for credentials", Needs::SECRET, tokens::given;
        "no token is given for other credentials", Needs::SECRET, tokens::withheld;
        "a grant that is malformed is refused", Needs::SECRET, tokens::malformed;
        "nobody reads without credentials", Needs::NOTHING, access::without_credentials;
        "there is no unknown session", Needs::NOTHING, access::unknown_session;
        "a call that the API does not have is refused", Needs::NOTHING, odd::calls;
        "a create with a malformed body is refused", Needs::sessions(0), odd::creates;
        "a guaranteed session is created with what is needed", Needs::sessions(1), create::minimal_guaranteed;
        "a regular session is created with what is needed", Needs::sessions(1).regular(), create::minimal_regular;
        "a guaranteed session is created with everything", Needs::sessions(1), create::full_guaranteed;
        "a regular session is created with everything", Needs::sessions(1).regular(), create::full_regular;
        "the client completes what it starts", Needs::sessions(2).regular(), create::by_the_client;
        "a session is cancelled", Needs::sessions(2), cancel::open;
        "reading changes nothing", Needs::sessions(1), access::read_again;
        "sessions do not mix", Needs::sessions(3), together::apart;
        "a client does not see another's sessions", Needs::sessions(2).another(), access::another_client;
        "an API key is enough", Needs::sessions(1).key(), tokens::api_key;
        "a token creates as often as the profile says", Needs::sessions(4).secret(), tokens::spent;
        "calls at the same time do not mix", Needs::sessions(6), together::at_once;
        "regular EFT has to be enabled", Needs::NO_REGULAR, refusals::regular_disabled;
        "a guaranteed session needs a payee or a settlement account", Needs::NO_SETTLEMENT, refusals::settlement;
        "a create that breaks a rule is refused, whichever", Needs::sessions(2).regular(), bodies::refused;
        "a create on the bound of a rule is taken", Needs::sessions(90).regular(), bodies::taken;
        "nothing that is refused leaves a session behind", Needs::sessions(1).control(), refusals::nothing_left;
        "a guaranteed session goes through its screens", Needs::sessions(3).control(), walk::guaranteed;
        "a regular session goes through its screens", Needs::sessions(2).control().regular(), walk::regular;
        "a payor types the amount", Needs::sessions(6).control().regular(), walk::amounts;
        "a session fails as it should", Needs::sessions(10).control().regular(), walk::failures;
        "a payor leaves", Needs::sessions(4).control().regular(), walk::leavers;
        "a lower guarantee is offered", Needs::sessions(4).control(), walk::lower_offers;
        "a session is cancelled at each screen", Needs::sessions(20).control().regular(), cancel::at_each_screen;
        "a session that has ended is not cancelled", Needs::sessions(8).control().regular(), cancel::ended;
        "a guarantee is decided about", Needs::sessions(8).control(), guarantee::decided;
        "a decision that is malformed is refused", Needs::sessions(3).control().regular(), guarantee::malformed;
        "nothing is decided where nothing waits", Needs::sessions(5).control().regular(), guarantee::nothing_to_decide;
        "a guarantee webhook is tried three times", Needs::sessions(3).control(), guarantee::tried;
        "each outcome is told once", Needs::sessions(8).control().regular(), webhooks::outcomes;
        "a webhook goes to who is registered", Needs::sessions(4).control(), webhooks::registered;
        "a webhook that is not taken is not repeated", Needs::sessions(2).control(), webhooks::not_taken;
        "a token expires", Needs::sessions(1).control().secret(), expiry::token;
        "a session expires", Needs::sessions(10).control().regular(), expiry::session;
        "what has ended does not expire", Needs::sessions(4).control(), expiry::ended;
    };

    /// Plays it.
    pub(super) async fn play(&self, scene: &mut Scene) {
        let why = match (self.play)(scene).await {
            Ok(()) | Err(Stop::Unmet) => return,
            Err(Stop::Lost(why)) => format!("the server answers ({why})"),
            Err(Stop::Control(why)) => format!("the simulator is as it is expected to be ({why})"),
            Err(Stop::Budget) => "no more sessions are needed than said".to_owned(),
        };
        scene.outcome.failures.push(Failure {
            expected: why,
            basis: Basis::Http,
            sent: String::new(),
            received: "nothing".to_owned(),
        });
    }
}

impl fmt::Debug for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scenario")
            .field("name", &self.name)
            .field("needs", &self.needs)
            .finish_non_exhaustive()
    }
}
