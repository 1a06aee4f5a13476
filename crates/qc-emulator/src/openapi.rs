//! The OpenAPI document of what the emulator serves, made of the types that it serves with.

use std::collections::BTreeMap;

use qc_proto::{
    AcquireLock, Authenticate, Compile, CreateCompile, CreateFile, CreateProject, DeleteFile,
    DeleteProject, Empty, FileList, PatchFiles, ReadCompile, ReadFiles, ReadProjects, RemoteName,
    RenameFile, UpdateFile,
};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use crate::{
    server::console::{
        Faults, Rules, WasReset,
        edit::{Edit, Edited},
        state::{Requests, State},
    },
    service::compile::CreatedCompile,
    service::projects::{
        collaborators::{
            Collaborators, CollaboratorsAndPermissions, CreateCollaborator, DeleteCollaborator,
            ReadCollaborators, UpdateCollaborator,
        },
        described::DescribedProjects,
        update::UpdateProject,
    },
};

/// The document, in version 3.1 of OpenAPI.
#[must_use]
pub fn document() -> Value {
    let mut document = Document::new();
    document.service::<Authenticate, Empty>(
        "authenticate",
        "Checks the credentials",
        "Refused where the signature is not good.",
    );
    document.service::<CreateFile, Empty>(
        "files/create",
        "Makes a file",
        "Without `content` it is empty; an empty text is refused, as is a name that is taken.",
    );
    document.service::<ReadFilesOrOne, FileList>(
        "files/read",
        "Reads all files of a project, or the one that is named",
        "With `includeLibraries` the files of its libraries too.",
    );
    document.service::<UpdateOrRename, Empty>(
        "files/update",
        "Replaces a file's content, or renames it",
        "`newName` tells which. An empty content and a taken name are refused.",
    );
    document.service::<PatchFiles, Empty>(
        "files/patch",
        "Applies a unified diff over one file or more",
        "All of it or nothing: each line of context must match.",
    );
    document.service::<DeleteFile, Empty>("files/delete", "Removes a file", "");
    document.service::<CreateProject, DescribedProjects>(
        "projects/create",
        "Makes a project with its first files",
        "A taken name gets a number behind it.",
    );
    document.service::<ReadProjects, DescribedProjects>(
        "projects/read",
        "Reads all projects, or the one that is named",
        "`start` and `end` choose a part of the list.",
    );
    document.service::<UpdateProject, Empty>(
        "projects/update",
        "Changes a project",
        "What is absent stays; a list that is there replaces the whole list. All of it or nothing.",
    );
    document.service::<DeleteProject, Empty>(
        "projects/delete",
        "Moves a project into the recycle bin",
        "It is listed on, under `Recycle Bin/…`.",
    );
    document.service::<AcquireLock, Empty>(
        "projects/collaboration/lock/acquire",
        "Opens a project in one environment",
        "Writes with another `codeSourceId` are refused from then on, and with this one until files were read with it.",
    );
    document.service::<CreateCollaborator, Collaborators>(
        "projects/collaboration/create",
        "Adds a collaborator",
        "One who is there already is refused.",
    );
    document.service::<ReadCollaborators, CollaboratorsAndPermissions>(
        "projects/collaboration/read",
        "Reads the collaborators",
        "The owner first.",
    );
    document.service::<UpdateCollaborator, Collaborators>(
        "projects/collaboration/update",
        "Changes what a collaborator may do",
        "",
    );
    document.service::<DeleteCollaborator, Collaborators>(
        "projects/collaboration/delete",
        "Removes a collaborator",
        "",
    );
    document.service::<CreateCompile, CreatedCompile>(
        "compile/create",
        "Orders a build",
        "Of the files as they are now. Python is parsed; C# is taken as it is.",
    );
    document.service::<ReadCompile, Compile>(
        "compile/read",
        "Reads how far a build is, and its log",
        "`state` is `InQueue`, `BuildSuccess` or `BuildError`; a build that failed is a success of the request.",
    );
    document.console();
    document.finish()
}

/// `name` tells.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "a form to be described")]
#[serde(rename_all = "camelCase")]
struct ReadFilesOrOne {
    #[serde(flatten)]
    all: ReadFiles,
    name: Option<RemoteName>,
}

