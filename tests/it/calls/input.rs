//! Bad input gets a typed error that names the field, and costs no request.

use qc_files::{Client, Error, ErrorKind};

use crate::world::{World, credentials};

#[tokio::test]
async fn bad_input_is_refused_before_any_request() {
    let world = World::new();
    let files = world.files();
    for name in ["", "../x", "/x", "a//b", "a\0b"] {
        let errors = [
            files.create(name, "x").await.unwrap_err(),
            files.create_empty(name).await.unwrap_err(),
            files.read(name).await.map(|_| ()).unwrap_err(),
            files.update(name, "x").await.unwrap_err(),
            files.rename(name, "a.py").await.unwrap_err(),
            files.rename("a.py", name).await.unwrap_err(),
            files.delete(name).await.unwrap_err(),
        ];
        for error in errors {
            assert_field(&error, "name");
        }
    }
    assert_field(&files.create("a.py", "").await.unwrap_err(), "content");
    assert_field(&files.update("a.py", "").await.unwrap_err(), "content");
    assert_field(&files.patch("").await.unwrap_err(), "patch");
    for id in [0, -1] {
        assert_field(&world.client.project(id).unwrap_err(), "projectId");
    }
    assert!(world.requests().is_empty());
}

#[test]
fn a_bad_base_url_is_refused_when_the_client_is_built() {
    let error = Client::builder(credentials()).base_url("localhost:1234").build().unwrap_err();
    assert_field(&error, "baseUrl");
}

fn assert_field(error: &Error, field: &str) {
    assert_eq!((error.kind(), error.field()), (ErrorKind::Invalid, Some(field)), "{error}");
    assert!(error.reason().to_string().starts_with(field), "{error}");
}
