//! `projects/*`

use std::time::Duration;

use qc_proto::{Answer, Language, ProjectId, ProjectList, Tier, decode_answer};
use serde_json::{Value, json};

use crate::service::{Service, WALL, refuses, succeeds};

fn described(service: &mut Service) -> Value {
    // As the official clients ask.
    let mut read = service.get(&format!("projects/read?projectId={}&start=0", service.project));
    assert_eq!(read["projects"].as_array().unwrap().len(), 1);
    read["projects"][0].take()
}

fn own(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|(name, content)| ((*name).to_owned(), (*content).to_owned())).collect()
}

#[test]
fn an_update_sets_every_field_in_json_and_in_a_form() {
    let json = |id: ProjectId, library: ProjectId| {
        json!({
            "projectId": id, "name": "Dir/New", "description": "what it is",
            "parameters": [{"key": "fast", "value": 5}, {"key": "slow", "value": "20"}],
            "files": [{"name": "main.py", "content": "a = 1\r\n# é&+%\n"}, {"name": "lib/__init__.py", "content": ""}],
            "libraries": [library], "versionId": 15000, "leanEnvironment": 3,
            "encryptionKey": "k1", "codeSourceId": "cli",
        })
    };
    let form = |id: ProjectId, library: ProjectId| {
        format!(
            "projectId={id}&name=Dir%2FNew&description=what+it+is\
             &parameters%5B0%5D%5Bkey%5D=fast&parameters%5B0%5D%5Bvalue%5D=5\
             &parameters%5B1%5D%5Bkey%5D=slow&parameters%5B1%5D%5Bvalue%5D=20\
             &files%5B0%5D%5Bname%5D=main.py&files%5B0%5D%5Bcontent%5D=a+%3D+1%0D%0A%23+%C3%A9%26%2B%25%0A\
             &files[1][name]=lib/__init__.py&files[1][content]=\
             &libraries%5B0%5D={library}&versionId=15000&leanEnvironment=3&encryptionKey=k1&codeSourceId=cli"
        )
    };
    for by_form in [false, true] {
        let mut service = Service::new();
        let (id, library) =
            (service.project, service.emulator.add_project("Lib", Language::Python));
        let before = service.call("files/read", json!({"name": "main.py"}));
        service.wall = WALL + Duration::from_secs(60);
        succeeds(if by_form {
            service.post_form("projects/update", &form(id, library))
        } else {
            service.call("projects/update", json(id, library))
        });
        assert_eq!(
            described(&mut service),
            json!({
                "projectId": id, "organizationId": "00000000000000000000000000000000",
                "name": "Dir/New", "description": "what it is", "language": "Py",
                "created": "1970-01-01 00:00:00", "modified": "2025-11-10 13:01:06",
                "ownerId": 7, "owner": true, "channelId": format!("P{id}"),
                "collaborators": [{
                    "uid": 7, "liveControl": true, "permission": "write", "publicId": "user-7",
                    "profileImage": "", "email": "", "name": "user-7", "bio": null, "owner": true,
                }],
                "isPinned": false, "codeRunning": false, "isAlphaStreamDeployment": 0, "builder": 0,
                "liveResults": null, "liveForm": null, "liveGrid": null, "grid": null,
                "paperEquity": null, "lastLiveDeployment": null, "sharingTokenBacktest": null,
                "leanVersionId": 15000, "leanPinnedToMaster": false, "leanEnvironment": 3,
                "parameters": [{"key": "fast", "value": "5"}, {"key": "slow", "value": "20"}],
                "libraries": [{"projectId": library, "libraryName": "Lib", "ownerName": "", "access": true}],
                "encrypted": true, "encryptionKey": {"id": "k1", "name": "k1"},
            })
        );
        let files = [("lib/__init__.py", ""), ("main.py", "a = 1\r\n# é&+%\n")];
        assert_eq!(service.files(), own(&files), "by form: {by_form}");
        let after = service.call("files/read", json!({"name": "main.py"}));
        assert_eq!(after["files"][0]["id"], before["files"][0]["id"], "it is the same file");
        let applied = service.emulator.applied().last().unwrap();
        assert_eq!((applied.endpoint, applied.name.as_str()), ("projects/update", "Dir/New"));
    }
}

