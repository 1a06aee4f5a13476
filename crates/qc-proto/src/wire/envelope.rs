//! Reading and writing answers: an envelope `{"success": …, "errors": […]}` with a payload beside it.

use alloc::{
    borrow::{Cow, ToOwned},
    string::String,
    vec::Vec,
};
use core::{error, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, DeserializeOwned, IgnoredAny, value::MapAccessDeserializer},
};

use crate::{
    invalid::Invalid,
    visible::escape,
    wire::{texts::Texts, tolerant, tolerant::Scalar},
};

/// What stands in every answer beside its payload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Envelope {
    /// Whether the service did as it was asked; `None` where the answer doesn't say.
    pub success: Option<bool>,
    /// The reasons of a refusal, in the service's words: every text in `errors`, `error`, `messages`, `message` and
    /// `Message`. Of many or long ones, not all.
    pub messages: Vec<String>,
    /// The service's number for the reason, where it gives one. 1001 is "file not found".
    pub code: Option<i64>,
}

/// An answer, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer<T> {
    /// `success` is true.
    Success(T),
    /// `success` is false. HTTP says 200 for these too.
    Refusal(Envelope),
}

/// An answer that is not what the endpoint answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodeError {
    field: String,
    offset: usize,
    why: String,
}

impl DecodeError {
    /// Where in the answer, such as `files[3].name`, or `.` for the whole.
    #[must_use]
    pub fn field(&self) -> &str {
        &self.field
    }

    /// The byte of the body at which reading stopped.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// What was found and what was expected. It may quote the answer: [escape](crate::visible::escape) it before it is
    /// shown, and show it to nobody else than the user.
    #[must_use]
    pub fn why(&self) -> &str {
        &self.why
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "field {} at byte {}: {}", escape(&self.field), self.offset, escape(&self.why))
    }
}

impl error::Error for DecodeError {}

/// Reads an answer, with every drift of PHP's JSON that is known: a byte-order mark or PHP's warnings
/// before it, lists as objects, `null` or nothing, integers as strings, booleans as 0 and 1.
///
/// ```
/// use qc_proto::{Answer, FileList, decode_answer};
///
/// let body = br#"{"files":{"0":{"name":"main.py","content":"a"}},"success":1}"#;
/// let Answer::Success(list) = decode_answer::<FileList>(body)? else { panic!() };
/// assert_eq!(list.files[0].name, "main.py");
/// # Ok::<(), qc_proto::DecodeError>(())
/// ```
///
/// # Errors
///
/// [`DecodeError`] names the field and the offset of the first thing that is none of these forms.
pub fn decode_answer<T: DeserializeOwned>(body: &[u8]) -> Result<Answer<T>, DecodeError> {
    decode_borrowed(body)
}

/// The same for what keeps parts of the answer.
pub(crate) fn decode_borrowed<'de, T: Deserialize<'de>>(
    body: &'de [u8],
) -> Result<Answer<T>, DecodeError> {
    let mut first: Option<DecodeError> = None;
    for start in json_starts(body) {
        match decode_at(body, start) {
            Ok(answer) => return Ok(answer),
            Err(error) => first = first.or(Some(error)),
        }
    }
    Err(first.unwrap_or_else(|| DecodeError {
        field: ".".to_owned(),
        offset: 0,
        why: "this is no JSON object".to_owned(),
    }))
}

/// A request's body, read as the service reads it: for servers.
///
/// # Errors
///
/// [`DecodeError`] names the field that does not fit.
pub fn decode_request<T: DeserializeOwned>(body: &[u8]) -> Result<T, DecodeError> {
    serde_json::from_slice(body).map_err(|error| explain(path_to::<T>(body), body, 0, &error))
}

