//! Positive controls: the check reports exactly what was broken on purpose.

use serde_json::json;

use crate::fault::{Fault, place_of};
use crate::register::{Entry, Register};
use crate::{listed, remove, set};

const REFERENCE_ID: &str = "#/components/schemas/InitiateSessionRequest/properties/referenceId";

#[test]
fn a_dropped_entry_leaves_its_difference_unexplained() {
    let mut register = Register::checked_in();
    register.entries.retain(|entry| entry.id != "country-code");
    let faults = register.check();
    let [
        Fault::Unexplained {
            file, difference, ..
        },
    ] = &faults[..]
    else {
        panic!("{}", listed(&faults))
    };
    assert_eq!(file, "eft-v2.yaml");
    assert_eq!(
        difference.contract.at.fragment(),
        "#/components/schemas/Country/enum"
    );
    assert_eq!(difference.contract.value, Some(json!(["CA"])));
    assert_eq!(
        difference.upstream.at.fragment(),
        "#/components/schemas/BaseAddressModel/properties/country"
    );
    assert_eq!(difference.upstream.value, None);

    // What the message offers to paste is an entry, and once it is filled in it explains the difference.
    let message = faults[0].to_string();
    let skeleton = &message[message.find("[[deviation]]").unwrap()..];
    let mut file: toml::Table = skeleton.parse().unwrap();
    let entry: Entry = file.remove("deviation").unwrap().as_array().unwrap()[0]
        .clone()
        .try_into()
        .unwrap();
    register.entries.push(entry);
    let entry = register.entry_mut("");
    for text in [&mut entry.id, &mut entry.choice, &mut entry.reason] {
        "country".clone_into(text);
    }
    "country".clone_into(&mut entry.enforced_by);
    "S4".clone_into(&mut entry.sides[0].source);
    assert_eq!(register.check(), []);
}

#[test]
fn a_changed_upstream_value_is_reported_where_it_is_stated_and_as_a_difference() {
    let mut register = Register::checked_in();
    set(
        register.upstream.get_mut("eft-v2.yaml").unwrap(),
        &format!("{REFERENCE_ID}/maxLength"),
        &json!(37),
    );
    let faults = register.check();
    let [
        Fault::Misstated {
            id,
            at,
            states,
            found,
        },
    ] = &faults[..]
    else {
        panic!("{}", listed(&faults))
    };
    assert_eq!(id, "reference-id-length");
    assert_eq!(at, &format!("eft-v2.yaml{REFERENCE_ID}/maxLength"));
    assert_eq!((states.as_str(), found.as_str()), ("36", "37"));
    // The entry covers the new difference, because it is about this very keyword; the choice is up for review.
    let explained = register.explained();
    let new = explained
        .iter()
        .find(|(_, difference, _)| difference.upstream.value == Some(json!(37)))
        .unwrap();
    assert_eq!(new.1.contract.value, Some(json!(36)));
    assert_eq!(new.2, ["reference-id-length"]);
}

#[test]
fn an_upstream_change_that_no_entry_is_about_is_unexplained() {
    let cases = [
        (
            "#/components/schemas/PartyInfoRequest/properties/nickname",
            json!({"type": "string"}),
            "member",
        ),
        (
            "#/components/schemas/PartyInfoRequest/properties/firstName/nullable",
            json!(true),
            "nullable",
        ),
        (
            "#/components/schemas/GuaranteeOptions/properties/enable/default",
            json!(false),
            "default",
        ),
        (
            "#/components/schemas/NotificationPreferencesOptions/properties/language/enum",
            json!(["EN"]),
            "enum",
        ),
        (
            "#/components/schemas/InitiateSessionRequest/properties/amount/minimum",
            json!(1),
            "minimum",
        ),
        (
            "#/components/schemas/SessionSetupOptionModel/required",
            json!(["guarantee", "limits"]),
            "required",
        ),
        (
            "#/paths/~1api~1v2~1sessions/post/responses/409",
            json!({"description": ""}),
            "status",
        ),
        (
            "#/paths/~1api~1v2~1sessions/get",
            json!({"responses": {}}),
            "operation",
        ),
        (
            "#/paths/~1api~1v2~1sessions/post/requestBody/required",
            json!(false),
            "required",
        ),
        (
            "#/paths/~1api~1v2~1sessions/post/requestBody/content/text~1json",
            json!({}),
            "content",
        ),
    ];
    for (pointer, value, keyword) in cases {
        let mut register = Register::checked_in();
        set(
            register.upstream.get_mut("eft-v2.yaml").unwrap(),
            pointer,
            &value,
        );
        let faults = register.check();
        let [Fault::Unexplained { difference, .. }] = &faults[..] else {
            panic!("{pointer}:\n{}", listed(&faults))
        };
        assert_eq!(difference.keyword, keyword, "{pointer}");
    }
}

