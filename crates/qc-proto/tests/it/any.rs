//! Any value of the wire's types.

use proptest::{collection::vec, option, prelude::*};
use qc_proto::{
    Compile, CreateFile, CreateProject, DeleteFile, DeleteProject, FileList, FileName, Language,
    NewFile, Parameter, PatchFiles, Project, ProjectFile, ProjectId, ProjectList, ReadCompile,
    ReadFile, ReadFiles, ReadProjects, RemoteName, RenameFile, ServerTime, UpdateFile,
    UpdateProject,
};

pub(crate) fn project_id() -> impl Strategy<Value = ProjectId> {
    (1..=i64::MAX).prop_map(|id| ProjectId::new(id).unwrap())
}

pub(crate) fn file_name() -> impl Strategy<Value = FileName> {
    "[a-zA-Z0-9_äß🦀 -]{1,12}(/[a-z_]{1,8}){0,3}\\.(py|cs|ipynb)"
        .prop_map(|name| FileName::new(name).unwrap())
}

pub(crate) fn remote_name() -> impl Strategy<Value = RemoteName> {
    any::<String>().prop_map(RemoteName::from_service)
}

fn text() -> impl Strategy<Value = String> {
    any::<String>()
}

fn some_text() -> impl Strategy<Value = String> {
    "\\PC{1,40}\n?"
}

/// A file's content, of a length and with the bytes that an encoder may trip over.
fn content() -> impl Strategy<Value = String> {
    let run = "[a-z #()\\p{L}]{1,70}";
    let special = proptest::sample::select(vec![
        "\"", "\\", "\n", "\r\n", "\t", "\0", "\u{1f}", "\u{7f}", "/", "\u{2028}",
    ]);
    let part = prop_oneof![
        run.prop_map(String::from),
        special.prop_map(String::from),
        any::<char>().prop_map(String::from)
    ];
    vec(part, 1..60).prop_map(|parts| parts.concat())
}

/// The request with its optional fields set.
fn with<T>(mut request: T, set: impl FnOnce(&mut T)) -> T {
    set(&mut request);
    request
}

fn source() -> impl Strategy<Value = Option<String>> {
    option::of("[a-z]{1,8}")
}

prop_compose! {
    pub(crate) fn create_file()(
        project_id in project_id(), name in file_name(), content in option::of(content()), code_source_id in source(),
    ) -> CreateFile {
        with(CreateFile::empty(project_id, name), |create| {
            (create.content, create.code_source_id) = (content, code_source_id);
        })
    }
}

prop_compose! {
    pub(crate) fn read_file()(
        project_id in project_id(), name in remote_name(), code_source_id in source(),
    ) -> ReadFile {
        with(ReadFile::new(project_id, name), |read| read.code_source_id = code_source_id)
    }
}

prop_compose! {
    pub(crate) fn read_files()(
        project_id in project_id(),
        include_libraries in any::<Option<bool>>(),
        code_source_id in source(),
    ) -> ReadFiles {
        with(ReadFiles::all(project_id), |read| {
            (read.include_libraries, read.code_source_id) = (include_libraries, code_source_id);
        })
    }
}

prop_compose! {
    pub(crate) fn update_file()(
        project_id in project_id(), name in file_name(), content in content(), code_source_id in source(),
    ) -> UpdateFile {
        with(UpdateFile::new(project_id, name, content), |update| update.code_source_id = code_source_id)
    }
}

prop_compose! {
    pub(crate) fn rename_file()(
        project_id in project_id(), name in remote_name(), new_name in file_name(), code_source_id in source(),
    ) -> RenameFile {
        with(RenameFile::new(project_id, name, new_name), |rename| rename.code_source_id = code_source_id)
    }
}

prop_compose! {
    pub(crate) fn patch_files()(
        project_id in project_id(), patch in some_text(), code_source_id in source(),
    ) -> PatchFiles {
        with(PatchFiles::new(project_id, patch), |patch| patch.code_source_id = code_source_id)
    }
}

prop_compose! {
    pub(crate) fn delete_file()(
        project_id in project_id(), name in remote_name(), code_source_id in source(),
    ) -> DeleteFile {
        with(DeleteFile::new(project_id, name), |delete| delete.code_source_id = code_source_id)
    }
}