fn decode_at<'de, T: Deserialize<'de>>(
    body: &'de [u8],
    start: usize,
) -> Result<Answer<T>, DecodeError> {
    let json = &body[start..];
    let mut success = None;
    let mut reader = serde_json::Deserializer::from_slice(json);
    let read = reader
        .deserialize_map(Successful::<T> { success: &mut success, payload: PhantomData })
        .and_then(|payload| reader.end().map(|()| payload));
    match (read, success) {
        (Ok(payload), Some(true)) => Ok(Answer::Success(payload)),
        (Ok(_), None) => Err(DecodeError {
            field: "success".to_owned(),
            offset: start,
            why: "missing, so that the answer is not QuantConnect's".to_owned(),
        }),
        (read, _) => {
            let error = match (serde_json::from_slice::<Envelope>(json), read) {
                (Ok(envelope), Ok(_)) => return Ok(Answer::Refusal(envelope)),
                // A refusal need not carry the payload, and its payload need not make sense.
                (Ok(envelope), Err(_)) if envelope.success == Some(false) => {
                    return Ok(Answer::Refusal(envelope));
                }
                (Err(error), Ok(_)) | (_, Err(error)) => error,
            };
            let field = path_to::<T>(json).or_else(|| path_to::<Envelope>(json));
            Err(explain(field, json, start, &error))
        }
    }
}

/// Returns the texts of a body that is not an answer of the service. It may say what went wrong all the same.
pub(crate) fn texts(body: &[u8]) -> Vec<String> {
    serde_json::from_slice::<Envelope>(body).map(|envelope| envelope.messages).unwrap_or_default()
}

/// Where the JSON may begin: at the first brace, or, behind PHP's own warnings, at one of those that
/// begin a line or follow a tag. Few are tried, so that a hostile page costs little.
fn json_starts(body: &[u8]) -> impl Iterator<Item = usize> + '_ {
    const TRIED: usize = 16;
    let bom = if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let text = &body[bom..];
    let blank = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let begin = bom + blank;
    let warned = is_php_warning(&body[begin..]);
    let direct = (body.get(begin) == Some(&b'{')).then_some(begin);
    let behind = body.iter().enumerate().skip(begin).filter(move |(at, byte)| {
        let before = body[begin..*at].last();
        warned && **byte == b'{' && matches!(before, Some(b'\n' | b'\r' | b'>'))
    });
    direct.into_iter().chain(behind.map(|(at, _)| at).take(TRIED))
}

/// `<br />\n<b>Warning</b>: …`, or the same without markup, as PHP prints where it is told to.
fn is_php_warning(text: &[u8]) -> bool {
    const KINDS: [&[u8]; 4] = [b"Warning", b"Notice", b"Deprecated", b"Strict Standards"];
    let text = text.strip_prefix(b"<br />").unwrap_or(text).trim_ascii_start();
    let text = text.strip_prefix(b"<b>").unwrap_or(text);
    let text = text.strip_prefix(b"PHP ").unwrap_or(text);
    KINDS.iter().any(|kind| text.starts_with(kind))
}

/// Reads once more, slowly, to name the field at which reading fails; none where it doesn't.
fn path_to<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Option<String> {
    let mut reader = serde_json::Deserializer::from_slice(json);
    let error = serde_path_to_error::deserialize::<_, T>(&mut reader).err()?;
    Some(alloc::format!("{}", error.path()))
}

fn explain(
    field: Option<String>,
    json: &[u8],
    start: usize,
    error: &serde_json::Error,
) -> DecodeError {
    let field = field.filter(|field| !field.is_empty()).unwrap_or_else(|| ".".to_owned());
    let line_start = json
        .split_inclusive(|byte| *byte == b'\n')
        .take(error.line().saturating_sub(1))
        .map(<[u8]>::len)
        .sum::<usize>();
    let offset = start + (line_start + error.column()).min(json.len());
    let text = alloc::format!("{error}");
    // The position is said in bytes already.
    let why = text.rsplit_once(" at line ").map_or(text.as_str(), |(why, _)| why);
    DecodeError { field, offset, why: why.to_owned() }
}