/// `newName` tells.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "a form to be described")]
#[serde(untagged)]
enum UpdateOrRename {
    Update(UpdateFile),
    Rename(RenameFile),
}

/// The fields of a request as a query says them: texts and numbers, and neither lists nor nothing.
fn parameters<Q: JsonSchema>() -> Value {
    let mut settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.inline_subschemas = true;
    let schema = settings.into_generator().into_root_schema_for::<Q>().to_value();
    // Where one of several forms may come, what all of them need is needed.
    let forms = match schema.get("anyOf").and_then(Value::as_array) {
        Some(forms) => forms.clone(),
        None => vec![schema],
    };
    let is_needed = |name: &String| {
        forms.iter().all(|form| {
            let needed = form["required"].as_array().map(Vec::as_slice).unwrap_or_default();
            needed.iter().any(|needed| needed == name)
        })
    };
    // Sorted: the order of a map depends on what else is built.
    let mut found: BTreeMap<&String, Value> = BTreeMap::new();
    for (name, field) in forms.iter().filter_map(|form| form["properties"].as_object()).flatten() {
        let Some(field) = without_null(field) else { continue };
        let needed = is_needed(name);
        found.entry(name).or_insert_with(
            || json!({ "name": name, "in": "query", "required": needed, "schema": field }),
        );
    }
    found.into_values().collect()
}

/// The schema of what stands there if something does; none for a list.
fn without_null(schema: &Value) -> Option<Value> {
    if let Some(either) = schema.get("anyOf").and_then(Value::as_array) {
        return either.iter().find(|one| one["type"] != "null").and_then(without_null);
    }
    let mut schema = schema.clone();
    if let Some(types) = schema["type"].as_array() {
        schema["type"] = types.iter().find(|one| *one != "null")?.clone();
    }
    schema.as_object_mut()?.remove("default");
    (schema["type"] != "array").then_some(schema)
}

struct Document {
    asked: SchemaGenerator,
    answered: SchemaGenerator,
    paths: Map<String, Value>,
}

impl Document {
    fn new() -> Self {
        let settings = || {
            let mut settings = SchemaSettings::draft2020_12();
            settings.definitions_path = "/components/schemas".into();
            settings.meta_schema = None;
            settings
        };
        Self {
            asked: settings().for_deserialize().into_generator(),
            answered: settings().for_serialize().into_generator(),
            paths: Map::new(),
        }
    }

    /// One endpoint of the service.
    fn service<Q: JsonSchema, A: JsonSchema>(&mut self, path: &str, summary: &str, more: &str) {
        let asked = self.asked.subschema_for::<Q>();
        let payload = self.answered.subschema_for::<A>();
        let answer = json!({
            "oneOf": [
                {
                    "allOf": [
                        payload,
                        {
                            "type": "object",
                            "required": ["success"],
                            "properties": { "success": { "const": true } },
                        },
                    ],
                },
                { "$ref": "#/components/schemas/Refusal" },
            ],
        });
        let responses = json!({
            "200": {
                "description": "Done, or refused: `success` tells",
                "content": { "application/json": { "schema": answer } },
            },
            "413": {
                "description": "A file, or the request, is too large",
                "content": {
                    "application/json": { "schema": { "$ref": "#/components/schemas/Refusal" } },
                },
            },
            "429": {
                "description": "Too many requests, where a rate limit was ordered",
                "headers": { "Retry-After": { "schema": { "type": "integer" } } },
                "content": { "text/html": { "schema": { "type": "string" } } },
            },
        });
        let operation = |method: &str| {
            json!({
                "operationId": format!("{method}_{}", path.replace('/', "_")),
                "tags": [path.split('/').next()],
                "summary": summary,
                "description": more,
                "security": [{ "signature": [], "timestamp": [] }],
                "responses": responses,
            })
        };
        let (mut post, mut get) = (operation("post"), operation("get"));
        post["requestBody"] = json!({ "content": { "application/json": { "schema": asked } } });
        get["parameters"] = parameters::<Q>();
        self.paths.insert(format!("/api/v2/{path}"), json!({ "post": post, "get": get }));
    }

