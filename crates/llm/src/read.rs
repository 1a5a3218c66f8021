//! Reads the text of an answer against its schema, trusting nothing.
//!
//! Providers promise the shape to different degrees, and some not at all; every part is checked here again: there, once,
//! of its type, in range, among the choices, not too long, and nothing else beside it. Whatever a model says in a key or a
//! word that does not fit is never repeated in an error.

use crate::answer::{Score, Value};
use crate::clean::visible;
use crate::ending::{Ending, Fault};
use crate::probe::Capability;
use crate::schema::{Kind, Part, Schema};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value as Json;

/// The parts of the schema, in its order.
pub(crate) fn read(text: &str, schema: &Schema, form: Capability) -> Result<Vec<(String, Value)>, Ending> {
    let object = match form {
        Capability::JsonSchema => text,
        // Without a schema on the server's side, words and code fences stand around the object.
        Capability::JsonObject | Capability::Text => {
            first_object(text).ok_or(Ending::Malformed(Fault::NotJson))?
        }
    };
    let Pairs(pairs) = serde_json::from_str(object).map_err(|error: serde_json::Error| {
        Ending::Malformed(if error.is_data() { Fault::NotAnObject } else { Fault::NotJson })
    })?;
    if pairs.iter().any(|(key, _)| !schema.parts().iter().any(|part| part.name == *key)) {
        return Err(Ending::Malformed(Fault::Extra));
    }
    schema.parts().iter().map(|part| Ok((part.name.clone(), value(part, &pairs)?))).collect()
}

fn value(part: &Part, pairs: &[(String, Json)]) -> Result<Value, Ending> {
    let name = || part.name.clone();
    let mut of_part = pairs.iter().filter(|(key, _)| *key == part.name).map(|(_, value)| value);
    let found = of_part.next().ok_or_else(|| Ending::Malformed(Fault::Missing(name())))?;
    if of_part.next().is_some() {
        return Err(Ending::Malformed(Fault::Twice(name())));
    }
    let wrong_type = || Ending::Malformed(Fault::WrongType(name()));
    let text = || found.as_str().ok_or_else(wrong_type);
    let short = |most: usize| {
        let text = visible(text()?).trim().to_owned();
        if text.chars().count() > most { Err(Ending::TooLong(name())) } else { Ok(text) }
    };
    match &part.kind {
        Kind::Score(_) => {
            // A whole number too large for an i64 is out of range, not of another type.
            let number = found.as_number().filter(|n| !n.is_f64()).ok_or_else(wrong_type)?;
            let score = number.as_i64().and_then(Score::new);
            score.map(Value::Score).ok_or_else(|| Ending::OutOfRange(name()))
        }
        Kind::Choice(words) => {
            let text = text()?;
            let known = words.iter().find(|word| *word == text);
            known.cloned().map(Value::Choice).ok_or_else(|| Ending::UnknownChoice(name()))
        }
        Kind::Quote(most) => short(*most).map(Value::Quote),
        Kind::Words(most) => short(*most).map(Value::Words),
    }
}

/// An object's pairs as they stand, those that come twice included.
struct Pairs(Vec<(String, Json)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Pairs;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = vec![];
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// The first JSON object in a text.
pub(crate) fn first_object(text: &str) -> Option<&str> {
    /// Braces tried: an answer of nothing but braces must not take long.
    const MOST: usize = 64;
    text.match_indices('{').take(MOST).find_map(|(at, _)| {
        let rest = &text[at..];
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        stream.next()?.ok()?;
        rest.get(..stream.byte_offset())
    })
}
