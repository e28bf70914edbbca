//! A state file that is not as it was written is refused, and left as it is.

use std::fs;
use std::path::Path;

use flinks_pay::domain::{ClientId, ClientSecret};
use flinks_pay::sandbox::{Damage, Profile, Sandbox, SandboxBuilder, SandboxError, StateError};
use tempfile::TempDir;

use crate::bench::{Bench, two_clients};
use crate::bodies::guaranteed;
use crate::checked;

/// A directory with a state file in which there is a session.
async fn written(builder: SandboxBuilder) -> (TempDir, Vec<u8>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let bench = Bench::with(builder.state(&path)).await;
    bench.session(&guaranteed()).await;
    let Bench { sandbox, .. } = bench;
    sandbox.shutdown().await;
    let bytes = fs::read(&path).unwrap();
    (directory, bytes)
}

/// Why a sandbox does not start with that file.
async fn refused(builder: SandboxBuilder, path: &Path) -> StateError {
    match checked::with(builder.state(path)).await {
        Err(SandboxError::State(error)) => error,
        other => panic!("{other:?}, expected a refusal"),
    }
}

/// Puts bytes into the file, has them refused, and looks that they are still there.
async fn refused_with(directory: &TempDir, bytes: &[u8]) -> StateError {
    let path = directory.path().join("state");
    fs::write(&path, bytes).unwrap();
    let error = refused(Sandbox::builder(), &path).await;
    assert!(
        fs::read(&path).unwrap() == bytes,
        "the file is another one after {error}"
    );
    error
}

#[tokio::test]
async fn a_file_that_ends_too_early_is_refused_wherever_it_ends() {
    let (directory, whole) = written(Sandbox::builder()).await;
    let first = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in 0..whole.len() {
        let error = refused_with(&directory, &whole[..length]).await;
        let StateError::Damaged { damage, .. } = &error else {
            panic!("{length}: {error}");
        };
        match length {
            0 => assert_eq!(*damage, Damage::Empty),
            _ if length < first => assert_eq!(*damage, Damage::FirstLine, "{length}"),
            _ => {
                let (expected, found) = (whole.len() - first, length - first);
                let (expected, found) = (expected as u64, found as u64);
                assert_eq!(*damage, Damage::Length { expected, found });
            }
        }
    }
    let path = directory.path().join("state");
    fs::write(&path, &whole).unwrap();
    let sandbox = checked::with(Sandbox::builder().state(&path))
        .await
        .unwrap();
    assert_eq!(sandbox.sessions(None, 9).unwrap().sessions.len(), 1);
}

#[tokio::test]
async fn a_file_of_which_one_bit_is_another_is_refused() {
    let (directory, whole) = written(Sandbox::builder()).await;
    for at in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        refused_with(&directory, &flipped).await;
    }
}

