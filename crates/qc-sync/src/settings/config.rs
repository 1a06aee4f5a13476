//! `config.json`, the official command line tool's file for what it knows of a project.

use std::{
    collections::BTreeSet,
    io,
    path::{Component, Path, PathBuf},
};

use jsonc_parser::{
    ParseOptions,
    cst::{CstArray, CstInputValue, CstObject, CstRootNode},
};
use qc_proto::{Project, ProjectId};
use serde_json::{Map, Value};

use crate::{
    folder::{FolderError, read_plain, write_readable},
    settings::{SettingChange, SettingKey, Settings, cloud, workspace::workspace},
};

/// Its name.
pub const CONFIG: &str = "config.json";
const ID: &str = "cloud-id";
const ORGANIZATION: &str = "organization-id";
const LANGUAGE: &str = "algorithm-language";
const LIBRARIES: &str = "libraries";
/// Editors on Windows put it in front.
const MARK: &str = "\u{feff}";

/// A project's `config.json`. What is changed in it is changed in place: other keys stay byte for byte, in their order.
#[derive(Clone, Debug)]
pub struct Config {
    path: PathBuf,
    text: String,
    fields: Map<String, Value>,
}

/// The settings in a `config.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LocalSettings {
    /// What it says.
    pub(crate) values: Settings,
    /// The fields that it says nothing of: they are left alone.
    pub(crate) skipped: BTreeSet<&'static str>,
    /// The libraries that are not in the cloud, by their paths below the workspace.
    pub(crate) unknown_libraries: Vec<String>,
}

impl Config {
    /// Reads the file of a folder. None if it has none.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`] if it cannot be read, [`FolderError::Config`] if it is no object of JSON.
    pub fn read(folder: &Path) -> Result<Option<Self>, FolderError> {
        let path = folder.join(CONFIG);
        let bytes = match read_plain(&path) {
            Ok(bytes) => bytes,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(why) => return Err(FolderError::Io { path, why }),
        };
        let text = String::from_utf8(bytes)
            .map_err(|_| config_error(&path, None, "it is not written in UTF-8"))?;
        Self::parse(path, text).map(Some)
    }

    fn parse(path: PathBuf, text: String) -> Result<Self, FolderError> {
        let parsed = serde_json::from_str(text.trim_start_matches(MARK));
        let fields =
            parsed.map_err(|why: serde_json::Error| config_error(&path, None, &why.to_string()))?;
        Ok(Self { path, text, fields })
    }

    /// The file that the official tool writes for a project that it has pulled. Nothing is written yet.
    #[must_use]
    pub fn for_project(folder: &Path, project: &Project) -> Self {
        let mut fields = Map::new();
        let language = if project.language.as_deref() == Some("C#") { "CSharp" } else { "Python" };
        fields.insert(LANGUAGE.to_owned(), language.into());
        fields.insert("parameters".to_owned(), Value::Object(Map::new()));
        fields.insert("description".to_owned(), "".into());
        fields.insert(ORGANIZATION.to_owned(), project.organization_id.clone().into());
        fields.insert(ID.to_owned(), project.project_id.get().into());
        let text = format!("{:#}\n", Value::Object(fields.clone()));
        Self { path: folder.join(CONFIG), text, fields }
    }

    /// As [`for_project`](Self::for_project), with the settings that the project has in the cloud, but for its libraries.
    ///
    /// # Errors
    ///
    /// [`FolderError::Config`] if it cannot be edited.
    pub fn with_settings(folder: &Path, project: &Project) -> Result<Self, FolderError> {
        let mut config = Self::for_project(folder, project);
        let known = cloud::read(project).values.into_iter();
        let change = |(key, to)| SettingChange { key, from: None, to: Some(to) };
        let known = known.filter(|(key, _)| !matches!(key, SettingKey::Library(_)));
        config.apply(&known.map(change).collect::<Vec<_>>())?;
        Ok(config)
    }

    /// Returns the project that it names. None if it names none.
    ///
    /// # Errors
    ///
    /// [`FolderError::Config`] for what is no number of a project.
    pub fn project(&self) -> Result<Option<ProjectId>, FolderError> {
        let Some(id) = self.fields.get(ID).filter(|id| !id.is_null()) else { return Ok(None) };
        let number = id.as_str().map_or_else(|| id.to_string(), str::to_owned);
        let why = || format!("it is no project's number: {id}");
        number.parse().map(Some).map_err(|_| self.error(ID, &why()))
    }

    /// Returns the organization that it names. None if it names none.
    #[must_use]
    pub fn organization(&self) -> Option<&str> {
        self.fields.get(ORGANIZATION).and_then(Value::as_str).filter(|id| !id.is_empty())
    }

