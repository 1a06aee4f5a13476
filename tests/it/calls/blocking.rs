//! The blocking client: the same calls on the calling thread, wherever that is.

use std::{collections::BTreeSet, thread};

use qc_emulator::{Fault, ServerThread};
use qc_files::{ErrorKind, Language, blocking::Client};

use crate::world::{credentials, emulator};

#[test]
fn the_whole_flow_over_real_http() {
    let (emulator, project) = emulator();
    let server = ServerThread::start(emulator).unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    client.authenticate().unwrap();
    let files = client.project(project).unwrap();
    files.create("pkg/a.py", "x = 'ä'\r\n").unwrap();
    files.create_empty("pkg/__init__.py").unwrap();
    assert_eq!(files.read("pkg/a.py").unwrap().content, "x = 'ä'\r\n");
    files.update("pkg/a.py", "one\ntwo\n").unwrap();
    files.patch("--- a/pkg/a.py\n+++ b/pkg/a.py\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n").unwrap();
    files.rename("pkg/a.py", "b.py").unwrap();
    assert_eq!(files.read("b.py").unwrap().content, "one\nthree\n");
    assert_eq!(files.read_all().unwrap().files.len(), 4);
    assert_eq!(files.read_all_with_libraries().unwrap().files.len(), 4);
    files.delete("b.py").unwrap();
    assert_eq!(files.read("b.py").unwrap_err().kind(), ErrorKind::FileNotFound);
    files.replace_all([("c.py", "c\n".to_owned())]).unwrap();
    assert_eq!(server.emulator().file_names(project), ["c.py"]);
    let made = client.create_project("X", Language::Python).unwrap();
    client.delete_project(made.project_id).unwrap();
    assert!(
        client.projects().unwrap().projects.iter().any(|project| project.name == "Recycle Bin/X")
    );
    assert_eq!(client.clock_offset_ms(), 0);
}

#[test]
fn an_answer_that_is_lost_does_not_make_it_happen_twice() {
    let (mut emulator, project) = emulator();
    emulator.push_fault(Fault::DropAfter);
    let server = ServerThread::start(emulator).unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    client.project(project).unwrap().create("a.py", "a").unwrap();
    assert_eq!(server.emulator().applied().len(), 1);
    assert_eq!(server.emulator().requests().len(), 2);
}

#[test]
fn an_asynchronous_program_may_call_it() {
    let multi = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let single = tokio::runtime::Builder::new_current_thread().enable_all().build();
    for runtime in [multi.unwrap(), single.unwrap()] {
        // Made, used and dropped inside.
        runtime.block_on(async {
            let (emulator, project) = emulator();
            let server = ServerThread::start(emulator).unwrap();
            let client =
                Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
            assert_eq!(client.project(project).unwrap().read_all().unwrap().files.len(), 2);
            let elsewhere = client.clone();
            let task = tokio::task::spawn_blocking(move || elsewhere.authenticate());
            task.await.unwrap().unwrap();
            client.authenticate().unwrap();
        });
    }
}

#[test]
fn a_file_is_written_whether_it_is_there_or_not() {
    let (emulator, project) = emulator();
    let server = ServerThread::start(emulator).unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let files = client.project(project).unwrap();
    for (content, is_created) in [("1", true), ("2", false), ("", true), ("3", false)] {
        assert_eq!(files.write("a.py", content).unwrap(), is_created, "{content:?}");
        assert_eq!(files.read("a.py").unwrap().content, content);
    }
}

#[test]
fn threads_share_one_client() {
    let (emulator, project) = emulator();
    let server = ServerThread::start(emulator).unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    thread::scope(|scope| {
        for number in 0..16 {
            let files = client.project(project).unwrap();
            scope.spawn(move || {
                files.create(format!("f{number}.py"), number.to_string()).unwrap();
                files.update(format!("f{number}.py"), "done").unwrap();
            });
        }
    });
    assert_eq!(server.emulator().applied().len(), 32);
    assert_eq!(client.project(project).unwrap().read_all().unwrap().files.len(), 18);
}

/// Reads the text of the API, which `cargo xtask api` holds to the code.
#[test]
fn both_facades_have_the_same_methods() {
    let api = include_str!("../../../xtask/api/qc-files.txt");
    let (blocking, futures): (BTreeSet<_>, BTreeSet<_>) =
        api.lines().partition(|line| line.starts_with("pub fn blocking::"));
    let methods = |lines: BTreeSet<&str>| -> BTreeSet<String> {
        let lines = lines.iter().map(|line| line.replace("async ", "").replace("blocking::", ""));
        let is_method = |line: &String| {
            ["Client", "ProjectFiles"].iter().any(|of| line.starts_with(&format!("pub fn {of}::")))
        };
        lines.filter(is_method).collect()
    };
    let (blocking, futures) = (methods(blocking), methods(futures));
    assert!(blocking.len() > 30, "{blocking:?}");
    assert_eq!(blocking, futures);
}
