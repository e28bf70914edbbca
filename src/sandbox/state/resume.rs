//! From a sandbox to what its file says, and back.

use std::path::Path;
use std::time::Duration;

use super::StateFile;
use super::error::{Damage, StateError};
use super::form::{ClientForm, ClockForm, Form, Moments, SessionForm, date, nanoseconds, of_date};
use crate::clock::Clock as _;
use crate::sandbox::chance::Chance;
use crate::sandbox::clock::SandboxClock;
use crate::sandbox::fault::Faults;
use crate::sandbox::profile::Profile;
use crate::sandbox::settings::ApiClient;
use crate::sandbox::token::Tokens;
use crate::sandbox::world::{Core, Resumed, World};

/// A state file that is this sandbox's, and what it says, if it was there.
pub(in crate::sandbox) struct Opened {
    pub(in crate::sandbox) file: StateFile,
    pub(in crate::sandbox) form: Option<Form<'static>>,
}

impl Opened {
    /// Takes the file and reads it whole. The disk is waited for.
    pub(in crate::sandbox) fn at(path: &Path) -> Result<Self, StateError> {
        let (file, content) = StateFile::open(path)?;
        let form = content
            .map(|content| read(&content, file.path()))
            .transpose()?;
        Ok(Self { file, form })
    }

    /// Whether it was written by a sandbox with this profile and this seed. Without a seed, this one goes on with the other's.
    pub(in crate::sandbox) fn check(
        &self,
        profile: &Profile,
        seed: Option<u64>,
    ) -> Result<(), StateError> {
        let Some(form) = &self.form else {
            return Ok(());
        };
        let otherwise = |written, given| {
            Err(StateError::SetUpOtherwise {
                path: self.file.path().to_owned(),
                written,
                given,
            })
        };
        let profile = profile.to_string();
        if form.profile != profile {
            let named = |profile: &str| format!("the profile {}", profile.escape_debug());
            return otherwise(named(&form.profile), named(&profile));
        }
        let named = |seed: Option<u64>| {
            seed.map_or_else(|| "no seed".to_owned(), |seed| format!("the seed {seed}"))
        };
        if seed.is_some() && form.seed != seed {
            return otherwise(named(form.seed), named(seed));
        }
        Ok(())
    }

    /// What it says of a client; of the first one, if no id is given.
    pub(in crate::sandbox) fn client(&self, id: Option<&str>) -> Option<&ClientForm> {
        let mut clients = self.form.as_ref()?.clients.iter();
        clients.find(|it| id.is_none_or(|id| it.id == id))
    }
}

pub(super) fn read(content: &[u8], path: &Path) -> Result<Form<'static>, StateError> {
    let mut json = serde_json::Deserializer::from_slice(content);
    let read = serde_path_to_error::deserialize(&mut json);
    // What it says there is somebody's, so only the place is told.
    let form = read.map_err(|error| unexpected(path, &error.path().to_string()))?;
    json.end().map_err(|_| unexpected(path, "."))?;
    Ok(form)
}

fn unexpected(path: &Path, at: &str) -> StateError {
    StateError::Damaged {
        path: path.to_owned(),
        damage: Damage::Content {
            at: at.escape_debug().to_string(),
        },
    }
}

impl<'a> Form<'a> {
    /// What the file of a sandbox says.
    pub(super) fn of(core: &Core, world: &'a World) -> Self {
        let moments = &Moments {
            start: core.started,
        };
        let mut sessions: Vec<SessionForm> = world
            .sessions
            .values()
            .map(|session| SessionForm::of(session, moments))
            .collect();
        sessions.sort_unstable_by_key(SessionForm::order);
        Self {
            profile: core.settings.profile.to_string(),
            seed: core.settings.seed,
            clock: ClockForm {
                passed: nanoseconds(core.since_start()),
                moved: nanoseconds(core.clock.offset()),
                date: date(core.clock.wall()),
            },
            chance: world.chance.place(),
            clients: core.settings.clients.iter().map(client).collect(),
            tokens: world.tokens.kept(moments),
            sessions,
            faults: world.faults.kept(),
            webhooks: core.hooks.kept(moments),
        }
    }
}

fn client(client: &ApiClient) -> ClientForm {
    let api_key = client.api_key.as_ref().filter(|_| client.made_api_key);
    ClientForm {
        id: client.id.expose().to_owned(),
        made_secret: client
            .made_secret
            .then(|| client.secret.expose().to_owned()),
        made_api_key: api_key.map(|key| key.expose().to_owned()),
    }
}

impl Form<'_> {
    /// Sets a clock to where it stood.
    pub(in crate::sandbox) fn set(&self, clock: &mut SandboxClock) {
        let ClockForm {
            passed,
            moved,
            date,
        } = self.clock;
        let time = Duration::from_nanos;
        clock.resume(time(passed), time(moved), of_date(date));
    }

    /// Puts what it says into a sandbox in which nothing has happened yet, and whose clock is set.
    pub(in crate::sandbox) fn resume(self, core: &Core, path: &Path) -> Result<(), StateError> {
        let moments = &Moments {
            start: core.started,
        };
        let clients: Option<Vec<usize>> = self.clients.iter().map(|it| here(core, it)).collect();
        let clients = clients.ok_or_else(|| StateError::UnknownClient {
            path: path.to_owned(),
        })?;
        let client = |place: usize| clients.get(place).copied();
        let sessions = self.sessions.into_iter().enumerate().map(|(number, form)| {
            let session = form.resumed(moments, client);
            let session =
                session.ok_or_else(|| unexpected(path, &format!("sessions[{number}]")))?;
            Ok((session.id, Box::new(session)))
        });
        core.resume(Resumed {
            chance: Chance::at(self.chance),
            tokens: Tokens::resumed(self.tokens, moments, client)
                .ok_or_else(|| unexpected(path, "tokens"))?,
            sessions: sessions.collect::<Result<_, StateError>>()?,
            faults: Faults::resumed(self.faults).ok_or_else(|| unexpected(path, "faults"))?,
        });
        let hooks = core.hooks.resume(self.webhooks, moments);
        hooks.ok_or_else(|| unexpected(path, "webhooks"))
    }
}

/// Which client of this sandbox a client of a file is.
fn here(core: &Core, form: &ClientForm) -> Option<usize> {
    let mut clients = core.settings.clients.iter();
    clients.position(|client| client.id.expose() == form.id)
}