    /// Returns the language that it names, such as `Python`. None if it names none.
    #[must_use]
    pub fn language(&self) -> Option<&str> {
        self.fields.get(LANGUAGE).and_then(Value::as_str)
    }

    /// Returns whether the project's files are ciphertext in the cloud, as the official tool notes it.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.fields.get("encrypted") == Some(&Value::Bool(true))
    }

    /// Names a project, and takes back that one is encrypted.
    ///
    /// # Errors
    ///
    /// [`FolderError::Config`] if it cannot be edited.
    pub fn set_project(&mut self, project: &Project) -> Result<(), FolderError> {
        self.edit(|config| {
            set(config, ID, CstInputValue::Number(project.project_id.to_string()));
            if let Some(organization) = &project.organization_id {
                set(config, ORGANIZATION, organization.as_str().into());
            }
            if let Some(encrypted) = config.get("encrypted") {
                encrypted.remove();
            }
        })
    }

    /// Returns the settings in it. Libraries are only known inside of a workspace.
    ///
    /// # Errors
    ///
    /// [`FolderError::Config`], with the key, for a value that is not what the official tool writes.
    pub(crate) fn settings(&self) -> Result<LocalSettings, FolderError> {
        let mut local = LocalSettings::default();
        match self.fields.get("description") {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.is_empty() => {}
            Some(Value::String(text)) => {
                local.values.insert(SettingKey::Description, text.clone());
            }
            Some(_) => return Err(self.error("description", "it must be text")),
        }
        match self.fields.get("parameters") {
            None | Some(Value::Null) => {}
            Some(Value::Object(parameters)) => {
                for (name, value) in parameters {
                    let Value::String(value) = value else {
                        let key = format!("parameters.{name}");
                        return Err(self.error(&key, "it must be text, in quotation marks"));
                    };
                    if name.is_empty() {
                        return Err(self.error("parameters", "a parameter must have a name"));
                    }
                    local.values.insert(SettingKey::Parameter(name.clone()), value.clone());
                }
            }
            Some(_) => return Err(self.error("parameters", "it must be an object")),
        }
        for key in [SettingKey::LeanEngine, SettingKey::PythonVenv] {
            match self.whole_number(key.field())? {
                // The newest version.
                Some(-1) | None => {}
                Some(number) => drop(local.values.insert(key, number.to_string())),
            }
        }
        self.libraries(&mut local)?;
        Ok(local)
    }

    fn whole_number(&self, key: &str) -> Result<Option<i64>, FolderError> {
        let number = match self.fields.get(key) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::Number(number)) => number.as_i64(),
            Some(Value::String(text)) => text.parse().ok(),
            Some(_) => None,
        };
        number.map(Some).ok_or_else(|| self.error(key, "it must be a whole number"))
    }

    /// Returns the folders of the libraries that it names, below the workspace.
    ///
    /// # Errors
    ///
    /// [`FolderError::Config`] for what is no list of folders below it.
    pub fn library_paths(&self) -> Result<Vec<&str>, FolderError> {
        let mut paths = Vec::new();
        for library in self.listed_libraries()? {
            let path = library.get("path").and_then(Value::as_str);
            let path = path.ok_or_else(|| self.error(LIBRARIES, "each must have a `path`"))?;
            let inside =
                Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));
            if !inside || path.is_empty() {
                let why = format!("`{path}` must be a folder below the workspace");
                return Err(self.error(LIBRARIES, &why));
            }
            paths.push(path);
        }
        Ok(paths)
    }

    fn listed_libraries(&self) -> Result<&[Value], FolderError> {
        match self.fields.get(LIBRARIES) {
            None | Some(Value::Null) => Ok(&[]),
            Some(Value::Array(libraries)) => Ok(libraries),
            Some(_) => Err(self.error(LIBRARIES, "it must be a list")),
        }
    }

    fn libraries(&self, local: &mut LocalSettings) -> Result<(), FolderError> {
        self.listed_libraries()?;
        let Some(workspace) = self.path.parent().and_then(workspace) else {
            local.skipped.insert(LIBRARIES);
            return Ok(());
        };
        for path in self.library_paths()? {
            let project = match Self::read(&workspace.join(path))? {
                Some(config) => config.project()?,
                None => None,
            };
            match project {
                Some(id) => drop(local.values.insert(SettingKey::Library(id), path.to_owned())),
                None => local.unknown_libraries.push(path.to_owned()),
            }
        }
        Ok(())
    }

    /// Puts changed values in, in place.
    ///
    /// # Errors
    ///
    /// [`FolderError::Config`] if it cannot be edited.
    pub(crate) fn apply(&mut self, changes: &[SettingChange]) -> Result<(), FolderError> {
        let workspace = self.path.parent().and_then(workspace);
        self.edit(|config| {
            for change in changes {
                apply(config, change, workspace.as_deref());
            }
        })
    }

    fn edit(&mut self, edit: impl FnOnce(&CstObject)) -> Result<(), FolderError> {
        let bare = self.text.trim_start_matches(MARK);
        let mark = if bare.len() < self.text.len() { MARK } else { "" };
        let root = CstRootNode::parse(bare, &ParseOptions::default())
            .map_err(|why| config_error(&self.path, None, &why.to_string()))?;
        edit(&root.object_value_or_set());
        *self = Self::parse(self.path.clone(), format!("{mark}{root}"))?;
        Ok(())
    }

    /// Writes the file, whole or not at all. Others may read it, as they may read any new file of this user.
    ///
    /// # Errors
    ///
    /// [`FolderError::Io`].
    pub fn save(&self) -> Result<(), FolderError> {
        write_readable(&self.path, self.text.as_bytes())
            .map_err(|why| FolderError::Io { path: self.path.clone(), why })
    }

    fn error(&self, key: &str, why: &str) -> FolderError {
        config_error(&self.path, Some(key), why)
    }
}

