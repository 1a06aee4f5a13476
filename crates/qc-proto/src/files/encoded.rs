//! Files whose texts stay in the answer until they are asked for.

use alloc::{string::String, vec::Vec};
use core::{fmt, marker::PhantomData};

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::value::RawValue;

use crate::{
    Answer, DecodeError, Endpoint, NotFitting, ProjectFile, ProjectId, RemoteName, Replay,
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
        let mut reader = serde_json::Deserializer::from_slice(&self.json);
        tolerant::text_or_null(&mut reader).unwrap_or_default()
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

/// What is worked out of a text while it is decoded to be checked, so that it need not be decoded once more for that: a
/// digest, say. `()` is nothing.
pub trait Gist: Sized {
    /// What there is to keep of a text.
    fn of(text: &str) -> Self;
}

impl Gist for () {
    fn of(_: &str) -> Self {}
}

/// A file of a project: its name, its content as the answer has it, and what was worked out of that.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodedFile<G = ()> {
    /// The name, which need not be a clean path.
    pub name: RemoteName,
    /// The content.
    pub content: EncodedText,
    /// What was worked out of the content.
    pub gist: G,
}

impl<'de, G: Gist> Deserialize<'de> for EncodedFile<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let ProjectFile { name, content, .. } = ProjectFile::deserialize(deserializer)?;
        Ok(Self { name, gist: G::of(&content), content: content.into() })
    }
}

/// The answer that carries such files.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(bound = "G: Gist")]
pub struct EncodedFileList<G = ()> {
    /// The files, in the service's order.
    #[serde(default, deserialize_with = "tolerant::list")]
    pub files: Vec<EncodedFile<G>>,
}

/// Reads all files of a project as [`ReadFiles`] does, in little more memory than the answer takes: for who handles one
/// file after the other.
///
/// ```
/// use qc_proto::{Answer, Endpoint as _, Gist, ReadEncodedFiles, bytes::Bytes};
///
/// struct Lines(usize);
///
/// impl Gist for Lines {
///     fn of(text: &str) -> Self {
///         Self(text.lines().count())
///     }
/// }
///
/// let body = Bytes::from(r#"{"files":[{"name":"main.py","content":"a = 1\nb = 2\n"}],"success":true}"#);
/// let Answer::Success(list) = ReadEncodedFiles::<Lines>::decode(&body)? else { panic!() };
/// assert_eq!(list.files[0].gist.0, 2);
/// # Ok::<(), qc_proto::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReadEncodedFiles<G = ()> {
    files: ReadFiles,
    #[serde(skip)]
    gist: PhantomData<fn() -> G>,
}

impl<G> ReadEncodedFiles<G> {
    /// The project's own files.
    #[must_use]
    pub fn all(project_id: ProjectId) -> Self {
        Self { files: ReadFiles::all(project_id), gist: PhantomData }
    }
}

impl<G: Gist> Endpoint for ReadEncodedFiles<G> {
    const PATH: &'static str = ReadFiles::PATH;
    const REPLAY: Replay = ReadFiles::REPLAY;
    type Answer = EncodedFileList<G>;
    type Output = Vec<EncodedFile<G>>;

    fn decode(body: &Bytes) -> Result<Answer<EncodedFileList<G>>, DecodeError> {
        Ok(match decode_borrowed::<BorrowedFileList<'_, G>>(body)? {
            Answer::Success(list) => {
                let keep = |file: BorrowedFile<'_, G>| EncodedFile {
                    name: file.name,
                    content: EncodedText {
                        json: body.slice_ref(file.content.json.as_bytes()),
                        len: file.content.len,
                    },
                    gist: file.content.gist,
                };
                Answer::Success(EncodedFileList {
                    files: list.files.into_iter().map(keep).collect(),
                })
            }
            Answer::Refusal(envelope) => Answer::Refusal(envelope),
        })
    }

    fn output(&self, answer: EncodedFileList<G>) -> Result<Vec<EncodedFile<G>>, NotFitting> {
        Ok(answer.files)
    }
}

#[derive(Deserialize)]
#[serde(bound = "'de: 'a, G: Gist")]
struct BorrowedFileList<'a, G> {
    #[serde(default, deserialize_with = "tolerant::list")]
    files: Vec<BorrowedFile<'a, G>>,
}

#[derive(Deserialize)]
#[serde(bound = "'de: 'a, G: Gist")]
struct BorrowedFile<'a, G> {
    name: RemoteName,
    content: BorrowedText<'a, G>,
}

struct BorrowedText<'a, G> {
    json: &'a str,
    len: usize,
    gist: G,
}

impl<'de: 'a, 'a, G: Gist> Deserialize<'de> for BorrowedText<'a, G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&'a RawValue>::deserialize(deserializer)?.get();
        let mut reader = serde_json::Deserializer::from_str(json);
        let seen = tolerant::see_text_or_null(&mut reader, |text: &str| (text.len(), G::of(text)));
        let (len, gist) = seen.map_err(de::Error::custom)?;
        Ok(Self { json, len, gist })
    }
}
