//! Every text in a value, wherever it stands: where a refusal says why, the shape is anybody's guess.

use alloc::{string::String, vec::Vec};
use core::fmt;

use serde::{
    Deserializer,
    de::{self, DeserializeSeed, IgnoredAny},
};

/// More texts than this are passed over.
const MOST: usize = 16;

/// A text that is longer is cut, in characters.
const LONGEST: usize = 2000;

/// Takes the texts of a value: of the text itself, or of a list or an object of them, in any depth.
pub(crate) struct Texts<'a>(pub(crate) &'a mut Vec<String>);

impl<'de> DeserializeSeed<'de> for Texts<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> de::Visitor<'de> for Texts<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<(), E> {
        if !text.trim().is_empty() && self.0.len() < MOST {
            match text.char_indices().nth(LONGEST) {
                Some((end, _)) => self.0.push(alloc::format!("{}…", &text[..end])),
                None => self.0.push(text.into()),
            }
        }
        Ok(())
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element_seed(Texts(self.0))?.is_some() {}
        Ok(())
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key::<IgnoredAny>()?.is_some() {
            map.next_value_seed(Texts(self.0))?;
        }
        Ok(())
    }
}
