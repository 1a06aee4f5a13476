//! The emulator: any requests, signed so that they are read.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use qc_emulator::Emulator;
use qc_proto::{
    Answer, Credentials, Empty, FileList, FileName, Language, ProjectId, ProjectList, bytes::Bytes,
    decode_answer, http,
};
use serde_json::Value;

use super::{
    TOKEN, credentials,
    diff_text::Edit,
    requests::{Field, Id, Name, as_form, as_json, signed},
};

#[derive(Arbitrary, Debug)]
struct Case {
    wall: u64,
    strange_files: Vec<(Name, String)>,
    requests: Vec<Asked>,
}

#[derive(Arbitrary, Debug)]
struct Asked {
    target: Target,
    sent: Sent,
    fields: Vec<Field>,
    project: Option<Id>,
    edits: Vec<Edit>,
    later: u32,
    signature: Signed,
}

/// What the server is asked; what an endpoint needs is put in unless the fields have it.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Target {
    CreateFile,
    ReadFile,
    ReadFiles,
    UpdateFile,
    RenameFile,
    PatchFiles,
    DeleteFile,
    CreateProject,
    ReadProjects,
    DeleteProject,
    Authenticate,
    Unknown,
}

#[derive(Arbitrary, Clone, Debug)]
enum Sent {
    Json,
    Form,
    FormWithoutType,
    Query,
    Nothing,
    Raw { content_type: u8, body: Vec<u8>, method: u8 },
}

/// Most requests are signed for the service's own second.
#[derive(Arbitrary, Clone, Copy, Debug)]
enum Signed {
    Now,
    Soon,
    Recently(u16),
    At(u64),
}

impl Target {
    fn path(self) -> &'static str {
        match self {
            Self::CreateFile => "/api/v2/files/create",
            Self::ReadFile | Self::ReadFiles => "/api/v2//files/read",
            Self::UpdateFile | Self::RenameFile => "/files/update",
            Self::PatchFiles => "/api/v2/files/patch",
            Self::DeleteFile => "/api/v2/files/delete/",
            Self::CreateProject => "/api/v2/projects/create",
            Self::ReadProjects => "/api/v2/projects/read",
            Self::DeleteProject => "/api/v2/projects/delete",
            Self::Authenticate => "/api/v2//authenticate",
            Self::Unknown => "/api/v2/backtests/read",
        }
    }

    /// The names of the fields without which it would be refused unread.
    fn wants(self) -> &'static [&'static str] {
        match self {
            Self::CreateFile | Self::ReadFile | Self::DeleteFile => &["projectId", "name"],
            Self::UpdateFile => &["projectId", "name", "content"],
            Self::RenameFile => &["projectId", "name", "newName"],
            Self::PatchFiles => &["projectId", "patch"],
            Self::CreateProject => &["name", "language"],
            Self::ReadFiles | Self::DeleteProject => &["projectId"],
            Self::ReadProjects | Self::Authenticate | Self::Unknown => &[],
        }
    }
}

/// Any requests, one after the other: each is answered, a refusal changes nothing, what took effect was said once, and
/// what is read is what is there.
pub fn emulator(data: &[u8]) {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let Ok(credentials) = credentials() else { return };
    let mut emulator = Emulator::new(credentials.clone());
    let first = emulator.add_project("Test", Language::Python);
    for (name, content) in &case.strange_files {
        emulator.put_file(first, &name.text(), content);
    }
    let mut wall = case.wall;
    for asked in case.requests.iter().take(24) {
        wall = wall.saturating_add(asked.later.into());
        let Some(request) = request(asked, &emulator, first, (&credentials, wall)) else {
            continue;
        };
        let expected = patched(asked, &emulator, first);
        let applied = emulator.applied().len();
        step(&mut emulator, Duration::from_secs(wall), &request);
        if emulator.applied().get(applied).is_some_and(|last| last.endpoint == "files/patch") {
            for (name, content) in expected {
                assert_eq!(emulator.file(first, &name), Some(content.as_str()));
            }
        }
    }
}

fn request(
    asked: &Asked,
    emulator: &Emulator,
    first: ProjectId,
    (credentials, wall): (&Credentials, u64),
) -> Option<http::Request<Bytes>> {
    let mut fields: Vec<(String, Value)> =
        asked.fields.iter().map(|field| field.pair(first.get())).collect();
    if let Some(id) = asked.project {
        fields.push(Field::Id(id).pair(first.get()));
    }
    for wanted in asked.target.wants() {
        if fields.iter().all(|(name, _)| name != wanted) {
            let value = match *wanted {
                "projectId" => first.get().into(),
                "name" if matches!(asked.target, Target::CreateFile) => "new.py".into(),
                "name" => "main.py".into(),
                "language" => "Py".into(),
                "patch" => patch(&asked.edits, emulator, first).into(),
                _ => "new.py".into(),
            };
            fields.push(((*wanted).to_owned(), value));
        }
    }
    let timestamp = match asked.signature {
        Signed::Now => wall,
        Signed::Soon => wall.saturating_add(300),
        Signed::Recently(before) => wall.saturating_sub(before.into()),
        Signed::At(second) => second,
    };
    let path = asked.target.path();
    let (post, form) = (http::Method::POST, "application/x-www-form-urlencoded; charset=UTF-8");
    let signature = (credentials, timestamp);
    match &asked.sent {
        Sent::Json => signed(post, path, "application/json", as_json(&fields), signature),
        Sent::Form => signed(post, path, form, as_form(&fields).into_bytes(), signature),
        Sent::FormWithoutType => signed(post, path, "", as_form(&fields).into_bytes(), signature),
        Sent::Query => {
            let target = format!("{path}?{}", as_form(&fields));
            signed(http::Method::GET, &target, "", Vec::new(), signature)
        }
        Sent::Nothing => signed(post, path, "", Vec::new(), signature),
        Sent::Raw { content_type, body, method } => {
            let types = ["application/json", form, "", "text/html"];
            let content_type = types[usize::from(*content_type) % types.len()];
            let methods = [post, http::Method::GET, http::Method::PUT, http::Method::HEAD];
            let method = methods[usize::from(*method) % methods.len()].clone();
            signed(method, path, content_type, body.clone(), signature)
        }
    }
}