#[test]
fn a_contract_change_that_no_entry_is_about_is_unexplained() {
    let cases = [
        (
            "#/components/schemas/Occupation/maxLength",
            json!(40),
            "maxLength",
        ),
        (
            "#/components/schemas/RegularSessionRequest/properties/payee",
            json!({"type": "object"}),
            "member",
        ),
        (
            "#/components/schemas/RegularOptions/required",
            json!(["guarantee", "limits"]),
            "required",
        ),
        (
            "#/paths/~1api~1v2~1sessions/post/responses/409",
            json!({"description": ""}),
            "status",
        ),
    ];
    for (pointer, value, keyword) in cases {
        let mut register = Register::checked_in();
        set(&mut register.contract, pointer, &value);
        let faults = register.check();
        let [Fault::Unexplained { difference, .. }] = &faults[..] else {
            panic!("{pointer}:\n{}", listed(&faults))
        };
        assert_eq!(difference.keyword, keyword, "{pointer}");
    }
}

#[test]
fn a_partial_document_is_heard_only_in_what_it_states() {
    let page = "pages/geft-sessions-status.yaml";
    let mut register = Register::checked_in();
    let count = |register: &Register| {
        register
            .explained()
            .iter()
            .filter(|(file, ..)| file == page)
            .count()
    };
    let before = count(&register);
    let document = register.upstream.get_mut(page).unwrap();
    remove(
        document,
        "#/components/schemas/SessionStatus/properties/amount",
    );
    assert_eq!(count(&register), before);
    set(
        register.upstream.get_mut(page).unwrap(),
        "#/x-source/completeness",
        &json!("complete"),
    );
    assert!(count(&register) > before);
}

#[test]
fn reshaping_gives_no_difference() {
    let mut register = Register::checked_in();
    let before: Vec<_> = register
        .explained()
        .into_iter()
        .map(|(_, difference, by)| (place_of(&difference), by.len()))
        .collect();
    let document = register.upstream.get_mut("eft-v2.yaml").unwrap();
    // A reference becomes inline, an inline schema becomes a reference through allOf, and a component gets another name.
    let limits = document
        .at(&"#/components/schemas/SessionLimitsModel".parse().unwrap())
        .unwrap()
        .to_json();
    set(
        document,
        "#/components/schemas/SessionSetupOptionModel/properties/limits",
        &limits,
    );
    let payor = document
        .at(&"#/components/schemas/PartyInfoRequest".parse().unwrap())
        .unwrap()
        .to_json();
    set(document, "#/components/schemas/Payor", &payor);
    let reference = json!({"allOf": [{"$ref": "#/components/schemas/Payor"}]});
    set(
        document,
        "#/components/schemas/InitiateSessionRequest/properties/payor",
        &reference,
    );
    remove(document, "#/components/schemas/PartyInfoRequest");
    remove(document, "#/components/schemas/SessionLimitsModel");
    let after: Vec<_> = register
        .explained()
        .into_iter()
        .map(|(_, difference, _)| place_of(&difference))
        .collect();
    assert_eq!(
        after,
        before
            .into_iter()
            .map(|(place, _)| place)
            .collect::<Vec<_>>()
    );
}