#[test]
fn what_an_update_does_not_name_stays() {
    let mut service = Service::new();
    let files = service.files();
    let library = service.emulator.add_project("Lib", Language::Python);
    let all = json!({
        "description": "d", "parameters": [{"key": "k", "value": "v"}], "libraries": [library],
        "versionId": 1, "leanEnvironment": 2, "encryptionKey": "k1",
    });
    succeeds(service.call("projects/update", all));
    let before = described(&mut service);
    succeeds(service.call("projects/update", json!({})));
    succeeds(service.call("projects/update", json!({"name": null, "files": null})));
    // Its own name is not another project's.
    succeeds(service.call("projects/update", json!({"name": "Test"})));
    assert_eq!(described(&mut service), before);
    assert_eq!(service.files(), files);
    let project = service.project;
    let none =
        format!("projectId={project}&files=&parameters=&libraries=&encryptionKey=&versionId=-1");
    succeeds(service.post_form("projects/update", &none));
    let after = described(&mut service);
    assert_eq!((&after["parameters"], &after["libraries"]), (&json!([]), &json!([])));
    assert_eq!(after["leanPinnedToMaster"], true);
    assert_eq!((after.get("encryptionKey"), &after["description"]), (None, &json!("d")));
    assert_eq!(service.files(), []);
}

#[test]
fn an_update_that_is_refused_changes_nothing() {
    let mut service = Service::new();
    service.emulator.add_project("Other", Language::Python);
    let before = (described(&mut service), service.files());
    let file = |name: &str| json!({"name": name, "content": "x"});
    for (fields, holds) in [
        (json!({"projectId": 99}), "Project not found"),
        (json!({"name": "Other"}), "A project of this name"),
        (json!({"name": " "}), "Request not valid: name"),
        (json!({"name": "a\nb"}), "Request not valid: name"),
        (json!({"libraries": [99]}), "Project not found: 99"),
        (json!({"files": [file("../x.py")]}), "Request not valid: name"),
        (json!({"files": [file("a.py"), file("a.py")]}), "A file of this name"),
        (json!({"files": "a.py"}), "Request not valid: a list"),
        (json!({"files": [{"content": "x"}]}), "missing field `name`"),
        (json!({"parameters": [{"value": "x"}]}), "missing field `key`"),
        (json!({"versionId": "newest"}), "a whole number"),
    ] {
        let mut all = json!({"description": "new", "files": [file("new.py")]});
        all.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        refuses(service.call("projects/update", all), holds);
        assert_eq!((described(&mut service), service.files()), before, "{fields}");
    }
    assert_eq!(service.emulator.applied(), []);
}

#[test]
fn a_deleted_project_is_in_the_recycle_bin_listed_and_readable() {
    let mut service = Service::new();
    let first = service.project;
    let files = service.files();
    succeeds(service.call("projects/delete", json!({})));
    assert_eq!(described(&mut service)["name"], "Recycle Bin/Test");
    assert_eq!(service.files(), files);
    let read = service.call("files/read", json!({"name": "main.py"}));
    assert_eq!(read["files"][0]["content"], files[0].1);
    succeeds(service.call("files/update", json!({"name": "main.py", "content": "x"})));
    // The name is free again, and its next bearer can follow.
    service.project = service.emulator.add_project("Test", Language::Python);
    succeeds(service.post_form("projects/delete", &format!("projectId={}", service.project)));
    let second = service.project;
    let expected = [(first, "Recycle Bin/Test"), (second, "Recycle Bin/Test 1")];
    let named = expected.map(|(id, name)| (id, name.to_owned()));
    assert_eq!(service.emulator.projects(), named);
    // Nothing is deeper in the bin than in it, and a new name takes a project out again.
    succeeds(service.call("projects/delete", json!({})));
    assert_eq!(service.emulator.projects(), named);
    succeeds(service.call("projects/update", json!({"name": "Back"})));
    assert_eq!(described(&mut service)["name"], "Back");
    refuses(service.call("projects/delete", json!({"projectId": 99})), "Project not found");
}

