//! Files whose texts stay in the answer until they are asked for.

use alloc::{string::String, vec::Vec};
use core::fmt;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::value::RawValue;

use crate::{
    Answer, DecodeError, Endpoint, NotFitting, ProjectId, RemoteName, Replay,
    envelope::{decode_borrowed, encode},
    files::ReadFiles,
    tolerant,
};

/// A text as it stands in JSON: read and found good, and decoded anew each time it is asked for.
///
/// Many of them out of one answer share its memory, and keep all of it for as long as one of them lives.
///
/// ```
/// use qc_proto::EncodedText;
///
/// let text = EncodedText::from("a = \"b\"\n");
/// assert_eq!((text.len(), text.text().as_str()), (8, "a = \"b\"\n"));
/// ```
#[derive(Clone, Default)]
pub struct EncodedText {
    /// A string, or `null`; without a byte, the empty text.
    json: Bytes,
    len: usize,
}

impl EncodedText {
    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        // It was decoded once when it was made.
        read(&self.json).unwrap_or_default()
    }

    /// How many bytes the text has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether the text has no byte.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// `null` is read as empty.
fn read(json: &[u8]) -> Result<String, serde_json::Error> {
    Ok(serde_json::from_slice::<Option<String>>(json)?.unwrap_or_default())
}

impl From<&str> for EncodedText {
    fn from(text: &str) -> Self {
        Self { json: encode(&text).into(), len: text.len() }
    }
}

impl From<String> for EncodedText {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

/// Of what they say, however it is escaped.
impl PartialEq for EncodedText {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && (self.json == other.json || self.text() == other.text())
    }
}

impl Eq for EncodedText {}

impl fmt::Debug for EncodedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodedText({} bytes)", self.len)
    }
}

impl<'de> Deserialize<'de> for EncodedText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        tolerant::text_or_null(deserializer).map(Self::from)
    }
}

/// A file of a project: its name, and its content as the answer has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct EncodedFile {
    /// The name, which need not be a clean path.
    pub name: RemoteName,
    /// The content.
    pub content: EncodedText,
}

/// The answer that carries such files.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct EncodedFileList {
    /// The files, in the service's order.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub files: Vec<EncodedFile>,
}

/// Reads all files of a project as [`ReadFiles`] does, in little more memory than the answer takes: for who handles one
/// file after the other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReadEncodedFiles(ReadFiles);

impl ReadEncodedFiles {
    /// The project's own files.
    #[must_use]
    pub fn all(project_id: ProjectId) -> Self {
        Self(ReadFiles::all(project_id))
    }
}

impl Endpoint for ReadEncodedFiles {
    const PATH: &'static str = ReadFiles::PATH;
    const REPLAY: Replay = ReadFiles::REPLAY;
    type Answer = EncodedFileList;
    type Output = Vec<EncodedFile>;

    fn decode(body: &Bytes) -> Result<Answer<EncodedFileList>, DecodeError> {
        Ok(match decode_borrowed::<BorrowedFileList<'_>>(body)? {
            Answer::Success(list) => {
                let keep = |file: BorrowedFile<'_>| EncodedFile {
                    name: file.name,
                    content: EncodedText {
                        json: body.slice_ref(file.content.json.as_bytes()),
                        len: file.content.len,
                    },
                };
                Answer::Success(EncodedFileList {
                    files: list.files.into_iter().map(keep).collect(),
                })
            }
            Answer::Refusal(envelope) => Answer::Refusal(envelope),
        })
    }

    fn output(&self, answer: EncodedFileList) -> Result<Vec<EncodedFile>, NotFitting> {
        Ok(answer.files)
    }
}

#[derive(Deserialize)]
struct BorrowedFileList<'a> {
    #[serde(borrow, default, deserialize_with = "tolerant::list")]
    files: Vec<BorrowedFile<'a>>,
}

#[derive(Deserialize)]
struct BorrowedFile<'a> {
    name: RemoteName,
    #[serde(borrow)]
    content: BorrowedText<'a>,
}

struct BorrowedText<'a> {
    json: &'a str,
    len: usize,
}

impl<'de: 'a, 'a> Deserialize<'de> for BorrowedText<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&'a RawValue>::deserialize(deserializer)?.get();
        let len = read(json.as_bytes()).map_err(de::Error::custom)?.len();
        Ok(Self { json, len })
    }
}
