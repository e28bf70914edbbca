//! The `flinks-pay` command: a whole payment to watch, the calls one by one, webhooks, a simulator to develop against, and what
//! the crate knows.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
