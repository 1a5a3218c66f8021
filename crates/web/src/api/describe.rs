//! The description of the API: OpenAPI 3.1, whose schemas are the JSON Schemas of the answers' own types.
//!
//! Deliberately not here: the table of operations. Known limit: what an answer may hold beside what is described is nothing, but
//! schemas do not forbid it, so that a later version may add a value.

use super::operations::Operation;
use super::problem::{self, KIND};
use schemars::generate::SchemaSettings;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// What the numbers of problems stand for.
const PROBLEMS: [(&str, &str); 8] = [
    ("400", "The request makes no sense"),
    ("401", "No key, or none that lets in"),
    ("403", "The key lacks the scope"),
    ("404", "There is no such thing, or the key may not see it"),
    ("409", "Somebody else is at work on the project, or other words were sent under the same id"),
    ("422", "It makes sense, and cannot be done as things are"),
    ("429", "Too many requests with this key"),
    ("503", "It cannot be done just now"),
];

/// Those of requests with a body.
const BODY_PROBLEMS: [(&str, &str); 2] = [("413", "The body is too large"), ("415", "The body is no JSON")];

const ABOUT: &str = "What Upnext's dashboard shows, and what may be answered on it, for programs. Send a key of `upnext api-key \
                     create` as `Authorization: Bearer KEY`. Problems are application/problem+json (RFC 9457). What a key may not \
                     see answers as what does not exist. Scores are 0-100, shares are percent, times are RFC 3339.";

/// The whole description.
pub(super) fn description(operations: &[Operation]) -> Value {
    let mut answers = answers();
    let mut paths = Map::new();
    let problem = answers.subschema_for::<problem::Body>();
    for operation in operations {
        let described = described(operation, &mut answers, &problem);
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        path[operation.method] = described;
    }
    let schemas = Value::Object(answers.take_definitions(true));
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Upnext", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT },
        "servers": [{ "url": super::ROOT }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": { "key": { "type": "http", "scheme": "bearer" } },
        },
    })
}

/// Schemas of what is sent: by name, for the part of the description that holds them.
fn answers() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.definitions_path = "/components/schemas".into();
        settings.meta_schema = None;
    });
    settings.for_serialize().into_generator()
}

/// Schemas of what is taken: each whole, where it is used.
fn inputs() -> SchemaGenerator {
    let settings = SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    settings.for_deserialize().into_generator()
}

fn described(operation: &Operation, answers: &mut SchemaGenerator, problem: &Schema) -> Value {
    let mut responses = Map::new();
    let content = |kind: &str, schema: &Value| json!({ kind: { "schema": schema } });
    let answer = (operation.answer)(answers).to_value();
    responses.insert(
        "200".into(),
        json!({ "description": "Done", "content": content("application/json", &answer) }),
    );
    if let Some(accepted) = operation.accepted {
        let schema = accepted(answers).to_value();
        let described =
            json!({ "description": "It goes on", "content": content("application/json", &schema) });
        responses.insert("202".into(), described);
    }
    let more = if operation.body.is_some() { &BODY_PROBLEMS[..] } else { &[] };
    for (status, what) in PROBLEMS.iter().chain(more) {
        let described = json!({ "description": what, "content": content(KIND, problem.as_value()) });
        responses.insert((*status).into(), described);
    }
    let mut parameters = in_path(operation.path);
    if let Some(query) = operation.query {
        parameters.extend(in_query(&query(&mut inputs()).to_value()));
    }
    let scope = operation.scope.word();
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "description": format!("Takes a key with the scope `{scope}`."),
        "security": [{ "key": [scope] }],
        "parameters": parameters,
        "responses": responses,
    });
    if let Some(body) = operation.body {
        let schema = body(&mut inputs()).to_value();
        described["requestBody"] =
            json!({ "required": true, "content": content("application/json", &schema) });
    }
    described
}

/// The parts of a path that are named in braces.
fn in_path(path: &str) -> Vec<Value> {
    let names = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let parameter = |name: &str| {
        let what = match name {
            "project" | "task" => "Its gid in Asana",
            _ => "Its id, as lists tell it",
        };
        json!({
            "name": name, "in": "path", "required": true, "description": what,
            "schema": { "type": "string", "minLength": 1, "maxLength": 200 },
        })
    };
    names.map(parameter).collect()
}

/// The properties of a query's schema as parameters.
fn in_query(schema: &Value) -> Vec<Value> {
    let Some(properties) = schema["properties"].as_object() else { return vec![] };
    let parameter = |(name, property): (&String, &Value)| {
        let mut schema = without_null(property.clone());
        let what = schema.as_object_mut().and_then(|schema| schema.remove("description"));
        json!({ "name": name, "in": "query", "description": what.unwrap_or_default(), "schema": schema })
    };
    properties.iter().map(parameter).collect()
}

/// A schema in which what may be left out is not null besides: a query has no word for it.
fn without_null(mut schema: Value) -> Value {
    let Some(object) = schema.as_object_mut() else { return schema };
    if let Some(kinds) = object.get_mut("type").and_then(Value::as_array_mut) {
        kinds.retain(|kind| kind != "null");
        if let [only] = kinds.as_slice() {
            object["type"] = only.clone();
        }
    }
    if let Some(variants) = object.get_mut("anyOf").and_then(Value::as_array_mut) {
        variants.retain(|variant| variant["type"] != "null");
        if let [Value::Object(only)] = variants.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::operations;

    /// Every reference of a description.
    fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(values) => values.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn the_description_is_whole() {
        let described = description(&operations::all());
        let mut found = vec![];
        references(&described, &mut found);
        assert!(found.len() > 20, "{described}");
        for reference in found {
            let pointer = reference.strip_prefix('#').expect("a reference within");
            assert!(described.pointer(pointer).is_some(), "{reference}");
        }
        let ids: Vec<&str> = operations::all().iter().map(|operation| operation.id).collect();
        let once: std::collections::BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(ids.len(), once.len(), "an id is given twice");
    }

    #[test]
    fn what_may_be_left_out_is_not_null() {
        let described = description(&operations::all());
        let ranking = &described["paths"]["/projects/{project}/ranking"]["get"]["parameters"];
        let named = |name: &str| {
            let all = ranking.as_array().expect("parameters");
            all.iter().find(|parameter| parameter["name"] == name).expect(name).clone()
        };
        assert_eq!(named("page")["schema"]["type"], "integer");
        assert_eq!(named("page")["schema"]["minimum"], 1);
        assert!(named("sort").to_string().contains("confidence"), "{}", named("sort"));
        assert!(!named("sort").to_string().contains("null"), "{}", named("sort"));
        assert_eq!(named("project")["required"], true);
    }
}
