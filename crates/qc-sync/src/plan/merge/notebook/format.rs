//! What a notebook consists of, read and written.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Serializer, Value, ser::PrettyFormatter};

use crate::plan::merge::{lines, notebook::numbers};

/// A notebook.
#[derive(Default, PartialEq)]
pub(super) struct Notebook {
    /// What it has, with null in place of the cells.
    pub(super) fields: Map<String, Value>,
    pub(super) cells: Vec<Cell>,
}

/// A cell of a notebook.
#[derive(Clone)]
pub(super) struct Cell {
    /// What it has, with the source as one string.
    pub(super) fields: Map<String, Value>,
    /// The source as it stands in the file.
    form: Value,
}

/// Two forms of a source say the same.
impl PartialEq for Cell {
    fn eq(&self, other: &Self) -> bool {
        self.fields == other.fields
    }
}

impl Notebook {
    /// Reads a notebook; none if it is none of nbformat 4.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut fields: Map<String, Value> = serde_json::from_str(&numbers::hide(text)?).ok()?;
        if fields.get("nbformat")?.as_u64() != Some(4) {
            return None;
        }
        let Value::Array(cells) = fields.get_mut("cells")?.take() else { return None };
        let cells = cells.into_iter().map(Cell::parse).collect::<Option<_>>()?;
        Some(Self { fields, cells })
    }

    /// The minor version of its format.
    pub(super) fn minor(&self) -> Option<u64> {
        self.fields.get("nbformat_minor")?.as_u64()
    }

    /// Whether sources are lists of lines here, as Jupyter writes them.
    fn has_lists(&self) -> bool {
        self.cells.is_empty() || self.cells.iter().any(|cell| cell.form.is_array())
    }

    /// Writes it the way `like` is written in `text`.
    pub(super) fn to_text(&self, like: &Self, text: &str) -> Option<String> {
        let mut fields = self.fields.clone();
        let cells = self.cells.iter().map(|cell| cell.to_value(like.has_lists())).collect();
        fields.insert("cells".to_owned(), Value::Array(cells));
        let mut bytes = Vec::new();
        if let Some((_, second)) = text.trim().split_once('\n') {
            let indent = &second[..second.len() - second.trim_start_matches([' ', '\t']).len()];
            let formatter = PrettyFormatter::with_indent(indent.as_bytes());
            fields.serialize(&mut Serializer::with_formatter(&mut bytes, formatter)).ok()?;
        } else {
            serde_json::to_writer(&mut bytes, &fields).ok()?;
        }
        let mut written = numbers::show(&String::from_utf8(bytes).ok()?);
        if text.ends_with('\n') {
            written.push('\n');
        }
        Some(if text.contains("\r\n") { written.replace('\n', "\r\n") } else { written })
    }
}

impl Cell {
    fn parse(value: Value) -> Option<Self> {
        let Value::Object(mut fields) = value else { return None };
        if !fields.get("cell_type")?.is_string() {
            return None;
        }
        let source = fields.get_mut("source")?;
        let joined = Value::String(Source::deserialize(&*source).ok()?.joined());
        let form = std::mem::replace(source, joined);
        Some(Self { fields, form })
    }

    /// The same cell with other fields and another source.
    pub(super) fn with(&self, mut fields: Map<String, Value>, source: String) -> Self {
        fields.insert("source".to_owned(), Value::String(source));
        Self { fields, form: self.form.clone() }
    }

    pub(super) fn id(&self) -> Option<&str> {
        self.fields.get("id")?.as_str()
    }

    pub(super) fn source(&self) -> &str {
        self.fields.get("source").and_then(Value::as_str).unwrap_or_default()
    }

    fn to_value(&self, as_list: bool) -> Value {
        let source = self.source();
        let has_form = source.is_empty() || self.form.is_array() == as_list;
        let is_same = Source::deserialize(&self.form).is_ok_and(|form| form.joined() == source);
        let form = if has_form && is_same {
            self.form.clone()
        } else if as_list {
            source.split_inclusive('\n').collect()
        } else {
            source.into()
        };
        let mut fields = self.fields.clone();
        fields.insert("source".to_owned(), form);
        Value::Object(fields)
    }
}

/// Either form of a source.
#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Text(String),
    Lines(Vec<String>),
}

impl Source {
    fn joined(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Lines(lines) => lines.concat(),
        }
    }
}

/// Whether the text is a notebook, and a line in a cell of it is a marker.
pub(in crate::plan::merge) fn has_marker(text: &str) -> bool {
    #[derive(Deserialize)]
    struct Sources {
        cells: Vec<WithSource>,
    }
    #[derive(Deserialize)]
    struct WithSource {
        source: Source,
    }
    serde_json::from_str::<Sources>(text).is_ok_and(|notebook| {
        notebook.cells.into_iter().any(|cell| lines::has_marker(&cell.source.joined()))
    })
}
