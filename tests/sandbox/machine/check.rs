//! Each operation, done to the simulator and to the model, and whether they agree.

use std::collections::BTreeMap;
use std::time::Duration;

use flinks_pay::SessionId;
use flinks_pay::sandbox::{SandboxError, StatusAccess, TokenUse};
use serde_json::{Value, json};

use super::calls::{Answer, Site};
use super::course::Course;
use super::model::{Session, Token, plain};
use super::ops::{Op, Order, Which, With};

/// A session that there never is.
const NEVER: &str = "00000000-0000-4000-8000-000000000000";

/// The simulator and the model of it.
pub(super) struct Checked<'s> {
    pub(super) site: &'s mut Site,
    now: u64,
    tokens: Vec<Token>,
    pub(super) sessions: Vec<Session>,
    creates: usize,
    pub(super) seen: BTreeMap<String, u64>,
}

/// Who a caller is by a token.
struct Caller {
    text: Option<String>,
    /// The token's number, if it lives.
    live: Option<usize>,
}

pub(super) type Outcome = Result<(), String>;

fn expect(answer: &Answer, status: u16, says: &str) -> Outcome {
    let body = &answer.body;
    let text = body.get("detail").or_else(|| body.get("error_description"));
    let text = text.and_then(Value::as_str).unwrap_or_default();
    if answer.status == status && text.contains(says) {
        Ok(())
    } else {
        Err(format!(
            "{} {body}, expected {status} {says:?}",
            answer.status
        ))
    }
}

pub(super) fn same(what: &str, found: &Value, expected: &Value) -> Outcome {
    if plain(found.clone()) == plain(expected.clone()) {
        Ok(())
    } else {
        Err(format!("{what}: {found}, expected {expected}"))
    }
}

impl<'s> Checked<'s> {
    pub(super) fn new(site: &'s mut Site) -> Self {
        Self {
            site,
            now: 0,
            tokens: Vec::new(),
            sessions: Vec::new(),
            creates: 0,
            seen: BTreeMap::new(),
        }
    }

    pub(super) fn note(&mut self, label: impl Into<String>) {
        *self.seen.entry(label.into()).or_default() += 1;
    }

    pub(super) fn apply(&mut self, op: &Op) -> Outcome {
        match op {
            Op::Authorize { client, right } => self.authorize(*client, *right).map(drop),
            Op::Create {
                with,
                client,
                order,
            } => self.create(*with, *client, order),
            Op::Status { which, with } => self.status(*which, *with),
            Op::Details { which, with } => self.details(*which, *with),
            Op::Cancel { which, with } => self.cancel(*which, *with),
            Op::Confirm {
                which,
                with,
                accept,
            } => self.confirm(*which, *with, *accept),
            Op::Undelivered { which } => self.undelivered(*which),
            Op::Step { which, departs } => self.step(*which, departs).map(drop),
            Op::Steps {
                which,
                count,
                departs,
            } => {
                for _ in 0..*count {
                    if !self.step(*which, departs)? {
                        break;
                    }
                }
                Ok(())
            }
            Op::Advance { seconds } => {
                self.site
                    .bench
                    .sandbox
                    .advance(Duration::from_secs(*seconds));
                self.now += seconds;
                Ok(())
            }
            // The model is not told.
            Op::Restart => {
                self.site.restart();
                self.note("restarted");
                Ok(())
            }
        }
    }

    /// Reads every session's status and details as its owner.
    pub(super) fn look_at_all(&mut self) -> Outcome {
        for number in 0..self.sessions.len() {
            let caller = self.caller(With::Owner, self.sessions[number].owner)?;
            self.read_status(number, caller.text.as_deref())?;
            self.read_details(number, caller.text.as_deref())?;
        }
        Ok(())
    }

    // -- tokens -----------------------------------------------------------------------------------------------------------

    /// The number of a fresh token, or of the last one after a refusal.
    fn authorize(&mut self, client: usize, right: bool) -> Result<usize, String> {
        let answer = self.site.authorize(client, right);
        self.note(format!("authorize {}", answer.status));
        if !right {
            expect(&answer, 401, "credentials")?;
            return Ok(0);
        }
        expect(&answer, 200, "")?;
        let lifetime = json!(self.lifetime());
        same("expires_in", &answer.body["expires_in"], &lifetime)?;
        let text = answer.body["access_token"].as_str().unwrap_or_default();
        if text.is_empty() || self.tokens.iter().any(|token| token.text == text) {
            return Err(format!("a token that is not new: {}", answer.body));
        }
        self.tokens.push(Token {
            text: text.to_owned(),
            client,
            issued: self.now,
            spent: false,
        });
        Ok(self.tokens.len() - 1)
    }

