//! Where the secret comes from.

use super::*;

#[cfg(unix)]
#[test]
fn credentials_come_from_a_file_that_nobody_else_can_read() {
    use std::os::unix::fs::PermissionsExt as _;

    let simulator = Simulator::start();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials");
    let text = format!(
        "# of this simulator\nFLINKS_PAY_CLIENT_ID={}\nFLINKS_PAY_CLIENT_SECRET={}\n",
        simulator.client_id, simulator.client_secret
    );
    let create = |text: &str, mode: u32| {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        let file = ["--credentials", path.to_str().unwrap()];
        let mut command = command(&[CREATE, &file, &["--base-url", &simulator.base_url]].concat());
        // Those of the file count.
        command
            .env("FLINKS_PAY_CLIENT_ID", "shop")
            .env("FLINKS_PAY_CLIENT_SECRET", "wrong");
        finish(command.spawn().unwrap())
    };
    let ran = create(&text, 0o600);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{ran:?}");
    for mode in [0o640, 0o604, 0o666] {
        let ran = create(&text, mode);
        assert!(
            problem(&ran).starts_with("error: others can read "),
            "{ran:?}"
        );
        assert!(ran.err.contains("chmod 600 "), "{ran:?}");
        assert!(!ran.err.contains(&simulator.client_secret));
    }
    let ran = create("FLINKS_PAY_CLIENT_ID=marker\n", 0o600);
    assert!(
        problem(&ran).contains("FLINKS_PAY_CLIENT_SECRET is not in it"),
        "{ran:?}"
    );
    assert!(!ran.err.contains("marker"), "{ran:?}");
    std::fs::remove_file(&path).unwrap();
    let file = ["--credentials", path.to_str().unwrap()];
    let ran = at(&simulator, &[CREATE, &file].concat());
    assert!(problem(&ran).contains("cannot be read"), "{ran:?}");
}