/// Whatever stands beside it.
impl<'de> Deserialize<'de> for Envelope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;

        impl<'de> de::Visitor<'de> for Fields {
            type Value = Envelope;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Envelope, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(Key(key)) = map.next_key::<Key<'de>>()? {
                    match &*key {
                        "success" => {
                            let Success(flag) = map.next_value()?;
                            envelope.success = Some(flag);
                        }
                        "errors" | "error" | "messages" | "message" | "Message" => {
                            map.next_value_seed(Texts(&mut envelope.messages))?;
                        }
                        "errorCode" => envelope.code = map.next_value::<Scalar>()?.integer(),
                        _ => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                Ok(envelope)
            }
        }

        deserializer.deserialize_map(Fields)
    }
}

/// Reads `success` and the payload in one pass: the payload's own `Deserialize` meets all fields but that, unbuffered.
struct Successful<'a, T> {
    success: &'a mut Option<bool>,
    payload: PhantomData<T>,
}

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Successful<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let rest = Rest { map: &mut map, success: self.success };
        T::deserialize(MapAccessDeserializer::new(rest))
    }
}

struct Rest<'a, A> {
    map: &'a mut A,
    success: &'a mut Option<bool>,
}

impl<'de, A: de::MapAccess<'de>> de::MapAccess<'de> for Rest<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: de::DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        while let Some(Key(key)) = self.map.next_key::<Key<'de>>()? {
            if key != "success" {
                return seed.deserialize(de::value::StrDeserializer::new(&key)).map(Some);
            }
            let Success(flag) = self.map.next_value()?;
            if self.success.replace(flag).is_some() {
                return Err(de::Error::duplicate_field("success"));
            }
        }
        Ok(None)
    }

    fn next_value_seed<V: de::DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

#[derive(Deserialize)]
#[serde(transparent)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
#[serde(transparent)]
struct Success(#[serde(deserialize_with = "tolerant::boolean")] bool);

/// Writes a successful answer as the service does, PHP's escapes included: for servers.
pub fn encode_success<T: Serialize>(payload: &T) -> Vec<u8> {
    #[derive(Serialize)]
    struct WithSuccess<'a, T> {
        #[serde(flatten)]
        payload: &'a T,
        success: bool,
    }

    php_escapes(encode(&WithSuccess { payload, success: true }))
}

/// Writes a refusal as the service does: for servers.
#[must_use]
pub fn encode_refusal(messages: &[String], code: Option<i64>) -> Vec<u8> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Refused<'a> {
        errors: &'a [String],
        #[serde(skip_serializing_if = "Option::is_none")]
        error_code: Option<i64>,
        success: bool,
    }

    php_escapes(encode(&Refused { errors: messages, error_code: code, success: false }))
}

/// The error of a request that cannot be written.
#[expect(clippy::needless_pass_by_value, reason = "as `map_err` gives it")]
pub(crate) fn not_json(error: serde_json::Error) -> Invalid {
    Invalid::new("body", alloc::format!("cannot be JSON: {error}"))
}

/// Our own types have nothing in them that JSON cannot say.
pub(crate) fn encode<T: Serialize>(value: &T) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}

/// `/` and everything beyond ASCII stand only inside strings, so they can be escaped afterwards.
pub(crate) fn php_escapes(json: Vec<u8>) -> Vec<u8> {
    if json.is_ascii() && !json.contains(&b'/') {
        return json;
    }
    let mut escaped = Vec::with_capacity(json.len() + json.len() / 16);
    for (number, part) in json.split(|byte| *byte == b'/').enumerate() {
        if number > 0 {
            escaped.extend_from_slice(br"\/");
        }
        if part.is_ascii() {
            escaped.extend_from_slice(part);
            continue;
        }
        for run in part.chunk_by(|a, b| a.is_ascii() == b.is_ascii()) {
            if run.is_ascii() {
                escaped.extend_from_slice(run);
                continue;
            }
            for unit in String::from_utf8_lossy(run).encode_utf16() {
                escaped.extend_from_slice(alloc::format!("\\u{unit:04x}").as_bytes());
            }
        }
    }
    escaped
}
