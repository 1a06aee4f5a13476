//! Files whose texts stay in the answer until they are asked for.
//!
//! Cloning 64 files of 1 MB takes 91 MB at most with them and 135 MB with decoded texts, a status 73 MB and 135 MB.

use alloc::{string::String, vec::Vec};
use core::{fmt, marker::PhantomData};

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::value::RawValue;

use crate::{
    endpoints::{
        endpoint::{Endpoint, Replay, Subject, UnexpectedAnswer},
        files::read::ReadFiles,
    },
    model::{
        file::{FileList, NO_CONTENT, NO_TEXT, ProjectFile, Unreadable},
        file_name::RemoteName,
        ids::ProjectId,
    },
    wire::{
        envelope::{Answer, DecodeError, decode_borrowed, encode},
        tolerant,
    },
};

/// A text as it stands in JSON: read and found good, and decoded anew each time it is asked for.
///
/// Many of them out of one answer share its memory, and keep all of it for as long as one of them lives.
///
/// ```
/// use qc_proto::encoded::EncodedText;
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
pub trait FromContent: Sized {
    /// What there is to keep of a text.
    fn from_content(text: &str) -> Self;
}

impl FromContent for () {
    fn from_content(_: &str) -> Self {}
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
    pub derived: G,
}

/// The project's own files out of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodedFileList<G = ()> {
    /// The files, in the service's order.
    pub files: Vec<EncodedFile<G>>,
    /// The files whose contents could not be read.
    pub unreadable: Vec<Unreadable>,
}

impl<'de, G: FromContent> Deserialize<'de> for EncodedFileList<G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let FileList { files, unreadable } = FileList::deserialize(deserializer)?.own();
        let encode = |file: ProjectFile| EncodedFile {
            derived: G::from_content(&file.content),
            content: file.content.into(),
            name: file.name,
        };
        Ok(Self { files: files.into_iter().map(encode).collect(), unreadable })
    }
}

/// Reads a project's own files as [`ReadFiles`] does, in little more memory than the answer takes: for who handles one
/// file after the other.
///
/// ```
/// use qc_proto::{
///     Answer, Endpoint as _,
///     bytes::Bytes,
///     encoded::{FromContent, ReadEncodedFiles},
/// };
///
/// struct Lines(usize);
///
/// impl FromContent for Lines {
///     fn from_content(text: &str) -> Self {
///         Self(text.lines().count())
///     }
/// }
///
/// let body = Bytes::from(r#"{"files":[{"name":"main.py","content":"a = 1\nb = 2\n"}],"success":true}"#);
/// let Answer::Success(list) = ReadEncodedFiles::<Lines>::decode(&body)? else { panic!() };
/// assert_eq!(list.files[0].derived.0, 2);
/// # Ok::<(), qc_proto::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct ReadEncodedFiles<G = ()> {
    files: ReadFiles,
    #[serde(skip)]
    derived: PhantomData<fn() -> G>,
}

impl<G> ReadEncodedFiles<G> {
    /// The project's own files.
    #[must_use]
    pub fn all(project_id: ProjectId) -> Self {
        ReadFiles::all(project_id).into()
    }
}

impl<G> From<ReadFiles> for ReadEncodedFiles<G> {
    fn from(files: ReadFiles) -> Self {
        Self { files, derived: PhantomData }
    }
}

impl<G: FromContent> Endpoint for ReadEncodedFiles<G> {
    const PATH: &'static str = ReadFiles::PATH;
    const REPLAY: Replay = ReadFiles::REPLAY;
    type Answer = EncodedFileList<G>;
    type Output = EncodedFileList<G>;

    fn subject(&self) -> Subject<'_> {
        self.files.subject()
    }

    fn decode(body: &Bytes) -> Result<Answer<EncodedFileList<G>>, DecodeError> {
        let list = match decode_borrowed::<BorrowedFileList<'_, G>>(body)? {
            Answer::Success(list) => list,
            Answer::Refusal(envelope) => return Ok(Answer::Refusal(envelope)),
        };
        let mut read = EncodedFileList { files: Vec::new(), unreadable: Vec::new() };
        let own = list.files.into_iter().filter(|file| file.is_library != Some(true));
        for BorrowedFile { name, content: BorrowedText(content), .. } in own {
            match content {
                Ok(Borrowed { json, len, derived }) => read.files.push(EncodedFile {
                    name,
                    content: EncodedText { json: body.slice_ref(json.as_bytes()), len },
                    derived,
                }),
                Err(why) => {
                    let name = name.as_str().into();
                    read.unreadable.push(Unreadable { name, why, is_library: false });
                }
            }
        }
        Ok(Answer::Success(read))
    }

    fn output(&self, answer: EncodedFileList<G>) -> Result<EncodedFileList<G>, UnexpectedAnswer> {
        Ok(answer)
    }
}

#[derive(Deserialize)]
#[serde(bound = "'de: 'a, G: FromContent")]
struct BorrowedFileList<'a, G> {
    #[serde(deserialize_with = "tolerant::list")]
    files: Vec<BorrowedFile<'a, G>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "'de: 'a, G: FromContent")]
struct BorrowedFile<'a, G> {
    name: RemoteName,
    #[serde(default)]
    content: BorrowedText<'a, G>,
    #[serde(default, deserialize_with = "tolerant::any_flag")]
    is_library: Option<bool>,
}

struct BorrowedText<'a, G>(Result<Borrowed<'a, G>, &'static str>);

struct Borrowed<'a, G> {
    json: &'a str,
    len: usize,
    derived: G,
}

/// Where the field is missing.
impl<G> Default for BorrowedText<'_, G> {
    fn default() -> Self {
        Self(Err(NO_CONTENT))
    }
}

impl<'de: 'a, 'a, G: FromContent> Deserialize<'de> for BorrowedText<'a, G> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = <&'a RawValue>::deserialize(deserializer)?.get();
        let mut reader = serde_json::Deserializer::from_str(json);
        let seen = tolerant::see_text_or_null(&mut reader, |text: &str| {
            (text.len(), G::from_content(text))
        });
        Ok(Self(match seen {
            Ok((len, derived)) => Ok(Borrowed { json, len, derived }),
            // A text with an escape that is none makes the whole answer no JSON.
            Err(why) if !why.is_data() => return Err(de::Error::custom(why)),
            Err(_) => Err(NO_TEXT),
        }))
    }
}
