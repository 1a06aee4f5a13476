//! The facade against the loopback server, over real sockets.

use qc_emulator::Server;
use qc_files::{Client, ErrorKind, Language, RemoteName};

use crate::world::{credentials, emulator};

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
        listed.iter().map(|file| &file.name).filter(|name| name.clean().is_err()).collect();
    assert_eq!(unclean.len(), 2);
    for name in &unclean {
        assert_eq!(files.read(*name).await.unwrap().name, **name);
    }
    files.rename(unclean[0], "x.py").await.unwrap();
    files.delete(unclean[1]).await.unwrap();
    assert_eq!(server.emulator().file_names(project), ["main.py", "research.ipynb", "x.py"]);
}
