//! The facade against the loopback server, over real sockets.

use qc_emulator::{Fault, Server};
use qc_files::{Client, ErrorKind, Language, Policy, RemoteName};
use qc_proto::{Parameter, UpdateProject};

use crate::world::{World, credentials, emulator};

#[tokio::test]
async fn the_whole_flow_over_real_http() {
    let (emulator, project) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    client.authenticate().await.unwrap();

    let files = client.project(project).unwrap();
    files.create("pkg/a.py", "x = 'ä'\r\n").await.unwrap();
    files.create_empty("pkg/__init__.py").await.unwrap();
    assert_eq!(files.read("pkg/a.py").await.unwrap().content, "x = 'ä'\r\n");
    assert_eq!(files.read("pkg/__init__.py").await.unwrap().content, "");
    files.update("pkg/a.py", "one\ntwo\n").await.unwrap();
    let patch = "--- a/pkg/a.py\n+++ b/pkg/a.py\n@@ -1,2 +1,2 @@\n one\n-two\n+three\n";
    files.patch(patch).await.unwrap();
    files.rename("pkg/a.py", "b.py").await.unwrap();
    assert_eq!(files.read("b.py").await.unwrap().content, "one\nthree\n");
    let names: Vec<String> = files
        .read_all_with_libraries()
        .await
        .unwrap()
        .into_iter()
        .map(|file| file.name.as_str().to_owned())
        .collect();
    assert_eq!(names, ["b.py", "main.py", "pkg/__init__.py", "research.ipynb"]);
    files.delete("b.py").await.unwrap();
    assert_eq!(files.read("b.py").await.unwrap_err().kind(), ErrorKind::FileNotFound);
}

#[tokio::test]
async fn a_file_is_written_whether_it_is_there_or_not() {
    let (emulator, project) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let files = client.project(project).unwrap();
    for (content, is_created) in [("1", true), ("2", false), ("", true), ("", true), ("3", false)] {
        assert_eq!(files.write("a.py", content).await.unwrap(), is_created, "{content:?}");
        assert_eq!(files.read("a.py").await.unwrap().content, content);
    }
    assert_eq!(files.write("../a.py", "1").await.unwrap_err().kind(), ErrorKind::Invalid);
}

#[tokio::test]
async fn all_files_are_replaced_at_once() {
    let (emulator, project) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials())
        .base_url(server.base_url())
        .code_source("qc")
        .build()
        .unwrap();
    let files = client.project(project).unwrap();
    files.create("old.py", "old\n").await.unwrap();
    let set = || [("pkg/a.py", "x = 'ä\u{0}'\r\n".to_owned()), ("pkg/__init__.py", String::new())];
    files.replace_all(set()).await.unwrap();
    let read = files.read_all().await.unwrap();
    let contents = read.files.iter().map(|file| (file.name.as_str(), file.content.as_str()));
    let expected = [("pkg/__init__.py", ""), ("pkg/a.py", "x = 'ä\u{0}'\r\n")];
    assert_eq!(contents.collect::<Vec<_>>(), expected);

    // A name that is given twice is refused before a request, one that is not clean as well.
    let sent = server.emulator().requests().len();
    for set in [[("a.py", "1"), ("a.py", "2")], [("a.py", "1"), ("../b.py", "2")]] {
        let set = set.map(|(name, content)| (name, content.to_owned()));
        assert_eq!(files.replace_all(set).await.unwrap_err().kind(), ErrorKind::Invalid);
    }
    assert_eq!(server.emulator().requests().len(), sent);

    server.emulator().lock(project, "web-ide");
    assert_eq!(files.replace_all(set()).await.unwrap_err().kind(), ErrorKind::Locked);
    let forcing = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let none: [(&str, String); 0] = [];
    forcing.project(project).unwrap().replace_all(none).await.unwrap();
    assert!(server.emulator().file_names(project).is_empty());
}