fn config_error(path: &Path, key: Option<&str>, why: &str) -> FolderError {
    let key = key.map(str::to_owned);
    FolderError::Config { path: path.to_owned(), key, why: why.to_owned() }
}

fn set(object: &CstObject, key: &str, value: CstInputValue) {
    match object.get(key) {
        Some(property) => property.set_value(value),
        None => drop(object.append(key, value)),
    }
}

fn unset(object: &CstObject, key: &str) {
    if let Some(property) = object.get(key) {
        property.remove();
    }
}

fn apply(config: &CstObject, change: &SettingChange, workspace: Option<&Path>) {
    let field = change.key.field();
    match (&change.key, &change.to) {
        // An absent description is an empty text, which the official tool writes.
        (SettingKey::Description, to) => {
            set(config, field, to.as_deref().unwrap_or_default().into());
        }
        (SettingKey::Parameter(name), Some(value)) => {
            set(&config.object_value_or_set(field), name, value.as_str().into());
        }
        (SettingKey::Parameter(name), None) => {
            if let Some(parameters) = config.object_value(field) {
                unset(&parameters, name);
            }
        }
        (SettingKey::LeanEngine | SettingKey::PythonVenv, Some(number)) => {
            set(config, field, CstInputValue::Number(number.clone()));
        }
        (SettingKey::LeanEngine | SettingKey::PythonVenv, None) => unset(config, field),
        (SettingKey::Library(_), Some(path)) => {
            let name = path.rsplit('/').next().unwrap_or_default().to_owned();
            config.array_value_or_set(field).append(CstInputValue::Object(vec![
                ("name".to_owned(), name.into()),
                ("path".to_owned(), path.clone().into()),
            ]));
        }
        (SettingKey::Library(id), None) => {
            if let Some(libraries) = config.array_value(field) {
                remove_library(&libraries, *id, change.from.as_deref(), workspace);
            }
        }
    }
}

