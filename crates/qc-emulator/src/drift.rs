//! The forms that PHP's JSON drifts to, each by its name.

use std::{fmt, str::FromStr};

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::FaultTextError;

macro_rules! drifts {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A form that an answer's JSON may come in, beside its plain one.
        ///
        /// One changes nothing in an answer that has nothing of the kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Drift {
            $($(#[$doc])* $variant,)*
        }

        impl Drift {
            /// Every drift.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name, as in `drift=byte-order-mark`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

drifts! {
    /// An empty map comes as `[]`: the project's `encryptionKey`.
    EmptyMapAsList = "empty-map-as-list",
    /// A list comes as an object, `{"0": …}`.
    ListAsObject = "list-as-object",
    /// A list with gaps comes as an object, `{"0": …, "2": …}`.
    ListWithGaps = "list-with-gaps",
    /// An empty list comes as an empty object.
    EmptyListAsObject = "empty-list-as-object",
    /// An empty list comes as `null`.
    EmptyListAsNull = "empty-list-as-null",
    /// An empty list does not come at all.
    EmptyListMissing = "empty-list-missing",
    /// Integers come as strings.
    IntegersAsStrings = "integers-as-strings",
    /// Booleans come as 0 and 1.
    BooleansAsNumbers = "booleans-as-numbers",
    /// A byte-order mark stands before the JSON.
    ByteOrderMark = "byte-order-mark",
    /// A warning of PHP, with markup, stands before the JSON.
    PhpWarning = "php-warning",
    /// A notice of PHP, without markup, stands before the JSON.
    PhpNotice = "php-notice",
    /// Fields that nobody knows.
    UnknownFields = "unknown-fields",
    /// A file's `id` is `null`.
    NullId = "null-id",
    /// Empty content comes as `null`.
    EmptyContentAsNull = "empty-content-as-null",
    /// `modified` as RFC 3339 with a zone.
    DateWithZone = "date-with-zone",
    /// `modified` as RFC 3339 with a zone and a fraction.
    DateWithFraction = "date-with-fraction",
    /// `modified` as RFC 3339 without a zone.
    DateWithoutZone = "date-without-zone",
    /// `modified` is `0000-00-00 00:00:00`.
    ZeroDate = "zero-date",
    /// A success carries an empty list of errors.
    ErrorsOnSuccess = "errors-on-success",
    /// A refusal's reasons stand in `messages`.
    ReasonsInMessages = "reasons-in-messages",
    /// A refusal's reason stands in `Message`.
    ReasonInMessage = "reason-in-message",
    /// A refusal gives no reason.
    NoReason = "no-reason",
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Drift {
    type Err = FaultTextError;

    fn from_str(text: &str) -> Result<Self, FaultTextError> {
        Self::ALL.iter().copied().find(|drift| drift.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|drift| drift.name()).collect();
            FaultTextError(format!("`{text}` is no drift; those are {}", names.join(", ")))
        })
    }
}

impl Drift {
    /// Which drifts come first where several come: within the JSON, then text before it, then the very first bytes.
    pub(crate) fn layer(self) -> u8 {
        match self {
            Self::ByteOrderMark => 2,
            Self::PhpWarning | Self::PhpNotice => 1,
            _ => 0,
        }
    }

    /// The answer in this form; one that is no JSON object stays as it is.
    pub(crate) fn apply(self, body: &[u8]) -> Vec<u8> {
        let before: &[u8] = match self {
            Self::ByteOrderMark => b"\xef\xbb\xbf",
            Self::PhpWarning => {
                b"<br />\n<b>Warning</b>:  Undefined index: {x} in <b>/v2/files.php</b> on line <b>7</b><br />\n"
            }
            Self::PhpNotice => b"PHP Notice:  Undefined variable: x in /v2/files.php on line 7\n",
            _ => b"",
        };
        if !before.is_empty() {
            return [before, body].concat();
        }
        let Ok(Value::Object(mut answer)) = serde_json::from_slice(body) else {
            return body.to_vec();
        };
        self.apply_to_answer(&mut answer);
        serde_json::to_vec(&InOrder(&Value::Object(answer))).unwrap_or_else(|_| body.to_vec())
    }

    fn apply_to_answer(self, answer: &mut Map<String, Value>) {
        let refused = answer.get("success") == Some(&Value::Bool(false));
        match self {
            Self::ReasonsInMessages if refused => move_reasons(answer, "messages", |all| all),
            Self::ReasonInMessage if refused => move_reasons(answer, "Message", |all| match all {
                Value::Array(mut texts) if !texts.is_empty() => texts.swap_remove(0),
                other => other,
            }),
            Self::NoReason if refused => {
                answer.remove("errors");
                answer.remove("errorCode");
            }
            Self::ErrorsOnSuccess if !refused => {
                answer.entry("errors").or_insert_with(|| json!([]));
            }
            _ => {
                let mut value = Value::Object(std::mem::take(answer));
                self.apply_within(&mut value);
                if let Value::Object(changed) = value {
                    *answer = changed;
                }
            }
        }
    }

    /// Changes everything of the kind, at any depth.
    fn apply_within(self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.apply_within(item)),
            Value::Object(fields) => {
                fields.values_mut().for_each(|field| self.apply_within(field));
                self.apply_to_fields(fields);
                return;
            }
            _ => {}
        }
        let empty = value.as_array().is_some_and(Vec::is_empty);
        match (self, &mut *value) {
            (Self::EmptyListAsNull, _) if empty => *value = Value::Null,
            (Self::EmptyListAsObject, _) if empty => *value = json!({}),
            (Self::ListAsObject, Value::Array(items)) if !empty => *value = numbered(items, 1),
            (Self::ListWithGaps, Value::Array(items)) if !empty => *value = numbered(items, 2),
            (Self::IntegersAsStrings, Value::Number(number)) => {
                *value = Value::String(number.to_string());
            }
            (Self::BooleansAsNumbers, Value::Bool(flag)) => *value = json!(u8::from(*flag)),
            _ => {}
        }
    }

    fn apply_to_fields(self, fields: &mut Map<String, Value>) {
        let is_file = fields.contains_key("content");
        match self {
            Self::EmptyListMissing => {
                fields.retain(|_, field| !field.as_array().is_some_and(Vec::is_empty));
            }
            Self::EmptyMapAsList if fields.contains_key("leanVersionId") => {
                fields.insert("encryptionKey".to_owned(), json!([]));
            }
            Self::UnknownFields => {
                fields.insert("somethingNew".to_owned(), json!({"deep": [1, {}, null]}));
            }
            Self::NullId if is_file => {
                fields.insert("id".to_owned(), Value::Null);
            }
            Self::EmptyContentAsNull if fields.get("content") == Some(&json!("")) => {
                fields.insert("content".to_owned(), Value::Null);
            }
            Self::DateWithZone => {
                self.change_dates(fields, |date| format!("{}Z", date.replacen(' ', "T", 1)));
            }
            Self::DateWithFraction => {
                self.change_dates(fields, |date| format!("{}.000Z", date.replacen(' ', "T", 1)));
            }
            Self::DateWithoutZone => {
                self.change_dates(fields, |date| date.replacen(' ', "T", 1));
            }
            Self::ZeroDate => self.change_dates(fields, |_| "0000-00-00 00:00:00".to_owned()),
            _ => {}
        }
    }

    fn change_dates(self, fields: &mut Map<String, Value>, change: impl Fn(&str) -> String) {
        for name in ["modified", "created"] {
            if let Some(Value::String(date)) = fields.get_mut(name) {
                *date = change(date);
            }
        }
    }
}

fn numbered(items: &mut [Value], step: usize) -> Value {
    let items = items.iter_mut().map(Value::take).enumerate();
    Value::Object(items.map(|(at, item)| ((at * step).to_string(), item)).collect())
}

/// Writes the keys of a numbered object in the order of the numbers, as PHP does, and not of their digits.
struct InOrder<'a>(&'a Value);

impl Serialize for InOrder<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(items) => serializer.collect_seq(items.iter().map(InOrder)),
            Value::Object(fields) => {
                let mut fields: Vec<_> = fields.iter().collect();
                // A stable sort: names, which are no numbers, keep their order.
                fields.sort_by_key(|(key, _)| key.parse::<usize>().ok());
                let fields = fields.into_iter().map(|(key, field)| (key, InOrder(field)));
                serializer.collect_map(fields)
            }
            plain => plain.serialize(serializer),
        }
    }
}

fn move_reasons(answer: &mut Map<String, Value>, field: &str, shape: impl FnOnce(Value) -> Value) {
    if let Some(reasons) = answer.remove("errors") {
        answer.insert(field.to_owned(), shape(reasons));
    }
}
