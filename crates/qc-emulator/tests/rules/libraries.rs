//! The files of libraries, asked for and unasked.

use qc_emulator::LibraryFiles;
use qc_proto::{Answer, Endpoint as _, Language, ProjectId, ReadFiles, decode_answer};
use serde_json::{Value, json};

use crate::service::{Service, refuses, succeeds};

/// A project with two libraries, one in C# and one whose files have the names of the project's own.
fn service(library_files: LibraryFiles) -> (Service, [ProjectId; 2]) {
    let mut service = Service::with(|emulator| emulator.with_library_files(library_files));
    let libraries = [Language::CSharp, Language::Python]
        .map(|language| service.emulator.add_project("Library", language));
    service.emulator.put_file(libraries[1], "main.py", "# a library's\n");
    succeeds(service.call("projects/update", json!({"libraries": libraries})));
    (service, libraries)
}

fn read(service: &mut Service, fields: Value) -> Vec<Value> {
    let read = service.call("files/read", fields);
    let files = read["files"].as_array().unwrap().iter();
    files.map(|file| json!([file["projectId"], file["name"], file["isLibrary"]])).collect()
}

#[test]
fn they_come_where_they_are_asked_for_or_where_a_setting_says() {
    for library_files in [LibraryFiles::WhenAsked, LibraryFiles::Last, LibraryFiles::First] {
        let (mut service, [csharp, python]) = service(library_files);
        let files = |id, names: [&str; 2], is_library| {
            names.map(|name| json!([id, name, is_library])).to_vec()
        };
        let own = files(service.project, ["main.py", "research.ipynb"], false);
        let theirs = [
            files(csharp, ["Main.cs", "Research.ipynb"], true),
            files(python, ["main.py", "research.ipynb"], true),
        ]
        .concat();
        let all = match library_files {
            LibraryFiles::First => [&theirs[..], &own].concat(),
            _ => [&own[..], &theirs].concat(),
        };
        let unasked = if library_files == LibraryFiles::WhenAsked { &own } else { &all };
        for (asked, expected) in [
            (json!({}), unasked),
            (json!({"includeLibraries": false}), unasked),
            (json!({"includeLibraries": "False"}), unasked),
            (json!({"includeLibraries": true}), &all),
            (json!({"includeLibraries": "True"}), &all),
        ] {
            assert_eq!(&read(&mut service, asked.clone()), expected, "{library_files:?} {asked}");
        }
        // One file is always the project's own.
        let one = service.call("files/read", json!({"name": "main.py", "includeLibraries": true}));
        assert_eq!(one["files"][0]["projectId"], json!(service.project));
        assert_eq!(one["files"].as_array().unwrap().len(), 1);
        let theirs = json!({"name": "Main.cs", "includeLibraries": true});
        refuses(service.call("files/read", theirs), "File not found: Main.cs");
    }
}

#[test]
fn a_client_takes_them_for_its_own_in_neither_order() {
    for library_files in [LibraryFiles::Last, LibraryFiles::First] {
        let (mut service, _) = service(library_files);
        let own = service.files();
        let answer = service.respond("files/read", json!({}));
        let Ok(Answer::Success(list)) = decode_answer(answer.body()) else { panic!("{answer:?}") };
        let list = ReadFiles::all(service.project).output(list).unwrap();
        let read: Vec<_> =
            list.into_iter().map(|file| (file.name.as_str().to_owned(), file.content)).collect();
        assert_eq!(read, own, "{library_files:?}");
    }
}
