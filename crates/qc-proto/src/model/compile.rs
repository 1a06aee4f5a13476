//! A build of a project, and what its log says.

use alloc::{borrow::ToOwned as _, string::String, vec::Vec};
use core::fmt;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::wire::tolerant;

/// A build, as `compile/create` and `compile/read` describe it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Compile {
    /// The build's id, which a backtest needs.
    pub compile_id: String,
    /// How far it is.
    pub state: CompileState,
    /// The project that is built. `compile/create` says it, `compile/read` does not.
    #[serde(
        default,
        deserialize_with = "tolerant::any_integer",
        skip_serializing_if = "Option::is_none"
    )]
    pub project_id: Option<i64>,
    /// The lines that the build logged, as they came.
    #[serde(default, deserialize_with = "lines")]
    pub logs: Vec<String>,
    /// The signature of what is built.
    #[serde(
        default,
        deserialize_with = "tolerant::any_text",
        skip_serializing_if = "Option::is_none"
    )]
    pub signature: Option<String>,
    /// The files in the order in which they were signed.
    #[serde(default, deserialize_with = "lines", skip_serializing_if = "Vec::is_empty")]
    pub signature_order: Vec<String>,
    /// The parameters that the files ask for.
    #[serde(default, deserialize_with = "any_list", skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<FileParameters>,
}

impl Compile {
    /// A build that has logged nothing yet.
    #[must_use]
    pub fn new(compile_id: String, state: CompileState) -> Self {
        Self {
            compile_id,
            state,
            project_id: None,
            logs: Vec::new(),
            signature: None,
            signature_order: Vec::new(),
            parameters: Vec::new(),
        }
    }

    /// Returns what the log says of places in files, in its order.
    pub fn diagnostics(&self) -> impl Iterator<Item = Diagnostic> {
        self.logs.iter().filter_map(|line| Diagnostic::parse(line))
    }
}

/// How far a build is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub enum CompileState {
    /// It waits, or is being built.
    InQueue,
    /// It was built.
    BuildSuccess,
    /// It cannot be built: the log says why.
    BuildError,
    /// In another word, which is not taken for an end.
    #[serde(untagged)]
    Other(String),
}

impl CompileState {
    /// Returns whether nothing more comes.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(self, Self::BuildSuccess | Self::BuildError)
    }
}

impl fmt::Display for CompileState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::InQueue => "InQueue",
            Self::BuildSuccess => "BuildSuccess",
            Self::BuildError => "BuildError",
            Self::Other(word) => word,
        })
    }
}

/// The parameters that a file asks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FileParameters {
    /// The file.
    pub file: String,
    /// Where it asks, and for what type of value.
    #[serde(default, deserialize_with = "any_list")]
    pub parameters: Vec<FoundParameter>,
}

/// A place at which a file asks for a parameter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FoundParameter {
    /// The line, from 1.
    #[serde(default, deserialize_with = "tolerant::any_integer")]
    pub line: Option<i64>,
    /// The type of its value.
    #[serde(default, rename = "type", deserialize_with = "tolerant::any_text")]
    pub value_type: Option<String>,
}

/// A line of a build's log that names a place.
///
/// ```
/// use qc_proto::Diagnostic;
///
/// let line = "Build Error: File: main.py Line:7 Column:13 - expected ':'";
/// let found = Diagnostic::parse(line).unwrap();
/// assert_eq!((found.file.as_deref(), found.line, found.column), (Some("main.py"), Some(7), Some(13)));
/// assert_eq!(found.message, "expected ':'");
///
/// let found = Diagnostic::parse("Build Error File: Line:0 Column:0 - No python main.py module.").unwrap();
/// assert_eq!((found.file, found.line), (None, None));
/// assert_eq!(Diagnostic::parse("Build Request Successful for Project ID: 1"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diagnostic {
    /// Whether it is a warning, and no error.
    #[serde(rename = "isWarning")]
    pub is_warning: bool,
    /// The file. None where the log names none.
    pub file: Option<String>,
    /// The line, from 1. None where the log says 0.
    pub line: Option<u32>,
    /// The column, from 1. None where the log says 0.
    pub column: Option<u32>,
    /// What is wrong.
    pub message: String,
}

