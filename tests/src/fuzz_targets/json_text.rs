//! JSON as the service might send it: mostly of the shape that is expected, with every drift, and here and there
//! something else.

use arbitrary::{Result, Unstructured};

/// What stands at a place where all goes well.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Shape {
    Number,
    Flag,
    Text,
    Date,
    Texts,
    List(&'static Shape),
    Object(&'static [(&'static str, Shape)]),
}

const FILE: &[(&str, Shape)] = &[
    ("name", Shape::Text),
    ("content", Shape::Text),
    ("id", Shape::Number),
    ("projectId", Shape::Number),
    ("modified", Shape::Date),
    ("open", Shape::Flag),
    ("isLibrary", Shape::Flag),
];

const PARAMETER: &[(&str, Shape)] = &[("key", Shape::Text), ("value", Shape::Text)];

const ENCRYPTION_KEY: &[(&str, Shape)] = &[("id", Shape::Text), ("name", Shape::Text)];

const PROJECT: &[(&str, Shape)] = &[
    ("projectId", Shape::Number),
    ("name", Shape::Text),
    ("organizationId", Shape::Text),
    ("description", Shape::Text),
    ("modified", Shape::Date),
    ("created", Shape::Date),
    ("language", Shape::Text),
    ("parameters", Shape::List(&Shape::Object(PARAMETER))),
    ("libraries", Shape::List(&Shape::Number)),
    ("encryptionKey", Shape::Object(ENCRYPTION_KEY)),
];

/// An answer: the envelope, and the payloads beside it.
pub(crate) const ANSWER: Shape = Shape::Object(&[
    ("success", Shape::Flag),
    ("files", Shape::List(&Shape::Object(FILE))),
    ("projects", Shape::List(&Shape::Object(PROJECT))),
    ("errors", Shape::Texts),
    ("messages", Shape::Texts),
    ("Message", Shape::Texts),
    ("errorCode", Shape::Number),
]);

/// A request, with the fields of all endpoints.
pub(crate) const REQUEST: Shape = Shape::Object(&[
    ("projectId", Shape::Number),
    ("name", Shape::Text),
    ("content", Shape::Text),
    ("newName", Shape::Text),
    ("oldFileName", Shape::Text),
    ("patch", Shape::Text),
    ("language", Shape::Text),
    ("codeSourceId", Shape::Text),
    ("organizationId", Shape::Text),
    ("includeLibraries", Shape::Flag),
]);

const TEXTS: [&str; 16] = [
    "",
    "main.py",
    "../x",
    "a/b.py",
    "Py",
    "C#",
    "pass\\n",
    "\\ud83e\\udd80",
    "\\ud83e",
    "\\u0000",
    "ä\\/🦀",
    "2025-11-10 13:00:06",
    "2025-11-10T13:00:06.000Z",
    "0000-00-00 00:00:00",
    "File not found: main.py",
    "true",
];

const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "-1",
    "1001",
    "108944675",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "18446744073709551616",
    "1e400",
    "1.5",
    "-0",
    "1E2",
    "0.1e-7",
];

/// Deeper than any answer, shallower than where serde_json gives up; `Writer::any` goes beyond.
const DEPTH: u32 = 7;

/// JSON of about this shape, from what `bytes` says.
pub(crate) fn json(bytes: &mut Unstructured<'_>, shape: Shape) -> Result<String> {
    let mut writer = Writer { bytes, text: String::new() };
    writer.value(shape, 0)?;
    Ok(writer.text)
}

struct Writer<'a, 'b> {
    bytes: &'a mut Unstructured<'b>,
    text: String,
}

