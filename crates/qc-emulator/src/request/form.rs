//! Form bodies and query strings with PHP's nested names, read into JSON.
//!
//! The service is written in PHP, so its official clients send lists and maps as
//! `files[0][name]=main.py`. What PHP does with such names is done here too, up to the details no
//! client can depend on.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::Value;

/// Pairs beyond this are ignored, as PHP ignores those beyond `max_input_vars`. Its default of 1000
/// would do for the largest project (two pairs for each of 250 files); ten times that leaves room.
const MAX_PAIRS: usize = 10_000;

/// A name with more brackets is ignored, as by PHP's `max_input_nesting_level`.
const MAX_DEPTH: usize = 64;

/// Reads a form body or a query string.
///
/// The answer is always an object; below it, maps whose keys came as 0, 1, 2, … are lists. All
/// scalars are strings, a later value replaces an earlier one, and bytes that are no UTF-8 are
/// replaced.
pub(crate) fn parse(input: &[u8]) -> Value {
    let mut top = Map::default();
    for (name, text) in form_urlencoded::parse(input).take(MAX_PAIRS) {
        if let Some((first, steps)) = path(&name)
            && let Some(node) = top.child(Some(first))
        {
            node.set(steps.into_iter(), text);
        }
    }
    top.into_object()
}

/// A key of a PHP array. Numbers sort before names, so a list comes out in its order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    /// What PHP turns into an integer: `0` and `12`, but not `00` or `+1`.
    Number(u64),
    /// Everything else. PHP has negative integers too, which make no difference in JSON.
    Name(String),
}

impl Key {
    fn new(text: &str) -> Self {
        let canonical = text == "0" || text.starts_with(|first| matches!(first, '1'..='9'));
        // PHP's integers have a sign, so the largest is that of an i64.
        match text.parse::<i64>() {
            Ok(number) if canonical => Self::Number(number.unsigned_abs()),
            _ => Self::Name(text.to_owned()),
        }
    }

    fn into_string(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Name(name) => name,
        }
    }
}

/// One pair of brackets: the key in it, or nothing where the value is appended.
type Step = Option<Key>;