prop_compose! {
    pub(crate) fn read_projects()(
        project_id in option::of(project_id()), organization_id in option::of("[0-9a-f]{8}"),
        (start, end) in any::<(Option<u32>, Option<u32>)>(),
    ) -> ReadProjects {
        with(ReadProjects::all(), |read| {
            (read.project_id, read.organization_id) = (project_id, organization_id);
            (read.start, read.end) = (start, end);
        })
    }
}

prop_compose! {
    pub(crate) fn create_project()(
        name in some_text(), is_python in any::<bool>(), organization_id in option::of("[0-9a-f]{8}"),
    ) -> CreateProject {
        let language = if is_python { Language::Python } else { Language::CSharp };
        with(CreateProject::new(name, language), |create| create.organization_id = organization_id)
    }
}

prop_compose! {
    fn new_file()(
        name in file_name(), content in prop_oneof![Just(String::new()), content()],
    ) -> NewFile {
        NewFile::new(name, content)
    }
}

prop_compose! {
    pub(crate) fn update_project()(
        project_id in project_id(),
        files in option::of(vec(new_file(), 0..4)),
        name in option::of(some_text()),
        description in option::of(text()),
        parameters in option::of(vec((some_text(), text()), 0..3)),
        libraries in option::of(vec(project_id(), 0..3)),
        version_id in any::<Option<i64>>(),
        lean_environment in any::<Option<i64>>(),
        code_source_id in source(),
    ) -> UpdateProject {
        let parameter = |(key, value): (String, String)| Parameter::new(key, value);
        let parameters = parameters.map(|list| list.into_iter().map(parameter).collect());
        let mut update = UpdateProject::new(project_id);
        (update.files, update.name, update.description) = (files, name, description);
        (update.parameters, update.libraries) = (parameters, libraries);
        (update.version_id, update.lean_environment) = (version_id, lean_environment);
        update.code_source_id = code_source_id;
        update
    }
}

prop_compose! {
    pub(crate) fn read_compile()(project_id in project_id(), compile_id in some_text()) -> ReadCompile {
        ReadCompile::new(project_id, compile_id)
    }
}

prop_compose! {
    pub(crate) fn compile()(
        compile_id in text(),
        state in prop::sample::select(vec!["InQueue", "BuildSuccess", "BuildError", "Building"]),
        project_id in any::<Option<i64>>(),
        logs in vec(text(), 0..4),
        signature_order in vec(text(), 0..3),
    ) -> Compile {
        let mut compile = Compile::new(compile_id, serde_json::from_value(state.into()).unwrap());
        (compile.project_id, compile.logs) = (project_id, logs);
        compile.signature_order = signature_order;
        compile
    }
}

pub(crate) fn delete_project() -> impl Strategy<Value = DeleteProject> {
    project_id().prop_map(DeleteProject::new)
}

prop_compose! {
    fn project_file()(
        id in any::<Option<i64>>(),
        project_id in any::<Option<i64>>(),
        name in remote_name(),
        content in text(),
        modified in option::of(text()),
        open in any::<Option<bool>>(),
        is_library in any::<Option<bool>>(),
    ) -> ProjectFile {
        let mut file = ProjectFile::new(name, content);
        file.id = id;
        file.project_id = project_id;
        file.modified = modified.map(|text| ServerTime::from(text.as_str()));
        file.open = open;
        file.is_library = is_library;
        file
    }
}

pub(crate) fn file_list() -> impl Strategy<Value = FileList> {
    vec(project_file(), 0..5).prop_map(FileList::new)
}

prop_compose! {
    fn project()(
        id in project_id(),
        name in text(),
        description in option::of(text()),
        language in option::of("Py|C#"),
        modified in option::of(text()),
        parameters in vec((text(), text()), 0..3),
        libraries in vec(project_id(), 0..3),
        numbers in any::<[Option<i64>; 3]>(),
        flags in any::<[Option<bool>; 2]>(),
    ) -> Project {
        let mut project = Project::new(id, name);
        project.description = description;
        project.language = language;
        project.modified = modified.map(|text| ServerTime::from(text.as_str()));
        let parameter = |(key, value): (String, String)| Parameter::new(key, value);
        project.parameters = Some(parameters.into_iter().map(parameter).collect());
        project.libraries = Some(libraries);
        [project.owner_id, project.lean_version_id, project.max_file_size] = numbers;
        [project.encrypted, project.lean_pinned_to_master] = flags;
        project
    }
}

pub(crate) fn project_list() -> impl Strategy<Value = ProjectList> {
    vec(project(), 0..4).prop_map(ProjectList::new)
}
