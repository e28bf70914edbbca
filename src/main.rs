//! The `flinks-pay` command: a whole payment to watch, a simulator to develop against, and what the crate knows.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
