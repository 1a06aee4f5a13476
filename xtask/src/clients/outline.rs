//! What `qc --json` says, shortened to what docs/json.md promises.

use std::collections::BTreeMap;

use serde_json::Value;

/// What is told of a change or a conflict; the reason for a failure is in words, which may change.
const TOLD: [&str; 5] = ["action", "from", "name", "here", "cloud"];

/// One line for every value and for every item of a list, such as `pull: update main.py`.
pub(super) fn outline(text: &str) -> Option<String> {
    let value: Value = serde_json::from_str(text).ok()?;
    // Whether an object is sorted depends on what else is built with the parser.
    let fields: BTreeMap<_, _> = value.as_object()?.iter().collect();
    let mut lines = String::new();
    for (field, value) in fields {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for item in items {
            lines += &format!("{field}: {}\n", words(item));
        }
    }
    Some(lines)
}

/// One item in words.
fn words(item: &Value) -> String {
    match item {
        Value::String(text) => text.clone(),
        Value::Object(fields) => {
            let told = TOLD.iter().filter_map(|name| fields.get(*name)?.as_str());
            told.collect::<Vec<_>>().join(" ")
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::outline;

    #[test]
    fn empty_lists_say_nothing_and_items_say_what_they_are() {
        let text = r#"{"pull": [{"name": "a.py", "from": "b.py", "action": "rename"}], "push": [],
            "unresolved": ["c.py"], "files": 2,
            "conflicts": [{"name": "d.py", "here": "updated", "cloud": "deleted"}],
            "failed": [{"action": "create", "name": "e.py", "error": "words"}]}"#;
        let lines = "conflicts: d.py updated deleted\nfailed: create e.py\nfiles: 2\n\
            pull: rename b.py a.py\nunresolved: c.py\n";
        assert_eq!(outline(text).unwrap(), lines);
        assert_eq!(outline(r#"{"push": []}"#).unwrap(), "");
        assert_eq!(outline("in step"), None);
    }
}
