//! Input that no request is sent for names its field.

use qc_proto::{
    ApiToken, BaseUrl, CreateFile, Credentials, ErrorKind, FileName, Now, PatchFiles, ProjectId,
    RemoteName, RenameFile, Session, UpdateFile, UserId,
};

fn session() -> Session {
    Session::new(Credentials::new(UserId::new(1), ApiToken::new("token").unwrap()))
}

#[test]
fn names_are_clean_relative_paths() {
    for name in
        ["", "../x", "/x", "a//b", "a\0b", "a/", "a/../b", ".", "a\\b", "a\nb", &"x".repeat(256)]
    {
        assert_eq!(FileName::new(name).unwrap_err().field(), "name", "{name:?}");
        assert_eq!(RemoteName::new(name).unwrap_err().field(), "name", "{name:?}");
        assert_eq!(RemoteName::from_service(name).as_str(), name);
    }
}

#[test]
fn project_ids_are_positive() {
    for id in [0, -1, i64::MIN] {
        assert_eq!(ProjectId::new(id).unwrap_err().field(), "projectId");
    }
}

#[test]
fn a_call_does_not_begin_with_what_the_service_refuses() {
    let project_id = ProjectId::new(1).unwrap();
    let name = FileName::new("a.py").unwrap();
    let now = Now::default();
    let create = CreateFile::new(project_id, name.clone(), "");
    let update = UpdateFile::new(project_id, name.clone(), "");
    let rename = RenameFile::new(project_id, name.clone(), name);
    let patch = PatchFiles::new(project_id, "");
    for (error, field) in [
        (session().begin(create, 0, now).unwrap_err(), "content"),
        (session().begin(update, 0, now).unwrap_err(), "content"),
        (session().begin(rename, 0, now).unwrap_err(), "newName"),
        (session().begin(patch, 0, now).unwrap_err(), "patch"),
    ] {
        assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some(field)));
        assert_eq!(error.project_id(), Some(project_id));
        assert!(error.reason().to_string().starts_with(field), "{error}");
    }
}

#[test]
fn base_urls_name_a_host_and_no_secret() {
    for url in ["", "x", "/api", "ftp://a/b", "https://me:secret@host/api", "https://host/?a=b"] {
        let error = BaseUrl::new(url).unwrap_err();
        assert_eq!(error.field(), "baseUrl");
        assert!(!error.to_string().contains("secret"));
    }
}

#[test]
fn tokens_do_not_show() {
    let session = session();
    assert!(!format!("{session:?}").contains("token\""));
    assert!(ApiToken::new("  \n").is_err());
    assert_eq!(ApiToken::new(" abc\n").unwrap().expose_secret(), "abc");
}