#[test]
fn a_new_project_has_a_free_name_and_the_files_of_its_language() {
    let mut service = Service::new();
    for (language, name, id_field, files) in [
        ("Py", "Test 1", json!(null), ["main.py", "research.ipynb"]),
        ("C#", "Test 2", json!(""), ["Main.cs", "Research.ipynb"]),
    ] {
        let fields = json!({"name": "Test", "language": language, "organizationId": id_field});
        let created = service.call("projects/create", fields);
        let list = created["projects"].as_array().unwrap();
        assert_eq!((list.len(), &created["success"]), (1, &json!(true)));
        assert_eq!((&list[0]["name"], &list[0]["language"]), (&json!(name), &json!(language)));
        assert_eq!(list[0]["created"], "2025-11-10 13:00:06");
        service.project = ProjectId::new(list[0]["projectId"].as_i64().unwrap()).unwrap();
        assert_eq!(described(&mut service), list[0], "it reads as it was created");
        let read = service.call("files/read", json!({}));
        let read = read["files"].as_array().unwrap();
        for (file, name) in read.iter().zip(files) {
            assert_eq!(file["name"], name);
            assert_eq!(file["isLibrary"], false);
            assert_eq!(file["modified"], "2025-11-10 13:00:06");
            assert!(!file["content"].as_str().unwrap().is_empty(), "{name}");
        }
        assert_eq!(read.len(), files.len());
    }
    let names: Vec<String> =
        service.emulator.projects().into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["Test", "Test 1", "Test 2"]);
}

#[test]
fn a_client_reads_whose_a_project_is_and_how_large_its_files_may_be() {
    for (tier, kilobytes) in
        [(Some(Tier::Free), Some(32)), (Some(Tier::Institution), Some(256)), (None, None)]
    {
        let mut service = Service::with(|emulator| match tier {
            Some(tier) => emulator.with_tier(tier),
            None => emulator,
        });
        let new = json!({"name": "New", "language": "Py"});
        for (endpoint, fields) in [("projects/read", json!({})), ("projects/create", new)] {
            let answer = service.respond(endpoint, fields);
            let Ok(Answer::Success(list)) = decode_answer::<ProjectList>(answer.body()) else {
                panic!("{answer:?}")
            };
            let project = &list.projects[0];
            assert_eq!((project.owner_id, project.max_file_size), (Some(7), kilobytes));
            assert_eq!(project.language.as_deref(), Some("Py"));
            assert_eq!(project.lean_pinned_to_master, Some(true));
            assert!(project.organization_id.is_some() && project.created.is_some());
        }
    }
}

#[test]
fn a_list_of_projects_may_be_a_window_of_it() {
    let mut service = Service::new();
    for name in ["a", "b", "c"] {
        service.emulator.add_project(name, Language::CSharp);
    }
    for (window, names) in [
        ("", vec!["Test", "a", "b", "c"]),
        ("start=0", vec!["Test", "a", "b", "c"]),
        ("start=1&end=3", vec!["a", "b"]),
        ("end=1", vec!["Test"]),
        ("start=3&end=100", vec!["c"]),
        ("start=4", vec![]),
        ("start=100&end=101", vec![]),
    ] {
        let read = service.get(&format!("projects/read?{window}"));
        let listed = read["projects"].as_array().unwrap();
        let listed: Vec<&str> =
            listed.iter().map(|project| project["name"].as_str().unwrap()).collect();
        assert_eq!(listed, names, "{window}");
    }
    // One with nothing in it is refused, as the official clients expect.
    for window in ["start=-1", "end=-1", "start=x", "start=1&end=1", "start=1&end=0", "end=0"] {
        refuses(service.get(&format!("projects/read?{window}")), "Request not valid");
    }
    // Beside a project's number it means nothing.
    for window in [json!({"start": 0}), json!({"start": 5, "end": 2}), json!({"start": "x"})] {
        let read = service.call("projects/read", window);
        assert_eq!(read["projects"][0]["name"], "Test");
    }
    refuses(service.get("projects/read?projectId=99&start=0"), "Project not found: 99");
    refuses(service.get("projects/read?projectId=0"), "Request not valid: projectId");
}
