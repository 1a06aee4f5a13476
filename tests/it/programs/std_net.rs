//! The protocol crate alone, over `std::net`, against the emulator.

use qc_emulator::{Fault, ServerThread};
use qc_proto::{CreateFile, FileName, ReadFiles, Session};

use crate::world::{credentials, emulator};

#[path = "../../../crates/qc-proto/examples/std_net.rs"]
#[allow(dead_code, unreachable_pub, reason = "a program of its own, whose main is not called here")]
mod example;

#[test]
fn the_example_is_a_whole_client() {
    let (mut emulator, project_id) = emulator();
    emulator.push_fault(Fault::DropAfter);
    let server = ServerThread::start(emulator).unwrap();
    let base_url = server.base_url().parse().unwrap();
    let mut session = Session::new(credentials()).with_base_url(base_url);
    let create = CreateFile {
        project_id,
        name: FileName::new("a.py").unwrap(),
        content: Some("a".to_owned()),
        code_source_id: None,
    };
    example::execute(&mut session, create).unwrap();
    let files = example::execute(&mut session, ReadFiles::all(project_id)).unwrap();
    let names: Vec<&str> = files.files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, ["a.py", "main.py", "research.ipynb"]);
    assert_eq!(server.emulator().applied().len(), 1);
}
