//! An answer in the form of a drift.

use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use crate::faults::drift::Drift;

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
            Self::ReasonsAsObjects if refused => {
                for reason in list(answer, "errors").into_iter().flatten() {
                    *reason = json!({"message": reason.take()});
                }
            }
            Self::ErrorCodeAsText => spell(answer, "errorCode"),
            Self::SuccessAsText => spell(answer, "success"),
            Self::ErrorsOnSuccess if !refused => {
                answer.entry("errors").or_insert_with(|| json!([]));
            }
            Self::ListMissing => answer.retain(|name, _| name != "files" && name != "projects"),
            Self::ContentAsObject => {
                if let Some(file) = list(answer, "files").and_then(|files| files.first_mut()) {
                    file["content"] = json!({"lines": 1});
                }
            }
            Self::ProjectZero => {
                if let Some(projects) = list(answer, "projects") {
                    projects.insert(0, json!({"projectId": 0, "name": "Zero"}));
                }
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
}

pub(crate) fn list<'a>(
    fields: &'a mut Map<String, Value>,
    name: &str,
) -> Option<&'a mut Vec<Value>> {
    fields.get_mut(name).and_then(Value::as_array_mut)
}

fn spell(fields: &mut Map<String, Value>, name: &str) {
    if let Some(value) = fields.get_mut(name).filter(|value| !value.is_string()) {
        *value = Value::String(value.to_string());
    }
}

fn numbered(items: &mut [Value], step: usize) -> Value {
    let items = items.iter_mut().map(Value::take).enumerate();
    Value::Object(items.map(|(at, item)| ((at * step).to_string(), item)).collect())
}

fn move_reasons(answer: &mut Map<String, Value>, field: &str, shape: impl FnOnce(Value) -> Value) {
    if let Some(reasons) = answer.remove("errors") {
        answer.insert(field.to_owned(), shape(reasons));
    }
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