#[test]
fn a_circle_of_schemas_ends() {
    let mut register = Register::checked_in();
    let circle = json!({"allOf": [{"$ref": "#/components/schemas/PartyInfoRequest"}]});
    let document = register.upstream.get_mut("eft-v2.yaml").unwrap();
    set(
        document,
        "#/components/schemas/PartyInfoRequest/properties/spouse",
        &circle,
    );
    let faults = register.check();
    let [Fault::Unexplained { difference, .. }] = &faults[..] else {
        panic!("{}", listed(&faults))
    };
    assert_eq!(difference.instance.to_string(), "/payor/spouse");
}

#[test]
fn pointers_to_nothing_are_reported() {
    let mut register = Register::checked_in();
    register
        .entry_mut("country-code")
        .contract
        .push("#/components/schemas/Land".into());
    register
        .entry_mut("amount-maximum")
        .upstream
        .push("eft-v3.yaml#/info".into());
    register.entry_mut("steps").sides[0].at =
        "pages/geft-sessions-details.yaml#/x-facts/steps/value".into();
    let nowhere = |id: &str, pointer: &str| Fault::Nowhere {
        id: id.into(),
        pointer: pointer.into(),
    };
    assert_eq!(
        register.check(),
        [
            nowhere("amount-maximum", "eft-v3.yaml#/info"),
            nowhere("country-code", "#/components/schemas/Land"),
            nowhere(
                "steps",
                "pages/geft-sessions-details.yaml#/x-facts/steps/value"
            ),
        ]
    );
}

#[test]
fn an_entry_whose_difference_is_gone_is_stale() {
    let mut register = Register::checked_in();
    remove(
        &mut register.contract,
        "#/components/schemas/RegularReferenceId/minLength",
    );
    register.entry_mut("reference-id-minimum").contract =
        vec!["#/components/schemas/RegularReferenceId/pattern".into()];
    assert_eq!(
        register.check(),
        [Fault::Stale("reference-id-minimum".into())]
    );
}

#[test]
fn an_entry_whose_sides_agree_at_last_is_stale() {
    let mut register = Register::checked_in();
    let pages = register.upstream.get_mut("pages/other-pages.yaml").unwrap();
    set(
        pages,
        "#/x-facts/AUTH/token-lifetime-seconds/value",
        &json!(599),
    );
    "599".clone_into(&mut register.entry_mut("token-lifetime").sides[0].states);
    assert_eq!(register.check(), [Fault::Stale("token-lifetime".into())]);
}

#[test]
fn ids_sources_and_enforcers_are_checked() {
    let mut register = Register::checked_in();
    register.entry_mut("steps").id = "time-stamps".into();
    register.entry_mut("country-code").sides[0].source = "S5".into();
    register.entry_mut("province-codes").enforced_by =
        "province, provinces, domain::Provinces, domain::Province".into();
    register.entry_mut("address-parts").choice.clear();
    let faults = register.check();
    let enforcer = |name: &str| Fault::Enforcer {
        id: "province-codes".into(),
        name: name.into(),
    };
    let at = "eft-v2.yaml#/components/schemas/BaseAddressModel/properties/country/enum";
    assert_eq!(
        faults,
        [
            Fault::Empty {
                id: "address-parts".into(),
                field: "choice"
            },
            enforcer("provinces"),
            enforcer("domain::Provinces"),
            Fault::Source {
                id: "country-code".into(),
                source: "S5".into(),
                at: at.into()
            },
            Fault::SameId("time-stamps".into()),
        ]
    );
    // A key that the README explains and the document is not of is wrong too.
    let mut register = Register::checked_in();
    register.entry_mut("country-code").sides[0].source = "S2".into();
    assert_eq!(
        register.check(),
        [Fault::Source {
            id: "country-code".into(),
            source: "S2".into(),
            at: at.into()
        }]
    );
}
