//! The emulator as data.

use serde_json::{Value, json};

use crate::{Emulator, Record, stored_project::time};

/// Every request that is still known, the oldest first.
pub(super) fn requests(emulator: &Emulator) -> Value {
    let data = |record: &Record| {
        json!({
            "number": record.number,
            "at": time(record.at),
            "method": record.method.as_str(),
            "path": record.path,
            "status": record.status,
            "retryAfter": record.retry_after.map(|wait| wait.as_secs()),
        })
    };
    json!({ "requests": emulator.requests().iter().map(data).collect::<Vec<_>>() })
}

/// Projects, files without their contents, users without their tokens, and what is to go wrong.
pub(super) fn state(emulator: &Emulator) -> Value {
    let projects = emulator.store.projects().map(|(id, project)| {
        let files = project.files(id).into_iter().map(|file| {
            json!({ "name": file.name, "bytes": file.content.len(), "modified": file.modified })
        });
        json!({
            "projectId": id,
            "userId": project.owner.to_string(),
            "name": project.name,
            "language": project.language,
            "modified": time(project.modified),
            "lockedBy": project.edited_in,
            "files": files.collect::<Vec<_>>(),
        })
    });
    json!({
        "projects": projects.collect::<Vec<_>>(),
        "users": emulator.users.numbers().map(|user| user.to_string()).collect::<Vec<_>>(),
        "tier": emulator.tier.map(|tier| tier.word()),
        "rules": emulator.rules(),
        "heldBack": emulator.held_back(),
    })
}