    /// How long a token lives, in seconds.
    fn lifetime(&self) -> u64 {
        self.site.rules.profile.token_lifetime.duration().as_secs()
    }

    fn by_token(&mut self, number: usize) -> Caller {
        let token = &self.tokens[number];
        let lifetime = self.lifetime();
        let live = self.now - token.issued < lifetime;
        let text = Some(token.text.clone());
        if !live {
            self.note("token expired");
        }
        Caller {
            text,
            live: live.then_some(number),
        }
    }

    fn caller(&mut self, with: With, owner: usize) -> Result<Caller, String> {
        Ok(match with {
            With::Token(index) if !self.tokens.is_empty() => {
                let number = index.index(self.tokens.len());
                self.by_token(number)
            }
            With::Owner | With::Token(_) => {
                let lifetime = self.lifetime();
                let right = |token: &Token| {
                    token.client == owner && !token.spent && self.now - token.issued < lifetime
                };
                let number = match self.tokens.iter().position(right) {
                    Some(number) => number,
                    None => self.authorize(owner, true)?,
                };
                self.by_token(number)
            }
            With::Nothing => Caller {
                text: None,
                live: None,
            },
            With::Garbage => Caller {
                text: Some("0123456789abcdef0123456789abcdef".to_owned()),
                live: None,
            },
        })
    }

    // -- operations -------------------------------------------------------------------------------------------------------

    fn create(&mut self, with: With, client: usize, order: &Order) -> Outcome {
        let caller = self.caller(with, client)?;
        self.creates += 1;
        let sent = order.body(self.creates);
        let path = "/api/v2/sessions";
        let text = caller.text.as_deref();
        let answer = self.site.with_token("POST", path, text, Some(&sent));
        let Some(number) = caller.live else {
            self.note("create 401 no token");
            return expect(&answer, 401, "a valid access token is required");
        };
        let single = self.site.rules.profile.token_use == TokenUse::Single;
        if self.tokens[number].spent && single {
            self.note("create 401 spent");
            return expect(&answer, 401, "has created a session already");
        }
        if !order.is_right() {
            self.note("create 400");
            return expect(&answer, 400, "rule");
        }
        let product = if order.guaranteed {
            "guaranteed"
        } else {
            "regular"
        };
        self.note(format!("create {} {product}", answer.status));
        expect(&answer, 201, "")?;
        self.tokens[number].spent = true;
        let id = answer.body["sessionId"].as_str().unwrap_or_default();
        let id = SessionId::new(id).map_err(|error| error.to_string())?;
        if self.sessions.iter().any(|session| session.id == id) {
            return Err("the id of another session".to_owned());
        }
        let session = Session {
            id,
            owner: self.tokens[number].client,
            created: self.now,
            course: Course::new(order, self.site.rules.asks),
            sent,
            posted: Vec::new(),
        };
        same("create", &answer.body, &session.ids())?;
        self.sessions.push(session);
        Ok(())
    }

    /// The session that is meant, its id, and the client that it is of.
    pub(super) fn meant(&mut self, which: Which) -> (Option<usize>, SessionId, usize) {
        let number = match which {
            Which::Some(index) if !self.sessions.is_empty() => {
                Some(index.index(self.sessions.len()))
            }
            _ => None,
        };
        let session = number.map(|number| self.sessions[number].at(self.now));
        let never = || (SessionId::new(NEVER).unwrap(), 0);
        let (id, owner) = session.map_or_else(never, |session| (session.id, session.owner));
        (number, id, owner)
    }

    fn owns(&self, caller: &Caller, number: Option<usize>) -> bool {
        let client = caller.live.map(|number| self.tokens[number].client);
        number.is_some_and(|number| client == Some(self.sessions[number].owner))
    }

    fn status(&mut self, which: Which, with: With) -> Outcome {
        let (number, id, owner) = self.meant(which);
        let caller = self.caller(with, owner)?;
        let text = caller.text.as_deref();
        let open = self.site.rules.profile.status_access == StatusAccess::Anybody;
        let let_in = caller.live.is_some() || (open && text.is_none());
        if let (true, Some(number)) = (let_in && (open || self.owns(&caller, number)), number) {
            return self.read_status(number, text);
        }
        let answer = self.site.on_session(("GET", "status"), &id, text, None);
        self.note(format!("status {}", answer.status));
        if let_in {
            expect(&answer, 404, "no such session")
        } else {
            expect(&answer, 401, "a valid access token is required")
        }
    }