impl Writer<'_, '_> {
    fn value(&mut self, shape: Shape, depth: u32) -> Result<()> {
        match self.bytes.arbitrary::<u8>()? {
            255 => self.text.push_str("null"),
            240.. => self.any(depth)?,
            choice => match shape {
                Shape::Number => self.number(choice)?,
                Shape::Flag => {
                    let flags = ["true", "false", "1", "0", "\"true\"", "\"0\"", "2", "\"True\""];
                    self.text.push_str(flags[usize::from(choice) % flags.len()]);
                }
                Shape::Date if choice < 8 => self.any(depth)?,
                Shape::Text | Shape::Date => self.string()?,
                Shape::Texts if choice.is_multiple_of(2) => self.string()?,
                Shape::Texts => self.list(&Shape::Text, choice, depth)?,
                Shape::List(item) => self.list(item, choice, depth)?,
                Shape::Object(_) if choice < 8 => self.text.push_str("[]"),
                Shape::Object(fields) => self.object(fields, depth)?,
            },
        }
        Ok(())
    }

    fn number(&mut self, choice: u8) -> Result<()> {
        let quote = if choice.is_multiple_of(4) { "\"" } else { "" };
        let number = match choice % 2 {
            0 => NUMBERS[usize::from(choice / 2) % NUMBERS.len()].to_owned(),
            _ => self.bytes.arbitrary::<i32>()?.to_string(),
        };
        self.text.push_str(&format!("{quote}{number}{quote}"));
        Ok(())
    }

    /// A list, or an object with rising numbers for keys.
    fn list(&mut self, item: &Shape, choice: u8, depth: u32) -> Result<()> {
        let as_object = choice.is_multiple_of(4);
        let mut key = 0_u32;
        self.text.push(if as_object { '{' } else { '[' });
        for index in 0..self.bytes.int_in_range(0..=4)? {
            if index > 0 {
                self.text.push(',');
            }
            if as_object {
                self.text.push_str(&format!("\"{key}\":"));
                key += u32::from(self.bytes.ratio(15, 16)?) * self.bytes.int_in_range(1..=3)?;
            }
            self.value(*item, depth + 1)?;
        }
        self.text.push(if as_object { '}' } else { ']' });
        Ok(())
    }

    /// Most of the fields in their order, now and then one more.
    fn object(&mut self, fields: &[(&str, Shape)], depth: u32) -> Result<()> {
        let chosen: u16 = self.bytes.arbitrary()?;
        self.text.push('{');
        let begin = self.text.len();
        for (index, (name, shape)) in fields.iter().enumerate() {
            // The first two are there more often than not: without them nothing goes deep.
            let is_there =
                if index < 2 { chosen & (7 << 13) != 0 } else { chosen >> index & 1 == 1 };
            if is_there {
                self.key(name, begin);
                self.value(*shape, depth + 1)?;
            }
        }
        if chosen & 3 == 3 {
            let (name, shape) = *self.bytes.choose(fields)?;
            let name = if self.bytes.arbitrary()? { name } else { "new" };
            self.key(name, begin);
            self.value(shape, depth + 1)?;
        }
        self.text.push('}');
        Ok(())
    }

    fn key(&mut self, name: &str, begin: usize) {
        if self.text.len() > begin {
            self.text.push(',');
        }
        self.text.push_str(&format!("\"{name}\":"));
    }

    fn string(&mut self) -> Result<()> {
        let text = if self.bytes.ratio(3, 4)? {
            (*self.bytes.choose(&TEXTS)?).to_owned()
        } else {
            let text: String = self.bytes.arbitrary()?;
            text.replace(['"', '\\'], "/")
        };
        self.text.push_str(&format!("\"{text}\""));
        Ok(())
    }

    fn any(&mut self, depth: u32) -> Result<()> {
        match self.bytes.int_in_range(0..=6)? {
            0 => self.text.push_str("true"),
            1 => {
                let choice = self.bytes.arbitrary()?;
                self.number(choice)?;
            }
            2 => self.string()?,
            3 if depth < DEPTH => self.list(&Shape::Texts, 1, depth)?,
            4 if depth < DEPTH => self.object(FILE, depth)?,
            5 => {
                let depth = usize::from(self.bytes.arbitrary::<u8>()?);
                self.text.push_str(&format!("{}{}", "[".repeat(depth), "]".repeat(depth)));
            }
            _ => self.text.push_str(self.bytes.choose(&["", "nul", "{", "\u{feff}", ":"])?),
        }
        Ok(())
    }
}