impl Diagnostic {
    /// Reads a line of a log. None if it names no place.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let (kind, rest) = line.split_once("File:")?;
        let (place, message) = rest.split_once(" - ")?;
        let (place, column) = place.rsplit_once("Column:")?;
        let (file, line) = place.rsplit_once("Line:")?;
        let counted = |text: &str| text.trim().parse::<u32>().ok();
        let (line, column) = (counted(line)?, counted(column)?);
        let (file, message) = (file.trim(), message.trim());
        Some(Self {
            is_warning: kind.contains("Warning"),
            file: (!file.is_empty()).then(|| file.to_owned()),
            line: (line > 0).then_some(line),
            column: (column > 0).then_some(column),
            message: message.to_owned(),
        })
    }
}

/// A list of texts, or one text. What is no text is passed over.
fn lines<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let text = |value| match value {
        Value::String(text) => Some(text),
        _ => None,
    };
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items.into_iter().filter_map(text).collect(),
        Value::Object(items) => items.into_iter().filter_map(|(_, item)| text(item)).collect(),
        value => text(value).into_iter().collect(),
    })
}

/// A list. Entries that cannot be read are passed over: nothing depends on them.
fn any_list<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let Value::Array(items) = Value::deserialize(deserializer)? else { return Ok(Vec::new()) };
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_build_is_read_in_every_form_that_was_seen() {
        let read = |body: &str| serde_json::from_str::<Compile>(body).unwrap();
        let created = read(
            r#"{"compileId":"a-b","state":"InQueue","projectId":"7","signature":"s","signatureOrder":["main.py"],
                "parameters":[{"file":"main.py","parameters":[{"line":3,"type":"int"}]}],"success":true}"#,
        );
        assert_eq!((created.project_id, created.state.is_end()), (Some(7), false));
        assert_eq!(created.parameters[0].parameters[0].value_type.as_deref(), Some("int"));
        let ended = read(r#"{"compileId":"a-b","state":"BuildError","logs":["x",null,"y"]}"#);
        assert_eq!(ended.logs, ["x", "y"]);
        assert!(ended.state.is_end());
        for odd in [
            r#"{"compileId":"a","state":"Building","logs":null,"parameters":{},"signature":null}"#,
            r#"{"compileId":"a","state":"Building","logs":"one"}"#,
        ] {
            let odd = read(odd);
            assert_eq!(odd.state, CompileState::Other("Building".to_owned()));
            assert!(!odd.state.is_end());
        }
        for bad in [r#"{"state":"InQueue"}"#, r#"{"compileId":"a"}"#] {
            assert!(serde_json::from_str::<Compile>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_place_is_read_out_of_odd_lines() {
        for (line, file, at) in [
            (
                "Build Error: File: a b.py Line:1 Column:2 - x - y",
                Some("a b.py"),
                (Some(1), Some(2)),
            ),
            ("Build Error File: Line:0 Column:0 - x - y", None, (None, None)),
            (
                "Build Warning: File: Line: 3/Line:1.cs Line:4 Column:5 - x - y",
                Some("Line: 3/Line:1.cs"),
                (Some(4), Some(5)),
            ),
        ] {
            let found = Diagnostic::parse(line).unwrap();
            assert_eq!((found.file.as_deref(), (found.line, found.column)), (file, at), "{line}");
            assert_eq!(
                (found.message.as_str(), found.is_warning),
                ("x - y", line.contains("Warning"))
            );
        }
        for line in [
            "",
            "File:",
            "File: a.py Line:x Column:1 - y",
            "File: a.py Line:1 Column:1",
            "File: Line:1 - y",
        ] {
            assert_eq!(Diagnostic::parse(line), None, "{line}");
        }
    }
}