    fn read_status(&mut self, number: usize, text: Option<&str>) -> Outcome {
        let session = self.sessions[number].at(self.now);
        let (id, label) = (session.id, session.label(&self.site.rules));
        let answer = self.site.on_session(("GET", "status"), &id, text, None);
        self.note(format!("status {}", answer.status));
        self.note(format!("state {label}"));
        expect(&answer, 200, "")?;
        let expected = self.sessions[number].reported(&self.site.rules);
        same("status", &answer.body, &expected)
    }

    fn details(&mut self, which: Which, with: With) -> Outcome {
        let (number, id, owner) = self.meant(which);
        let caller = self.caller(with, owner)?;
        let text = caller.text.as_deref();
        if let (true, Some(number)) = (self.owns(&caller, number), number) {
            return self.read_details(number, text);
        }
        let answer = self.site.on_session(("GET", "details"), &id, text, None);
        self.note(format!("details {}", answer.status));
        match (caller.live, number) {
            (None, _) => expect(&answer, 401, "a valid access token is required"),
            (Some(_), None) => expect(&answer, 404, "no such session"),
            (Some(_), Some(_)) => expect(&answer, 403, "another client's"),
        }
    }

    fn read_details(&mut self, number: usize, text: Option<&str>) -> Outcome {
        let id = self.sessions[number].at(self.now).id;
        let answer = self.site.on_session(("GET", "details"), &id, text, None);
        self.note(format!("details {}", answer.status));
        expect(&answer, 200, "")?;
        let wrong = self.sessions[number].differs(&answer.body, &self.site.rules);
        wrong.map_or(Ok(()), |wrong| Err(format!("details: {wrong}")))
    }

    /// What cancel and confirm refuse alike; the session that they may have.
    fn refused(
        &mut self,
        answer: &Answer,
        caller: &Caller,
        number: Option<usize>,
        name: &str,
    ) -> Result<Option<usize>, String> {
        if caller.live.is_none() {
            self.note(format!("{name} 401"));
            return expect(answer, 401, "a valid access token is required").map(|()| None);
        }
        if !self.owns(caller, number) {
            self.note(format!("{name} 404"));
            return expect(answer, 404, "no such session").map(|()| None);
        }
        Ok(number)
    }

    fn cancel(&mut self, which: Which, with: With) -> Outcome {
        let (number, id, owner) = self.meant(which);
        let caller = self.caller(with, owner)?;
        let text = caller.text.as_deref();
        let answer = self.site.on_session(("POST", "cancel"), &id, text, None);
        let Some(number) = self.refused(&answer, &caller, number, "cancel")? else {
            return Ok(());
        };
        if !self.sessions[number].course.cancel() {
            self.note("cancel 400 ended");
            return expect(&answer, 400, "the session has ended already");
        }
        self.note("cancel 200");
        expect(&answer, 200, "")?;
        let expected = self.sessions[number].cancelled(&self.site.rules);
        same("cancel", &answer.body, &expected)
    }

    fn confirm(&mut self, which: Which, with: With, accept: bool) -> Outcome {
        let (number, id, owner) = self.meant(which);
        let caller = self.caller(with, owner)?;
        let decision = json!({ "guaranteeAccepted": accept });
        let call = ("POST", "guarantees/confirm");
        let text = caller.text.as_deref();
        let answer = self.site.on_session(call, &id, text, Some(&decision));
        let Some(number) = self.refused(&answer, &caller, number, "confirm")? else {
            return Ok(());
        };
        if !self.sessions[number].course.decide(Some(accept)) {
            self.note("confirm 400 nothing to decide");
            return expect(&answer, 400, "waits for a decision");
        }
        self.note(if accept {
            "confirm 200 accepted"
        } else {
            "confirm 200 rejected"
        });
        if !accept {
            self.said_no(number);
        }
        expect(&answer, 200, "")?;
        same("confirm", &answer.body, &self.sessions[number].ids())
    }

    /// The page tells the payor that the integrator's answer was no.
    fn said_no(&mut self, number: usize) {
        let session = &mut self.sessions[number];
        session.posted.extend(session.course.last_message());
    }

    fn undelivered(&mut self, which: Which) -> Outcome {
        let (Some(number), id, _) = self.meant(which) else {
            return Ok(());
        };
        let done = self.site.bench.sandbox.fail_guarantee_delivery(&id);
        if self.sessions[number].course.decide(None) {
            self.said_no(number);
            self.note("undelivered");
            return done.map_err(|error| error.to_string());
        }
        self.note("undelivered, nothing to decide");
        match done {
            Err(SandboxError::NothingToDecide) => Ok(()),
            other => Err(format!("{other:?}, expected nothing to decide")),
        }
    }
}
