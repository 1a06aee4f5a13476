//! Projects in answers: every form of their fields, and what is derived from them.

use qc_proto::{Answer, Language, Project, ProjectList, ReadFiles, decode_answer, decode_request};

fn list(projects: &str) -> ProjectList {
    let body = format!(r#"{{"success":true,"projects":[{projects}]}}"#);
    let Answer::Success(list) = decode_answer::<ProjectList>(body.as_bytes()).unwrap() else {
        panic!("a refusal")
    };
    list
}

fn project(fields: &str) -> Project {
    list(&format!(r#"{{"projectId":1,{fields}}}"#)).projects.remove(0)
}

#[test]
fn the_recycle_bin_is_a_folder() {
    for (name, is_deleted) in [
        ("Recycle Bin/Test", true),
        ("/Recycle Bin/Test", true),
        ("Test", false),
        ("Recycle Bins/Test", false),
        ("My/Recycle Bin/Test", false),
    ] {
        let project = project(&format!(r#""name":"{name}""#));
        assert_eq!(project.is_in_recycle_bin(), is_deleted, "{name}");
    }
}

#[test]
fn only_what_is_marked_is_encrypted() {
    for (fields, is_encrypted) in [
        (r#""encrypted":true"#, true),
        (r#""encrypted":1"#, true),
        (r#""encrypted":"true""#, true),
        (r#""encrypted":"True""#, true),
        (r#""encrypted":"1""#, true),
        (r#""encrypted":false"#, false),
        (r#""encrypted":"false""#, false),
        (r#""encrypted":null"#, false),
        (r#""name":"a""#, false),
    ] {
        assert_eq!(project(fields).is_encrypted(), is_encrypted, "{fields}");
    }
}

#[test]
fn a_parameter_spells_its_value() {
    for (value, text) in
        [(r#""x""#, "x"), ("1.5", "1.5"), ("7", "7"), ("true", "true"), ("null", "")]
    {
        let fields = format!(r#""parameters":[{{"key":"a","value":{value}}}]"#);
        let parameters = project(&fields).parameters.unwrap();
        assert_eq!(parameters.len(), 1);
        assert_eq!((&*parameters[0].key, &*parameters[0].value), ("a", text));
        let alone: qc_proto::Parameter =
            serde_json::from_str(&format!(r#"{{"key":"a","value":{value}}}"#)).unwrap();
        assert_eq!(alone, parameters[0]);
    }
}

#[test]
fn a_list_is_iterated_in_the_services_order() {
    let list = list(r#"{"projectId":3},{"projectId":1},{"projectId":2}"#);
    let borrowed: Vec<_> = (&list).into_iter().map(|project| project.project_id.get()).collect();
    assert_eq!(borrowed, [3, 1, 2]);
    let owned: Vec<_> = list.into_iter().map(|project| project.project_id.get()).collect();
    assert_eq!(owned, borrowed);
}

#[test]
fn a_language_is_read_as_it_is_written() {
    for (language, word) in [(Language::Python, "Py"), (Language::CSharp, "C#")] {
        assert_eq!(language.to_string(), word);
        assert_eq!(word.parse::<Language>().unwrap(), language);
        let read = project(&format!(r#""language":"{word}""#)).language;
        assert_eq!(read.as_deref(), Some(word));
    }
    assert_eq!("python".parse::<Language>().unwrap_err().field(), "language");
}

#[test]
fn a_forms_flag_has_many_spellings() {
    for (value, flag) in [
        ("true", Some(true)),
        (r#""True""#, Some(true)),
        (r#""1""#, Some(true)),
        ("2", Some(true)),
        ("0", Some(false)),
        (r#""0""#, Some(false)),
        (r#""""#, Some(false)),
        ("null", None),
    ] {
        let body = format!(r#"{{"projectId":1,"includeLibraries":{value}}}"#);
        let request: ReadFiles = decode_request(body.as_bytes()).unwrap();
        assert_eq!(request.include_libraries, flag, "{value}");
    }
    let odd = decode_request::<ReadFiles>(br#"{"projectId":1,"includeLibraries":"perhaps"}"#);
    assert!(odd.unwrap_err().to_string().contains("true or false"));
}
