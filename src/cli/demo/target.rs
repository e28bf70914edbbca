//! The server that a demo runs against: a simulator of its own, another one, or Flinks' sandbox.

use flinks_pay::client::{Client, Credentials, CredentialsError, Environment};
use flinks_pay::sandbox::{Sandbox, SandboxError};

use crate::cli::control::Control;
use crate::cli::problem::Problem;
use crate::cli::{connect, credentials};

/// A server to run against.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) client: Client,
    /// Only a simulator has one.
    pub(super) control: Option<Control>,
    /// The one that was started for the demo.
    own: Option<Sandbox>,
}

impl Target {
    /// Starts a simulator in this process.
    pub(super) async fn embedded() -> Result<Self, Problem> {
        let sandbox = Sandbox::start().await.map_err(|error: SandboxError| {
            Problem::new(
                "the simulator cannot start",
                "see that a port of 127.0.0.1 can be listened on",
            )
            .caused_by(&error)
        })?;
        let environment = at(sandbox.base_url().as_str())?;
        let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret());
        let mut target = Self::connect(environment, credentials).await?;
        target.own = Some(sandbox);
        Ok(target)
    }

    /// Uses the server at an address, with the credentials in the environment.
    pub(super) async fn at(base_url: &str) -> Result<Self, Problem> {
        let environment = at(base_url)?;
        if host(&environment) == host(&Environment::production()) {
            let remedy = format!(
                "use the sandbox, {}, or leave out --base-url",
                Environment::sandbox()
            );
            return Err(
                Problem::new("the demo does not run against production", remedy)
                    .because("it would open a session for a payor that does not exist"),
            );
        }
        Self::connect(environment, Credentials::from_env()).await
    }

    async fn connect(
        environment: Environment,
        credentials: Result<Credentials, CredentialsError>,
    ) -> Result<Self, Problem> {
        let credentials = credentials::checked(&environment, credentials)?;
        let control = Control::find(&environment).await.map_err(|error| {
            let remedy = "see that it is up and that the address is right; `flinks-pay sandbox` starts a simulator";
            Problem::new(format!("{environment} cannot be reached"), remedy).caused_by(&error)
        })?;
        let client = connect::client(environment, credentials)?;
        Ok(Self {
            client,
            control,
            own: None,
        })
    }

    /// What it is, for the heading.
    pub(super) fn kind(&self) -> &'static str {
        match (&self.own, &self.control) {
            (Some(_), _) => "a simulator in this process",
            (None, Some(_)) => "a simulator in another process",
            (None, None) => "a server that is not a simulator",
        }
    }

    /// Stops the simulator, if it is the demo's own.
    ///
    /// # Errors
    ///
    /// What its judge has found: then the demo has shown something that Flinks' own server would not do.
    pub(super) async fn close(self) -> Result<(), Problem> {
        let Some(sandbox) = self.own else {
            return Ok(());
        };
        let report = sandbox.violations();
        sandbox.shutdown().await;
        if report.is_empty() {
            return Ok(());
        }
        Err(Problem::new(
            "the simulator departed from the contract",
            "report this, which is a fault of the simulator",
        )
        .because(report.to_string()))
    }
}

/// The name, without the dot that may stand at its end.
fn host(environment: &Environment) -> &str {
    let host = environment.base_url().host_str().unwrap_or_default();
    host.strip_suffix('.').unwrap_or(host)
}

fn at(base_url: &str) -> Result<Environment, Problem> {
    connect::at(base_url, "--base-url")
}

#[cfg(test)]
impl Target {
    /// A simulator whose control API is not used, as if it were none.
    pub(super) fn stranger(sandbox: &Sandbox) -> Result<Self, Problem> {
        let environment = at(sandbox.base_url().as_str())?;
        let credentials = Credentials::basic(sandbox.client_id(), sandbox.client_secret());
        let client =
            credentials.map(|credentials| Client::builder(environment, credentials).build());
        match client {
            Ok(Ok(client)) => Ok(Self {
                client,
                control: None,
                own: None,
            }),
            other => Err(Problem::new(format!("{other:?}"), "mend the test")),
        }
    }
}
