//! The drifts of PHP's JSON that are accepted, one function each, named after what it accepts.
//!
//! What decides which file or project is meant, and whether the service did it, has these forms and no other: an answer
//! that is taken for something it is not loses data. Every other field may hold anything, and is none where it is odd.
//! What may be long is not buffered: a visitor sees the value as the parser meets it.
//!
//! The functions are for serde's `deserialize_with`, in the answers of endpoints of your own too:
//!
//! ```
//! use qc_proto::{Answer, decode_answer, tolerant};
//! use serde::Deserialize;
//!
//! #[derive(Deserialize)]
//! #[serde(rename_all = "camelCase")]
//! struct Backtest {
//!     #[serde(deserialize_with = "tolerant::boolean")]
//!     completed: bool,
//!     #[serde(default, deserialize_with = "tolerant::any_integer")]
//!     project_id: Option<i64>,
//! }
//!
//! let body = br#"{"completed":"1","projectId":"23456789","success":true}"#;
//! let Answer::Success(backtest) = decode_answer::<Backtest>(body)? else { panic!() };
//! assert_eq!((backtest.completed, backtest.project_id), (true, Some(23_456_789)));
//! # Ok::<(), qc_proto::DecodeError>(())
//! ```

use alloc::{format, string::String, vec::Vec};
use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

/// Any value of JSON, of which lists and objects are passed over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scalar {
    Null,
    Flag(bool),
    Integer(i64),
    /// A number that is no `i64`.
    Number(f64),
    Text(String),
    Nested,
}

impl Scalar {
    /// `7`, or the same as a string: `"7"`.
    pub(crate) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// `true`, `1` or `"true"`; `false`, `0` or `"false"`.
    fn flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            Self::Integer(1) => Some(true),
            Self::Integer(0) => Some(false),
            Self::Text(text) => match &**text {
                "true" | "True" | "1" => Some(true),
                "false" | "False" | "0" | "" => Some(false),
                _ => None,
            },
            _ => None,
        }
    }

    fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The text of a value that is shown as one: numbers and flags are spelled, null is empty.
    pub(crate) fn spelled(self) -> Option<String> {
        match self {
            Self::Null => Some(String::new()),
            Self::Flag(flag) => Some(format!("{flag}")),
            Self::Integer(number) => Some(format!("{number}")),
            Self::Number(number) => Some(format!("{number}")),
            Self::Text(text) => Some(text),
            Self::Nested => None,
        }
    }

    /// What an error says was found.
    fn unexpected(&self) -> de::Unexpected<'_> {
        match self {
            Self::Null => de::Unexpected::Unit,
            Self::Flag(flag) => de::Unexpected::Bool(*flag),
            Self::Integer(number) => de::Unexpected::Signed(*number),
            Self::Number(number) => de::Unexpected::Float(*number),
            Self::Text(text) => de::Unexpected::Str(text),
            Self::Nested => de::Unexpected::Other("a list or an object"),
        }
    }

    fn or<E: de::Error, T>(
        self,
        read: impl Fn(&Self) -> Option<T>,
        expected: &str,
    ) -> Result<T, E> {
        read(&self).ok_or_else(|| E::invalid_value(self.unexpected(), &expected))
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> de::Visitor<'de> for Any {
            type Value = Scalar;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }

            fn visit_unit<E: de::Error>(self) -> Result<Scalar, E> {
                Ok(Scalar::Null)
            }

            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Scalar, E> {
                Ok(Scalar::Flag(flag))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Integer(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Scalar, E> {
                Ok(i64::try_from(number).map_or(Scalar::Number(number as f64), Scalar::Integer))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.into()))
            }

            fn visit_string<E: de::Error>(self, text: String) -> Result<Scalar, E> {
                Ok(Scalar::Text(text))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Scalar, A::Error> {
                IgnoredAny.visit_seq(seq).map(|_| Scalar::Nested)
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Scalar, A::Error> {
                IgnoredAny.visit_map(map).map(|_| Scalar::Nested)
            }
        }

        deserializer.deserialize_any(Any)
    }
}

/// `7`, or the same as a string: `"7"`.
///
/// # Errors
///
/// What is no whole number.
pub fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Scalar::deserialize(deserializer)?.or(Scalar::integer, "a whole number")
}

/// `true`, `1` or `"true"`; `false`, `0` or `"false"`.
///
/// # Errors
///
/// What is none of these.
pub fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Scalar::deserialize(deserializer)?.or(Scalar::flag, "true, false, 1 or 0")
}

/// A request's flag, which a query string or a form spells `true`, `True` or `1`.
pub(crate) fn flag_from_form<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<bool>, D::Error> {
    match Scalar::deserialize(deserializer)? {
        Scalar::Null => Ok(None),
        Scalar::Integer(number) => Ok(Some(number != 0)),
        flag => flag.or(Scalar::flag, "true or false").map(Some),
    }
}

/// A whole number, where nothing depends on it: none where it is odd.
///
/// # Errors
///
/// What is no JSON.
pub fn any_integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    Scalar::deserialize(deserializer).map(|value| value.integer())
}

/// A flag, where nothing depends on it: none where it is odd.
///
/// # Errors
///
/// What is no JSON.
pub fn any_flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    Scalar::deserialize(deserializer).map(|value| value.flag())
}

/// A text, where nothing depends on it: none where it is odd.
///
/// # Errors
///
/// What is no JSON.
pub fn any_text<'de, D: Deserializer<'de>, T: From<String>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Scalar::deserialize(deserializer).map(|value| value.text().map(T::from))
}

/// Text, or `null` for empty text: a file without content is read back either way.
///
/// # Errors
///
/// What is neither.
pub fn text_or_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

/// The same, shown to `see` in place of being kept.
pub(crate) fn see_text_or_null<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    see: impl FnOnce(&str) -> T,
) -> Result<T, D::Error> {
    struct Seeing<F>(F);

    impl<T, F: FnOnce(&str) -> T> de::Visitor<'_> for Seeing<F> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a string")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            Ok(self.0(text))
        }

        fn visit_unit<E: de::Error>(self) -> Result<T, E> {
            Ok(self.0(""))
        }
    }

    deserializer.deserialize_any(Seeing(see))
}

/// `[a, b]`, or an object whose keys count, with gaps or without: `{"0": a, "2": b}`, or `null`.
///
/// # Errors
///
/// What is none of these, or an entry that is no `T`.
pub fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    struct List<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> de::Visitor<'de> for List<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list")
        }

        fn visit_unit<E: de::Error>(self) -> Result<Vec<T>, E> {
            Ok(Vec::new())
        }

        fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<T>, A::Error> {
            let mut items = Vec::new();
            while let Some(item) = seq.next_element()? {
                items.push(item);
            }
            Ok(items)
        }

        fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Vec<T>, A::Error> {
            let mut items: Vec<T> = Vec::new();
            let mut last: Option<u64> = None;
            while let Some(key) = map.next_key::<String>()? {
                let counted =
                    key.parse::<u64>().ok().filter(|index| last.is_none_or(|l| *index > l));
                let Some(index) = counted else {
                    return Err(de::Error::invalid_value(
                        de::Unexpected::Str(&key),
                        &"a list's rising index as key",
                    ));
                };
                last = Some(index);
                items.push(map.next_value()?);
            }
            Ok(items)
        }
    }

    deserializer.deserialize_any(List(PhantomData))
}

/// An object. None for anything else, such as PHP's `[]` for an empty one.
///
/// # Errors
///
/// What is no JSON.
pub fn any_object<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(value.is_object().then(|| serde_json::from_value(value).ok()).flatten())
}
