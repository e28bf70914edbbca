//! What may happen, drawn at random.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

/// A run on one kind of simulator.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub(super) kind: u8,
    pub(super) ops: Vec<Op>,
}

/// What a call is made with.
#[derive(Debug, Clone, Copy)]
pub(super) enum With {
    Nothing,
    Garbage,
    /// One of the tokens that there are, live or not, spent or not, of either client.
    Token(Index),
    /// One that is right for the call, of the client that the session is of.
    Owner,
}

/// Which session a call is about; one in a while that there is not.
#[derive(Debug, Clone, Copy)]
pub(super) enum Which {
    None,
    Some(Index),
}

#[derive(Debug, Clone)]
pub(super) enum Op {
    Authorize {
        client: usize,
        right: bool,
    },
    Create {
        with: With,
        client: usize,
        order: Order,
    },
    Status {
        which: Which,
        with: With,
    },
    Details {
        which: Which,
        with: With,
    },
    Cancel {
        which: Which,
        with: With,
    },
    Confirm {
        which: Which,
        with: With,
        accept: bool,
    },
    Undelivered {
        which: Which,
    },
    Step {
        which: Which,
        departs: Departs,
    },
    /// So many steps at once, so that sessions come to their end.
    Steps {
        which: Which,
        count: usize,
        departs: Departs,
    },
    Advance {
        seconds: u64,
    },
    /// The simulator stops, and another one goes on from its state.
    Restart,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) guaranteed: bool,
    pub(super) cents: Option<u64>,
    /// Minimum and maximum, each in cents.
    pub(super) limits: Option<(Option<u64>, Option<u64>)>,
    pub(super) consent: Option<bool>,
    pub(super) scenario: &'static str,
    pub(super) french: Option<bool>,
    pub(super) payee: bool,
    pub(super) broken: Option<Broken>,
}

/// What is wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Broken {
    NoPayor,
    NoDirection,
    UnknownMember,
    ZeroAmount,
    ThreeDecimals,
}

/// What the payor does otherwise.
#[derive(Debug, Clone, Copy, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a way of its own")]
pub(super) struct Departs {
    pub(super) fail_login: bool,
    pub(super) mfa: bool,
    pub(super) wrong_name: bool,
    pub(super) low_balance: bool,
    pub(super) decline_offer: bool,
    pub(super) other_funding: bool,
    pub(super) refuse_agreement: bool,
    pub(super) enter: Option<u64>,
}

/// References that a session may have; `#` stands for a number of its own.
const REFERENCES: &[&str] = &[
    "",
    "order-#",
    "Happy1",
    "Happy2",
    "Happy2",
    "Happy3",
    "Unhappy1",
    "happy2",
    "SandboxLoginFails-#",
    "SandboxSecondQuestion",
    "SandboxOtherFunding-#",
    "SandboxWrongName-#-a",
    "SandboxLowBalance",
    "SandboxDeclinesOffer-#",
    "SandboxRefusesAgreement",
    "SandboxExpires-#",
    "SandboxExpiresNot",
];

pub(super) fn case(kinds: u8) -> impl Strategy<Value = Case> {
    // Some sessions first, or there is nothing to call about.
    let first = (0..2_usize, order()).prop_map(|(client, order)| Op::Create {
        with: With::Owner,
        client,
        order,
    });
    (0..kinds, vec(first, 1..4), vec(op(), 1..50)).prop_map(|(kind, mut ops, more)| {
        ops.extend(more);
        Case { kind, ops }
    })
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        2 => (0..2_usize, prop::bool::weighted(0.9))
            .prop_map(|(client, right)| Op::Authorize { client, right }),
        4 => (with(), 0..2_usize, order())
            .prop_map(|(with, client, order)| Op::Create { with, client, order }),
        2 => (which(), with()).prop_map(|(which, with)| Op::Status { which, with }),
        2 => (which(), with()).prop_map(|(which, with)| Op::Details { which, with }),
        2 => (which(), with()).prop_map(|(which, with)| Op::Cancel { which, with }),
        4 => (which(), with(), any::<bool>())
            .prop_map(|(which, with, accept)| Op::Confirm { which, with, accept }),
        1 => which().prop_map(|which| Op::Undelivered { which }),
        12 => (which(), departs()).prop_map(|(which, departs)| Op::Step { which, departs }),
        10 => (which(), 2..12_usize, departs())
            .prop_map(|(which, count, departs)| Op::Steps { which, count, departs }),
        2 => select(vec![1_u64, 150, 298, 299, 598, 599, 900, 1799, 1800])
            .prop_map(|seconds| Op::Advance { seconds }),
        1 => Just(Op::Restart),
    ]
}

fn with() -> impl Strategy<Value = With> {
    prop_oneof![
        8 => Just(With::Owner),
        3 => any::<Index>().prop_map(With::Token),
        1 => Just(With::Nothing),
        1 => Just(With::Garbage),
    ]
}

fn which() -> impl Strategy<Value = Which> {
    prop_oneof![
        1 => Just(Which::None),
        20 => any::<Index>().prop_map(Which::Some),
    ]
}

fn cents() -> impl Strategy<Value = u64> {
    prop_oneof![
        1 => Just(1_u64),
        1 => Just(9_999_999),
        6 => 1_000_u64..200_000,
        1 => 1_u64..9_999_999,
    ]
}

fn order() -> impl Strategy<Value = Order> {
    let limits = option::weighted(0.4, (option::of(cents()), option::of(cents())));
    let broken = option::weighted(
        0.06,
        select(vec![
            Broken::NoPayor,
            Broken::NoDirection,
            Broken::UnknownMember,
            Broken::ZeroAmount,
            Broken::ThreeDecimals,
        ]),
    );
    (
        prop::bool::weighted(0.7),
        option::weighted(0.5, cents()),
        limits,
        option::of(any::<bool>()),
        select(REFERENCES),
        option::of(any::<bool>()),
        prop::bool::weighted(0.2),
        broken,
    )
        .prop_map(
            |(guaranteed, cents, limits, consent, scenario, french, payee, broken)| Order {
                guaranteed,
                cents,
                limits,
                consent,
                scenario,
                french,
                payee,
                broken,
            },
        )
}

fn departs() -> impl Strategy<Value = Departs> {
    let rare = || prop::bool::weighted(0.06);
    (
        rare(),
        rare(),
        rare(),
        rare(),
        rare(),
        rare(),
        rare(),
        option::weighted(0.3, prop_oneof![Just(1), Just(9_999_999), cents()]),
    )
        .prop_map(
            |(
                fail_login,
                mfa,
                wrong_name,
                low_balance,
                decline_offer,
                other_funding,
                refuse,
                enter,
            )| {
                Departs {
                    fail_login,
                    mfa,
                    wrong_name,
                    low_balance,
                    decline_offer,
                    other_funding,
                    refuse_agreement: refuse,
                    enter,
                }
            },
        )
}