    /// What the emulator says of itself.
    fn console(&mut self) {
        let text = |description: &str| {
            json!({
                "description": description,
                "content": { "text/plain": { "schema": { "type": "string" } } },
            })
        };
        let data = |schema: schemars::Schema| {
            json!({
                "description": "Data",
                "content": { "application/json": { "schema": schema } },
            })
        };
        let operation = |id: &str, summary: &str, responses: Value| {
            json!({
                "operationId": id,
                "tags": ["emulator"],
                "summary": summary,
                "security": [],
                "responses": responses,
            })
        };
        let elsewhere = text("Asked for by another site's page");
        let requests = data(self.answered.subschema_for::<Requests>());
        let state = data(self.answered.subschema_for::<State>());
        let rules = data(self.answered.subschema_for::<Rules>());
        let reset = data(self.answered.subschema_for::<WasReset>());
        let edited = data(self.answered.subschema_for::<Edited>());
        let order = self.asked.subschema_for::<Faults>();
        let edit_order = self.asked.subschema_for::<Edit>();
        let healthy = json!({ "200": text("It serves") });
        let mut faults = operation(
            "emulator_faults",
            "Orders what is to go wrong",
            json!({ "200": rules, "400": text("A rule makes no sense; nothing was changed"), "403": elsewhere }),
        );
        faults["requestBody"] =
            json!({ "required": true, "content": { "application/json": { "schema": order } } });
        let mut edit = operation(
            "emulator_edit",
            "Changes a file as someone else would, so that a client meets a conflict",
            json!({
                "200": edited,
                "400": text("It makes no sense; nothing was changed"),
                "403": elsewhere,
                "404": text("There is no such project"),
            }),
        );
        edit["requestBody"] = json!({ "required": true, "content": { "application/json": { "schema": edit_order } } });
        for (path, method, operation) in [
            ("/healthz", "get", operation("health", "Says that it serves", healthy)),
            (
                "/_emulator/requests",
                "get",
                operation(
                    "emulator_requests",
                    "Every request to the service that is still known",
                    json!({ "200": requests, "403": elsewhere }),
                ),
            ),
            (
                "/_emulator/state",
                "get",
                operation(
                    "emulator_state",
                    "Projects, files without contents, users without tokens, faults",
                    json!({ "200": state, "403": elsewhere }),
                ),
            ),
            ("/_emulator/edit", "post", edit),
            ("/_emulator/faults", "post", faults),
            (
                "/_emulator/reset",
                "post",
                operation(
                    "emulator_reset",
                    "Goes back to how things were at the start",
                    json!({ "200": reset, "403": elsewhere }),
                ),
            ),
        ] {
            self.paths.insert(path.to_owned(), json!({ method: operation }));
        }
    }

    fn finish(mut self) -> Value {
        let mut schemas = self.asked.take_definitions(true);
        // A type that is asked with and answered with has one form only: `Parameter`, `ProjectId`.
        schemas.extend(self.answered.take_definitions(true));
        schemas.insert(
            "Refusal".to_owned(),
            json!({
                "type": "object",
                "description": "What a request was refused for",
                "required": ["success", "errors"],
                "properties": {
                    "success": { "const": false },
                    "errors": { "type": "array", "items": { "type": "string" } },
                    "errorCode": { "type": "integer" },
                },
            }),
        );
        json!({
            "openapi": "3.1.0",
            "info": {
                "title": "QuantConnect file API, as the emulator serves it",
                "version": env!("CARGO_PKG_VERSION"),
                "description": "A refusal is HTTP 200 with `success: false`. What is posted may also come as a form in PHP's \
                    nesting. Faults that were ordered are not in here.",
                "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
            },
            "servers": [{ "url": "http://127.0.0.1:5612" }],
            "paths": self.paths,
            "components": {
                "schemas": schemas,
                "securitySchemes": {
                    "signature": {
                        "type": "http",
                        "scheme": "basic",
                        "description": "The user id, and the SHA-256 of `API_TOKEN:TIMESTAMP` in hexadecimal digits",
                    },
                    "timestamp": {
                        "type": "apiKey",
                        "in": "header",
                        "name": "Timestamp",
                        "description": "The seconds since the Unix epoch that were signed",
                    },
                },
            },
        })
    }
}
