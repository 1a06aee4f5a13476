//! `--with-libraries`: the files of the libraries that the project uses, to read.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use qc_files::{Client, Error, ErrorKind, FileName, ProjectFile, ProjectFiles, ProjectId};
use qc_sync::{Folder, Refused, library_place};

use crate::text::escape;

/// Downloads them into the folder. Returns the folder of each library; what was left alone is added to `refused`. Costs one
/// request, and one for each library.
pub(crate) async fn bring(
    client: &Client,
    folder: &Folder,
    project: &ProjectFiles,
    refused: &mut Vec<Refused>,
) -> anyhow::Result<Vec<String>> {
    let mut libraries: BTreeMap<ProjectId, Vec<ProjectFile>> = BTreeMap::new();
    let files = project.read_all_with_libraries().await?;
    for file in files.files.into_iter().filter(ProjectFile::is_of_library) {
        let library = file.project_id.and_then(|id| ProjectId::try_from(id).ok());
        match library.filter(|id| *id != project.id()) {
            Some(id) => libraries.entry(id).or_default().push(file),
            None => refused.push(Refused::failed(
                file.name.as_str(),
                "it is a library's, and the service does not say which one's",
            )),
        }
    }
    let mut places = BTreeSet::new();
    let mut texts = BTreeMap::new();
    for (id, files) in libraries {
        let mut place = name(client, id).await?;
        if !places.insert(place.clone()) {
            place = id.to_string();
            places.insert(place.clone());
        }
        for file in files {
            match FileName::new(format!("{place}/{}", file.name.as_str())) {
                Ok(name) => drop(texts.insert(name, file.content)),
                Err(invalid) => refused.push(Refused::lasting(
                    format!("Library/{place}/{}", file.name.as_str()),
                    format!("a name here {}", invalid.why()),
                )),
            }
        }
    }
    let kept = folder.keep_libraries(&texts)?;
    refused.extend(kept.refused);
    let places = places.into_iter().filter(|_| kept.is_made);
    Ok(places.map(|place| format!("Library/{place}")).collect())
}

/// The library's name as a path, or its number where it has none that a folder can have.
async fn name(client: &Client, id: ProjectId) -> Result<String, Error> {
    let project = match client.read_project(id).await {
        // Whoever may use a library need not be allowed to look at it.
        Err(error) if matches!(error.kind(), ErrorKind::ProjectNotFound | ErrorKind::Refused) => {
            return Ok(id.to_string());
        }
        read => read?,
    };
    let place = library_place(&project.name);
    Ok(place.map_or_else(|| id.to_string(), |place| place.as_str().to_owned()))
}

/// Names the folder of each library.
pub(crate) fn print(out: &mut dyn io::Write, brought: &[String]) -> io::Result<()> {
    brought.iter().try_for_each(|place| writeln!(out, "library {}", escape(place)))
}