fn remove_library(
    libraries: &CstArray,
    id: ProjectId,
    known_path: Option<&str>,
    workspace: Option<&Path>,
) {
    for library in libraries.elements() {
        let Some(path) = library
            .as_object()
            .and_then(|object| object.get("path")?.value()?.as_string_lit()?.decoded_value().ok())
        else {
            continue;
        };
        let found = workspace
            .and_then(|workspace| Config::read(&workspace.join(&path)).ok()?)
            .and_then(|config| config.project().ok()?);
        if found == Some(id) || known_path == Some(path.as_str()) {
            library.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn config(text: &str) -> (TempDir, Config) {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(CONFIG), text).unwrap();
        let config = Config::read(folder.path()).unwrap().unwrap();
        (folder, config)
    }

    fn change(key: &str, from: Option<&str>, to: Option<&str>) -> SettingChange {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        SettingChange { key: key.parse().unwrap(), from: owned(from), to: owned(to) }
    }

    #[test]
    fn other_keys_stay_byte_for_byte() {
        let text = "\u{feff}{\r\n\t\"b\": 1.50e2,\t\"parameters\": {\"period\" : \"14\", \"fast\":\"1\"},\r\n\t\"a\":  [ ],\r\n\t\"description\": \"\\u0041\"\r\n}\r\n";
        let (folder, mut config) = config(text);
        config
            .apply(&[
                change("parameters.period", Some("14"), Some("21 \"x\"")),
                change("parameters.fast", Some("1"), None),
                change("description", Some("A"), Some("B")),
            ])
            .unwrap();
        config.save().unwrap();
        let expected = "\u{feff}{\r\n\t\"b\": 1.50e2,\t\"parameters\": {\"period\" : \"21 \\\"x\\\"\"},\r\n\t\"a\":  [ ],\r\n\t\"description\": \"B\"\r\n}\r\n";
        assert_eq!(fs::read_to_string(folder.path().join(CONFIG)).unwrap(), expected);
    }

    #[test]
    fn new_keys_stand_behind_the_others() {
        let (_folder, mut config) = config("{\n    \"cloud-id\": 5\n}\n");
        config
            .apply(&[
                change("lean-engine", None, Some("15000")),
                change("parameters.x", None, Some("1")),
                change("python-venv", None, Some("2")),
            ])
            .unwrap();
        assert!(
            config.text.starts_with("{\n    \"cloud-id\": 5,\n    \"lean-engine\": 15000,\n"),
            "{}",
            config.text
        );
        let local = config.settings().unwrap();
        let found: Vec<_> =
            local.values.iter().map(|(key, value)| format!("{key}={value}")).collect();
        assert_eq!(found, ["parameters.x=1", "lean-engine=15000", "python-venv=2"]);
        config.apply(&[change("lean-engine", Some("15000"), None)]).unwrap();
        assert!(!config.text.contains("lean-engine"), "{}", config.text);
    }

    #[test]
    fn what_makes_no_sense_is_told_with_file_and_key() {
        for (text, key) in [
            (r#"{"description": 5}"#, "description: it must be text"),
            (r#"{"parameters": []}"#, "parameters: it must be an object"),
            (r#"{"parameters": {"period": 14}}"#, "parameters.period: it must be text"),
            (r#"{"parameters": {"": "14"}}"#, "parameters: a parameter must have a name"),
            (r#"{"lean-engine": "newest"}"#, "lean-engine: it must be a whole number"),
            (r#"{"python-venv": 1.5}"#, "python-venv: it must be a whole number"),
            (r#"{"libraries": {}}"#, "libraries: it must be a list"),
        ] {
            let (folder, config) = config(text);
            let error = config.settings().unwrap_err().to_string();
            let file = folder.path().join(CONFIG).display().to_string();
            assert!(error.starts_with(&file) && error.contains(key), "{text}: {error}");
        }
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join(CONFIG), "{").unwrap();
        assert!(matches!(Config::read(folder.path()), Err(FolderError::Config { .. })));
    }

    #[test]
    fn libraries_are_folders_of_the_workspace() {
        let workspace = TempDir::new().unwrap();
        let at = |path: &str| workspace.path().join(path);
        for folder in ["Strategy", "Library/Tools", "Library/New"] {
            fs::create_dir_all(at(folder)).unwrap();
        }
        fs::write(at("Library/Tools/config.json"), r#"{"cloud-id": 7}"#).unwrap();
        let text = r#"{"libraries": [{"name": "Tools", "path": "Library/Tools"}, {"name": "New", "path": "Library/New"}]}"#;
        fs::write(at("Strategy/config.json"), text).unwrap();
        let read = || Config::read(&at("Strategy")).unwrap().unwrap();
        let outside = read().settings().unwrap();
        assert!(outside.skipped.contains("libraries") && outside.values.is_empty());

        fs::write(at("lean.json"), "{}").unwrap();
        let local = read().settings().unwrap();
        let known: Vec<_> = local.values.keys().map(ToString::to_string).collect();
        assert_eq!(
            (known, local.unknown_libraries),
            (vec!["libraries.7".to_owned()], vec!["Library/New".to_owned()])
        );

        let mut config = read();
        config
            .apply(&[
                change("libraries.7", Some(""), None),
                change("libraries.9", None, Some("Library/Nine")),
            ])
            .unwrap();
        let paths: Value = serde_json::from_str(&config.text).unwrap();
        assert_eq!(
            paths["libraries"][1],
            serde_json::json!({"name": "Nine", "path": "Library/Nine"})
        );
        assert_eq!(paths["libraries"].as_array().unwrap().len(), 2);

        for path in ["../x", "/etc", "a/../../b", ""] {
            let text = format!(r#"{{"libraries": [{{"name": "x", "path": "{path}"}}]}}"#);
            fs::write(at("Strategy/config.json"), text).unwrap();
            let error = read().settings().unwrap_err().to_string();
            assert!(error.contains("must be a folder below the workspace"), "{path}: {error}");
        }
    }
}