/// The files of a project that a request's edits are of: names and contents.
fn edited<'a>(
    edits: &'a [Edit],
    emulator: &'a Emulator,
    project: ProjectId,
) -> impl Iterator<Item = (&'a Edit, String, &'a str)> {
    let names = emulator.file_names(project);
    edits.iter().take(4).filter_map(move |edit| {
        let name = names.get(usize::from(edit.file) % names.len().max(1))?;
        Some((edit, name.clone(), emulator.file(project, name)?))
    })
}

/// A diff over the project's files as they are.
fn patch(edits: &[Edit], emulator: &Emulator, project: ProjectId) -> String {
    edited(edits, emulator, project).map(|(edit, name, old)| edit.section(&name, old)).collect()
}

/// What files are to hold once the request's patch took effect, where that is known.
fn patched(asked: &Asked, emulator: &Emulator, project: ProjectId) -> Vec<(String, String)> {
    let is_plain = asked.fields.is_empty() && asked.project.is_none();
    if !is_plain || matches!(asked.sent, Sent::Raw { .. }) {
        return Vec::new();
    }
    let edited = edited(&asked.edits, emulator, project);
    // Damage to one section can make it a part of the one before.
    let files: Option<_> =
        edited.map(|(edit, name, old)| Some((name, edit.edited(old)?))).collect();
    files.unwrap_or_default()
}

/// Everything that is kept: names and contents.
type Kept = Vec<(ProjectId, String, Vec<(String, String)>)>;

fn kept(emulator: &Emulator) -> Kept {
    let files = |project| {
        let names = emulator.file_names(project).into_iter();
        let content = |name: &String| emulator.file(project, name).unwrap_or_default().to_owned();
        names.map(|name| (content(&name), name)).map(|(content, name)| (name, content)).collect()
    };
    emulator.projects().into_iter().map(|(id, name)| (id, name, files(id))).collect()
}

fn step(emulator: &mut Emulator, wall: Duration, request: &http::Request<Bytes>) {
    let before = kept(emulator);
    let (applied, arrived) = (emulator.applied().len(), emulator.requests().len());
    let response = emulator.handle(wall, request);
    let after = kept(emulator);

    let is_known = matches!(*request.method(), http::Method::GET | http::Method::POST);
    let status = if is_known { http::StatusCode::OK } else { http::StatusCode::METHOD_NOT_ALLOWED };
    assert_eq!(response.status(), status);
    assert_eq!(emulator.requests().len(), arrived + 1);
    let body = response.body();
    assert!(!contains(body, TOKEN.as_bytes()));
    let signature = request.headers().get(http::header::AUTHORIZATION);
    assert!(signature.is_none_or(|signature| !contains(body, signature.as_bytes())));

    let answer = decode_answer::<Empty>(body);
    let path = emulator.requests().last().map(|record| record.path.clone()).unwrap_or_default();
    match answer {
        Ok(Answer::Success(_)) => match path.as_str() {
            "files/read" => reads(emulator, body),
            "projects/read" => lists(emulator, body),
            "authenticate" => {}
            _ => {
                assert_eq!(emulator.applied().len(), applied + 1);
                let last = emulator.applied().last();
                assert_eq!(last.map(|last| last.endpoint), Some(path.as_str()));
                return new_names_are_clean(&before, &after);
            }
        },
        Ok(Answer::Refusal(refusal)) => assert!(!refusal.messages.is_empty()),
        Err(error) => unreachable!("{error}: {body:?}"),
    }
    assert_eq!(emulator.applied().len(), applied);
    assert_eq!(after, before);
}

fn contains(body: &[u8], secret: &[u8]) -> bool {
    body.windows(secret.len().max(1)).any(|part| part == secret)
}

fn reads(emulator: &Emulator, body: &[u8]) {
    let Ok(Answer::Success(list)) = decode_answer::<FileList>(body) else {
        unreachable!("files are read: {body:?}")
    };
    for file in list.files {
        let project = file.project_id.and_then(|id| ProjectId::new(id).ok());
        let there = project.and_then(|project| emulator.file(project, file.name.as_str()));
        assert_eq!(there, Some(file.content.as_str()));
        assert!(file.modified.is_some_and(|modified| modified.since_epoch().is_some()));
    }
}

fn lists(emulator: &Emulator, body: &[u8]) {
    let Ok(Answer::Success(list)) = decode_answer::<ProjectList>(body) else {
        unreachable!("projects are read: {body:?}")
    };
    let there = emulator.projects();
    for project in list.projects {
        assert!(there.contains(&(project.project_id, project.name)));
    }
}

fn new_names_are_clean(before: &Kept, after: &Kept) {
    let old = |project: &ProjectId, name: &str| {
        let known = before.iter().find(|(id, ..)| id == project);
        known.is_some_and(|(.., files)| files.iter().any(|(known, _)| known == name))
    };
    for (project, _, files) in after {
        for (name, _) in files {
            assert!(old(project, name) || FileName::new(name.as_str()).is_ok(), "{name:?}");
        }
    }
}
