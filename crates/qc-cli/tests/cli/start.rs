//! What a short command does not do, since a person waits for it.

use std::{
    fs,
    io::Read as _,
    net::TcpListener,
    process::{Command, Stdio},
};

use crate::world::World;

/// How many threads `qc whoami` has when it has just sent its first byte.
fn threads(scheme: &str) -> usize {
    let world = World::new(&[]);
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("{scheme}://{}/api/v2", server.local_addr().unwrap());
    let mut command = world.command(world.home.path(), &["whoami"]);
    command.env("QUANTCONNECT_BASE_URL", base_url);
    let mut qc = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let (mut client, _) = server.accept().unwrap();
    client.read_exact(&mut [0]).unwrap();
    let threads = fs::read_dir(format!("/proc/{}/task", qc.id())).unwrap().count();
    qc.kill().unwrap();
    qc.wait().unwrap();
    threads
}

#[test]
fn a_call_takes_one_thread() {
    assert_eq!(threads("http"), 1);
    assert_eq!(threads("https"), 1);
}

#[test]
fn roots_are_read_for_tls_only() {
    let world = World::new(&[]);
    // Whoever opens this waits for somebody to write to it, and nobody does.
    let pipe = world.home.path().join("roots.pem");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut command = world.command(world.home.path(), &["whoami"]);
    let output = command.env("SSL_CERT_FILE", &pipe).env("SSL_CERT_DIR", &pipe).output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