#[tokio::test]
async fn a_file_of_something_else_or_of_a_later_version_is_told_from_a_damaged_one() {
    let (directory, whole) = written(Sandbox::builder()).await;
    let error = refused_with(&directory, b"{\"orders\": []}\n").await;
    assert!(matches!(error, StateError::Foreign { .. }), "{error}");
    let text = String::from_utf8(whole).unwrap();
    let newer = text.replacen("\"version\":1,", "\"version\":2,", 1);
    let error = refused_with(&directory, newer.as_bytes()).await;
    assert!(
        matches!(error, StateError::Newer { version: 2, .. }),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_no_file_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let error = refused(Sandbox::builder(), directory.path()).await;
    assert!(matches!(error, StateError::NotAFile { .. }), "{error}");
    let inside = directory.path().join("nothing").join("state");
    let error = refused(Sandbox::builder(), &inside).await;
    assert!(matches!(error, StateError::Unreadable { .. }), "{error}");
    #[cfg(unix)]
    {
        let error = refused(Sandbox::builder(), Path::new("/dev/full")).await;
        assert!(matches!(error, StateError::NotAFile { .. }), "{error}");
        let link = directory.path().join("link");
        std::os::unix::fs::symlink("nowhere", &link).unwrap();
        let error = refused(Sandbox::builder(), &link).await;
        assert!(matches!(error, StateError::Unreadable { .. }), "{error}");
    }
    let left: Vec<_> = fs::read_dir(directory.path()).unwrap().collect();
    assert!(left.len() <= 1, "{left:?}");
}

#[tokio::test]
async fn two_sandboxes_do_not_have_one_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state");
    let first = checked::with(Sandbox::builder().state(&path))
        .await
        .unwrap();
    let error = refused(Sandbox::builder(), &path).await;
    assert!(matches!(error, StateError::InUse { .. }), "{error}");
    #[cfg(unix)]
    {
        let link = directory.path().join("link");
        std::os::unix::fs::symlink("state", &link).unwrap();
        let error = refused(Sandbox::builder(), &link).await;
        assert!(matches!(error, StateError::InUse { .. }), "{error}");
    }
    // Also one that is only dropped lets go of it at once.
    drop(first);
    let second = checked::with(Sandbox::builder().state(&path))
        .await
        .unwrap();
    second.shutdown().await;
    checked::with(Sandbox::builder().state(&path))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_file_of_a_sandbox_that_was_set_up_otherwise_is_refused() {
    let (directory, whole) = written(Sandbox::builder().profile(Profile::LENIENT).seed(7)).await;
    let path = directory.path().join("state");
    let lenient = || Sandbox::builder().profile(Profile::LENIENT);
    for (builder, expected) in [
        (
            Sandbox::builder(),
            ["the profile lenient", "the profile strict"],
        ),
        (lenient().seed(8), ["the seed 7", "the seed 8"]),
    ] {
        match refused(builder, &path).await {
            StateError::SetUpOtherwise { written, given, .. } => {
                assert_eq!([written.as_str(), given.as_str()], expected);
            }
            other => panic!("{other}"),
        }
    }
    let other = ClientId::new("another").unwrap();
    let error = refused(lenient().client_id(other), &path).await;
    assert!(matches!(error, StateError::UnknownClient { .. }), "{error}");
    assert!(fs::read(&path).unwrap() == whole);
    // Without a seed, the other's is gone on with.
    let id = checked::with(lenient().state(&path))
        .await
        .unwrap()
        .client_id()
        .to_owned();
    let seeded = checked::with(lenient().seed(7).state(&path)).await.unwrap();
    assert_eq!(seeded.client_id(), id);
    seeded.shutdown().await;
    let (directory, _) = written(lenient()).await;
    let error = refused(lenient().seed(7), &directory.path().join("state")).await;
    assert!(error.to_string().contains("no seed"), "{error}");
}

#[tokio::test]
async fn a_client_more_is_taken_and_one_less_is_not() {
    let (directory, _) = written(Sandbox::builder()).await;
    let path = directory.path().join("state");
    let bench = Bench::with(two_clients().state(&path)).await;
    let token = bench
        .token_of(crate::bench::OTHER_ID, crate::bench::OTHER_SECRET)
        .await;
    bench.create_with(&token, &guaranteed()).await.expect(201);
    let id = bench.sandbox.client_id().to_owned();
    let Bench { sandbox, .. } = bench;
    sandbox.shutdown().await;
    let error = refused(Sandbox::builder(), &path).await;
    assert!(matches!(error, StateError::UnknownClient { .. }), "{error}");
    // The order in which they are named is nothing: a client is its id.
    let secret = |text| ClientSecret::new(text).unwrap();
    let swapped = Sandbox::builder()
        .client_id(ClientId::new(crate::bench::OTHER_ID).unwrap())
        .client_secret(secret(crate::bench::OTHER_SECRET))
        .another_client(ClientId::new(&id).unwrap(), secret("what it is now"));
    let bench = Bench::with(swapped.state(&path)).await;
    let sessions = bench.sandbox.sessions(None, 9).unwrap().sessions;
    bench
        .details_with(&token, &sessions[1].session_id)
        .await
        .expect(200);
    bench
        .details_with(&token, &sessions[0].session_id)
        .await
        .expect(403);
}