#[tokio::test]
async fn a_project_is_renamed_and_described() {
    let (emulator, project) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let mut update = UpdateProject::new(project);
    update.name = Some("Folder/New".to_owned());
    update.description = Some("what it is".to_owned());
    for _ in 0..2 {
        client.execute(update.clone()).await.unwrap();
        let read = client.projects().await.unwrap().projects.remove(0);
        assert_eq!(read.name, "Folder/New");
        assert_eq!(read.description.as_deref(), Some("what it is"));
    }
    assert_eq!(server.emulator().file_names(project), ["main.py", "research.ipynb"]);
    let taken = client.create_project("Taken", Language::Python).await.unwrap();
    update.name = Some(taken.name);
    assert_eq!(client.execute(update).await.unwrap_err().kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn a_projects_settings_are_changed_one_by_one() {
    let (emulator, project) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let library = client.create_project("Library/Tools", Language::Python).await.unwrap();
    let parameter = Parameter::new("period", "14");
    let mut update = UpdateProject::new(project);
    update.parameters = Some(vec![parameter.clone()]);
    update.libraries = Some(vec![library.project_id]);
    (update.version_id, update.lean_environment) = (Some(15_000), Some(2));
    client.update_project(update).await.unwrap();
    let read = client.read_project(project).await.unwrap();
    assert_eq!(read.parameters.unwrap(), [parameter]);
    assert_eq!(read.libraries.unwrap(), [library.project_id]);
    assert_eq!((read.lean_version_id, read.lean_pinned_to_master), (Some(15_000), Some(false)));
    assert_eq!(read.lean_environment, Some(2));

    // Only what is said changes, and a list can become empty.
    let mut update = UpdateProject::new(project);
    (update.parameters, update.libraries) = (Some(Vec::new()), Some(Vec::new()));
    update.version_id = Some(-1);
    client.update_project(update).await.unwrap();
    let read = client.read_project(project).await.unwrap();
    assert_eq!((read.parameters, read.libraries), (Some(Vec::new()), Some(Vec::new())));
    assert_eq!((read.lean_pinned_to_master, read.lean_environment), (Some(true), Some(2)));

    let page = client.projects_page(1..2).await.unwrap();
    assert_eq!(
        page.projects.iter().map(|one| one.project_id).collect::<Vec<_>>(),
        [library.project_id]
    );
    assert_eq!(client.projects_page(1..1).await.unwrap_err().kind(), ErrorKind::Invalid);
    let unknown = client.read_project(999_999_999.try_into().unwrap()).await.unwrap_err();
    assert_eq!(unknown.kind(), ErrorKind::ProjectNotFound);
}

#[tokio::test]
async fn refusals_have_their_kinds() {
    let (emulator, project) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let files = client.project(project).unwrap();
    let kind = |result: Result<(), qc_files::Error>| result.unwrap_err().kind();

    files.create("a.py", "a").await.unwrap();
    assert_eq!(kind(files.create("a.py", "b").await), ErrorKind::FileExists);
    assert_eq!(kind(files.update("none.py", "b").await), ErrorKind::FileNotFound);
    assert_eq!(kind(files.rename("none.py", "b.py").await), ErrorKind::FileNotFound);
    assert_eq!(kind(files.rename("a.py", "main.py").await), ErrorKind::FileExists);
    assert_eq!(kind(files.delete("none.py").await), ErrorKind::FileNotFound);
    assert_eq!(kind(files.patch("no diff").await), ErrorKind::Refused);
    let elsewhere = client.project(999_999_999).unwrap();
    assert_eq!(elsewhere.read_all().await.unwrap_err().kind(), ErrorKind::ProjectNotFound);
}

#[tokio::test]
async fn projects_are_created_listed_and_binned() {
    let (emulator, _) = emulator();
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let first = client.create_project("X", Language::CSharp).await.unwrap();
    let second = client.create_project("X", Language::CSharp).await.unwrap();
    assert_eq!((first.name.as_str(), second.name.as_str()), ("X", "X 1"));
    client.delete_project(first.project_id).await.unwrap();
    let names: Vec<String> =
        client.projects().await.unwrap().into_iter().map(|project| project.name).collect();
    assert!(names.contains(&"Recycle Bin/X".to_owned()), "{names:?}");
}

#[tokio::test]
async fn an_unclean_name_of_the_service_can_be_tidied_up() {
    let (mut emulator, project) = emulator();
    emulator.put_file(project, "../x", "1");
    emulator.put_file(project, "/y", "2");
    let server = Server::start(emulator).await.unwrap();
    let client = Client::builder(credentials()).base_url(server.base_url()).build().unwrap();
    let files = client.project(project).unwrap();
    let listed = files.read_all().await.unwrap();
    let unclean: Vec<&RemoteName> =
        listed.files.iter().map(|file| &file.name).filter(|name| name.clean().is_err()).collect();
    assert_eq!(unclean.len(), 2);
    for name in &unclean {
        assert_eq!(files.read(*name).await.unwrap().name, **name);
    }
    files.rename(unclean[0], "x.py").await.unwrap();
    files.delete(unclean[1]).await.unwrap();
    assert_eq!(server.emulator().file_names(project), ["main.py", "research.ipynb", "x.py"]);
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_over_real_sockets() {
    let (mut emulator, project) = emulator();
    // More than the machine could hold: it would not end if it were read to its end.
    emulator.push_fault(Fault::Oversized { bytes: 1 << 45 });
    let server = Server::start(emulator).await.unwrap();
    let mut policy = Policy::default();
    policy.max_response_bytes = 1 << 20;
    let client =
        Client::builder(credentials()).base_url(server.base_url()).policy(policy).build().unwrap();
    let files = client.project(project).unwrap();
    let error = files.read_all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert!(error.to_string().contains("1048576 bytes"), "{error}");
    assert_eq!(server.emulator().requests().len(), 1, "another attempt would be as large");
    assert_eq!(files.read_all().await.unwrap().files.len(), 2, "the client stays usable");
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_in_memory() {
    let mut policy = Policy::default();
    policy.max_response_bytes = 100;
    let world = World::with(credentials(), policy, 1, |_| ());
    let error = world.files().read_all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
}

#[test]
fn the_default_limit_is_128_mib() {
    assert_eq!(Policy::default().max_response_bytes, 128 * 1024 * 1024);
}
