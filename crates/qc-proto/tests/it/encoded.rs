//! Files that stay encoded are the files that a plain reading gives.

use proptest::prelude::*;
use qc_proto::{
    Answer, Endpoint as _, FileList, Unreadable,
    bytes::Bytes,
    decode_answer, encode_success,
    encoded::{EncodedText, FromContent, ReadEncodedFiles},
};

use crate::any;

/// Names and contents by both readings, or the field that each complains of.
type Read = Result<Vec<(String, String)>, String>;

fn plain(body: &Bytes) -> Read {
    match decode_answer::<FileList>(body) {
        Ok(Answer::Success(list)) => {
            let files = list.files.into_iter().filter(|file| !file.is_of_library());
            let files = files.map(|file| (file.name.as_str().to_owned(), file.content));
            Ok(files.chain(list.unreadable.iter().map(unreadable)).collect())
        }
        Ok(Answer::Refusal(envelope)) => Err(format!("{envelope:?}")),
        Err(error) => Err(error.field().to_owned()),
    }
}

fn unreadable(file: &Unreadable) -> (String, String) {
    (file.name.clone(), file.to_string())
}

/// What was seen of a text when it was checked: all of it.
struct Seen(String);

impl FromContent for Seen {
    fn from_content(text: &str) -> Self {
        Self(text.to_owned())
    }
}

fn encoded(body: &Bytes) -> Read {
    match ReadEncodedFiles::<Seen>::decode(body) {
        Ok(Answer::Success(list)) => {
            let files = list.files.into_iter().map(|file| {
                assert_eq!(file.derived.0, file.content.text());
                (file.name.as_str().to_owned(), file.derived.0)
            });
            Ok(files.chain(list.unreadable.iter().map(unreadable)).collect())
        }
        Ok(Answer::Refusal(envelope)) => Err(format!("{envelope:?}")),
        Err(error) => Err(error.field().to_owned()),
    }
}

proptest! {
    #[test]
    fn both_readings_give_the_same(files in any::file_list()) {
        let body = encode_success(&files).into();
        prop_assert_eq!(encoded(&body), plain(&body));
        let own = files.files.iter().filter(|file| !file.is_of_library());
        for (file, text) in own.zip(encoded(&body).unwrap()) {
            prop_assert_eq!(EncodedText::from(text.1).len(), file.content.len());
        }
    }

    #[test]
    fn a_text_says_what_it_was_made_of(text in ".*") {
        let made = EncodedText::from(text.as_str());
        prop_assert_eq!((made.text(), made.len(), made.is_empty()), (text.clone(), text.len(), text.is_empty()));
    }
}

#[test]
fn drifts_and_faults_are_told_alike() {
    for body in [
        r#"{"files":{"0":{"name":"a.py","content":"x\/\u00e9"},"2":{"name":"b.py","content":null}},"success":1}"#,
        r#"{"files":null,"success":true}"#,
        r#"{"success":true}"#,
        "<br />\n<b>Warning</b>: odd\n{\"files\":[{\"content\":\"\",\"name\":\"a.py\"}],\"success\":true}",
        r#"{"files":[{"name":"a.py"}],"success":true}"#,
        r#"{"files":[{"name":"a.py","content":7}],"success":true}"#,
        r#"{"files":[{"name":"a.py","content":["x"]}],"success":true}"#,
        r#"{"files":[{"name":"a.py","content":"x"},{"name":"b.py","content":"\ud800"}],"success":true}"#,
        r#"{"files":[{"name":"a.py","content":"\x"}],"success":true}"#,
        r#"{"files":[{"name":"a.py","content":"l","isLibrary":1},{"name":"a.py","content":"o"}],"success":true}"#,
        r#"{"files":[{"name":"a.py","content":"x"#,
        r#"{"errors":["no"],"success":false}"#,
        "not JSON",
    ] {
        let body = Bytes::from_static(body.as_bytes());
        assert_eq!(encoded(&body), plain(&body), "{body:?}");
    }
    let latin = Bytes::from_static(
        b"{\"files\":[{\"name\":\"a.py\",\"content\":\"\xe9\"}],\"success\":true}",
    );
    assert!(encoded(&latin).is_err() && plain(&latin).is_err());
}

#[test]
fn texts_are_equal_by_what_they_say() {
    let list = |content: &str| {
        let body = format!(r#"{{"files":[{{"name":"a.py","content":{content}}}],"success":true}}"#);
        let list = ReadEncodedFiles::<()>::decode(&body.into());
        let Ok(Answer::Success(list)) = list else { panic!() };
        list.files[0].content.clone()
    };
    assert_eq!(list(r#""a\/b""#), EncodedText::from("a/b"));
    assert_eq!(list("null"), EncodedText::default());
    assert_ne!(list(r#""a\/b""#), EncodedText::from("a/c"));
    assert_eq!(format!("{:?}", list(r#""secret""#)), "EncodedText(6 bytes)");
}