/// Splits `a[b][]` into `a` and the steps below it. Without a part before the brackets, or nested
/// too deeply, a name stands for nothing.
fn path(name: &str) -> Option<(Key, Vec<Step>)> {
    let name = name.trim_start_matches(' ');
    let (base, mut rest) = name.split_at(name.find('[').unwrap_or(name.len()));
    if base.is_empty() {
        return None;
    }
    let mut steps = Vec::new();
    // What follows a `]` and opens no bracket is dropped.
    while let Some((key, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        if steps.len() == MAX_DEPTH {
            return None;
        }
        // A blank between the brackets counts as nothing.
        let appends = key.is_empty() || key == " ";
        steps.push((!appends).then(|| Key::new(key)));
        rest = after;
    }
    // A first bracket that is never closed belongs to the name.
    let base = if steps.is_empty() { name } else { base };
    Some((Key::new(&base.replace([' ', '.', '['], "_")), steps))
}

/// A value while it is being gathered.
enum Node {
    Text(String),
    Map(Map),
}

impl Node {
    /// Puts `text` where the steps lead; a text in the way gives place to a map.
    fn set(&mut self, mut steps: std::vec::IntoIter<Step>, text: Cow<'_, str>) {
        let Some(step) = steps.next() else {
            *self = Self::Text(text.into_owned());
            return;
        };
        if matches!(self, Self::Text(_)) {
            *self = Self::Map(Map::default());
        }
        if let Self::Map(map) = self
            && let Some(node) = map.child(step)
        {
            node.set(steps, text);
        }
    }

    fn into_value(self) -> Value {
        match self {
            Self::Text(text) => Value::String(text),
            Self::Map(map) if map.is_list => {
                Value::Array(map.nodes.into_values().map(Self::into_value).collect())
            }
            Self::Map(map) => map.into_object(),
        }
    }
}

/// A PHP array while it is being gathered.
struct Map {
    nodes: BTreeMap<Key, Node>,
    /// Whether the keys so far came as 0, 1, 2, …
    is_list: bool,
    /// The number an appended value takes; nothing once the largest is in use.
    next: Option<u64>,
}

impl Default for Map {
    fn default() -> Self {
        Self { nodes: BTreeMap::new(), is_list: true, next: Some(0) }
    }
}

impl Map {
    /// The node a step leads to, made if need be. PHP drops what it finds no number for.
    fn child(&mut self, step: Step) -> Option<&mut Node> {
        let key = match step {
            Some(key) => key,
            None => Key::Number(self.next?),
        };
        if !self.nodes.contains_key(&key) {
            self.register(&key);
        }
        let node = self.nodes.entry(key);
        Some(node.or_insert_with(|| Node::Text(String::new())))
    }

    /// Notes what a new key means for those to come.
    fn register(&mut self, key: &Key) {
        let Key::Number(number) = *key else {
            self.is_list = false;
            return;
        };
        self.is_list &= usize::try_from(number) == Ok(self.nodes.len());
        if self.next.is_some_and(|next| number >= next) {
            self.next = (number < i64::MAX.unsigned_abs()).then(|| number + 1);
        }
    }

    fn into_object(self) -> Value {
        let nodes = self.nodes.into_iter();
        let pairs = nodes.map(|(key, node)| (key.into_string(), node.into_value()));
        Value::Object(pairs.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_push_as_python_requests_encodes_it() {
        let body = concat!(
            "projectId=26129044&",
            "files%5B0%5D%5Bname%5D=main.py&",
            "files%5B0%5D%5Bcontent%5D=a+%3D+1%0D%0A%23+%C3%A9%26%2B%25%0A&",
            "files%5B1%5D%5Bname%5D=lib%2Fx.py&",
            "files%5B1%5D%5Bcontent%5D=",
        );
        let expected = json!({
            "projectId": "26129044",
            "files": [
                { "name": "main.py", "content": "a = 1\r\n# é&+%\n" },
                { "name": "lib/x.py", "content": "" },
            ],
        });
        assert_eq!(parse(body.as_bytes()), expected);
    }

    #[test]
    fn names_nest_as_in_php() {
        let cases = [
            ("", json!({})),
            ("&&", json!({})),
            ("a", json!({ "a": "" })),
            ("a=b=c", json!({ "a": "b=c" })),
            ("a=1&a=2", json!({ "a": "2" })),
            ("start=0&0=x", json!({ "start": "0", "0": "x" })),
            // Lists, and what is none.
            ("a[0]=x&a[1]=y", json!({ "a": ["x", "y"] })),
            ("a[]=x&a[]=y", json!({ "a": ["x", "y"] })),
            ("a[ ]=x", json!({ "a": ["x"] })),
            ("a[0]=x&a[0]=y", json!({ "a": ["y"] })),
            ("a[1]=x&a[0]=y", json!({ "a": { "0": "y", "1": "x" } })),
            ("a[0]=x&a[2]=y", json!({ "a": { "0": "x", "2": "y" } })),
            ("a[0]=x&a[k]=y", json!({ "a": { "0": "x", "k": "y" } })),
            ("a[k]=x&a[]=y", json!({ "a": { "0": "y", "k": "x" } })),
            ("a[5]=x&a[]=y", json!({ "a": { "5": "x", "6": "y" } })),
            ("a[00]=x", json!({ "a": { "00": "x" } })),
            ("a[+0]=x", json!({ "a": { " 0": "x" } })),
            ("a[%2B1]=x", json!({ "a": { "+1": "x" } })),
            ("a[-1]=x&a[]=y", json!({ "a": { "-1": "x", "0": "y" } })),
            ("a[9223372036854775807]=x&a[]=y", json!({ "a": { "9223372036854775807": "x" } })),
            ("a[][k]=x&a[][k]=y", json!({ "a": [{ "k": "x" }, { "k": "y" }] })),
            ("a[b][c][d]=x", json!({ "a": { "b": { "c": { "d": "x" } } } })),
            // Conflicts: the later one wins.
            ("a=1&a[b]=2", json!({ "a": { "b": "2" } })),
            ("a[b]=2&a=1", json!({ "a": "1" })),
            ("a[b]=1&a[b][c]=2", json!({ "a": { "b": { "c": "2" } } })),
            // Odd names.
            ("=x", json!({})),
            ("[a]=x", json!({})),
            ("++a=x", json!({ "a": "x" })),
            ("a+=x", json!({ "a_": "x" })),
            ("a.b+c=x", json!({ "a_b_c": "x" })),
            ("a.b[c.d]=x", json!({ "a_b": { "c.d": "x" } })),
            ("a[b=x", json!({ "a_b": "x" })),
            ("a]=x", json!({ "a]": "x" })),
            ("a[b]c=x", json!({ "a": { "b": "x" } })),
            ("a[b][c=x", json!({ "a": { "b": "x" } })),
            ("a[b[c]]=x", json!({ "a": { "b[c": "x" } })),
            // Bytes that are no UTF-8, escapes that are none.
            ("a=%FF&%80=b", json!({ "a": "\u{FFFD}", "\u{FFFD}": "b" })),
            ("a=%zz%4", json!({ "a": "%zz%4" })),
        ];
        for (input, expected) in cases {
            assert_eq!(parse(input.as_bytes()), expected, "{input}");
        }
    }

    #[test]
    fn a_list_of_many_keeps_its_order() {
        let texts: Vec<String> = (0..120).map(|number| number.to_string()).collect();
        let pairs: Vec<String> = texts.iter().map(|text| format!("a[{text}]={text}")).collect();
        assert_eq!(parse(pairs.join("&").as_bytes()), json!({ "a": texts }));
    }

    #[test]
    fn nesting_is_bounded() {
        let allowed = format!("a{}=x", "[k]".repeat(MAX_DEPTH));
        assert!(parse(allowed.as_bytes()).get("a").is_some());
        let refused = format!("a{}=x&b=y", "[k]".repeat(MAX_DEPTH + 1));
        assert_eq!(parse(refused.as_bytes()), json!({ "b": "y" }));
        let enormous = format!("a{}=x&b=y", "[".repeat(1 << 20));
        assert_eq!(parse(enormous.as_bytes()).get("b"), Some(&json!("y")));
    }

    #[test]
    fn pairs_are_bounded() {
        let pairs = "a[]=x&".repeat(MAX_PAIRS) + "b=y";
        let parsed = parse(pairs.as_bytes());
        assert_eq!(parsed["a"].as_array().map(Vec::len), Some(MAX_PAIRS));
        assert_eq!(parsed.get("b"), None);
    }

    /// Texts, lists and maps; an empty list or map cannot be written in a form.
    fn value() -> impl Strategy<Value = Value> {
        let text = any::<String>().prop_map(Value::String);
        text.prop_recursive(5, 40, 4, |inner| {
            let list = prop::collection::vec(inner.clone(), 1..4).prop_map(Value::Array);
            let map = prop::collection::btree_map("[a-z][^\\]]{0,6}", inner, 1..4);
            prop_oneof![list, map.prop_map(|map| Value::Object(map.into_iter().collect()))]
        })
    }

    /// Writes `value` as the pairs of a form, the way clients do.
    fn write_pairs(name: &str, value: &Value, form: &mut Vec<String>) {
        let encode =
            |text: &str| -> String { form_urlencoded::byte_serialize(text.as_bytes()).collect() };
        match value {
            Value::Array(values) => {
                for (index, value) in values.iter().enumerate() {
                    write_pairs(&format!("{name}[{index}]"), value, form);
                }
            }
            Value::Object(values) => {
                for (key, value) in values {
                    write_pairs(&format!("{name}[{key}]"), value, form);
                }
            }
            scalar => {
                let text = encode(scalar.as_str().unwrap_or_default());
                form.push(format!("{}={text}", encode(name)));
            }
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_answered_with_an_object(input in any::<Vec<u8>>()) {
            prop_assert!(parse(&input).is_object());
        }

        #[test]
        fn any_brackets_are_answered_with_an_object(input in r"[ab01\[\]=&+%. ]{0,80}") {
            prop_assert!(parse(input.as_bytes()).is_object());
        }

        #[test]
        fn what_is_written_is_read(
            fields in prop::collection::btree_map("[a-z][a-zA-Z0-9_-]{0,6}", value(), 0..4),
        ) {
            let mut pairs = Vec::new();
            for (name, value) in &fields {
                write_pairs(name, value, &mut pairs);
            }
            let expected = Value::Object(fields.into_iter().collect());
            prop_assert_eq!(parse(pairs.join("&").as_bytes()), expected);
        }
    }
}
