//! A transport that lets others have their turn, and sees what is overwritten.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use qc_emulator::{Emulator, MemoryTransport};
use qc_files::{
    ProjectId,
    qc_transport::{BoxFuture, Transport},
};
use qc_proto::{Answer, Attempt, Failure, FileList, bytes::Bytes, decode_answer, http::Response};
use serde_json::Value;

/// The texts that a `files/update` has replaced and that its sender had not read: what docs/sync.md says cannot be
/// promised.
#[derive(Clone, Debug, Default)]
pub(crate) struct Overwritten(Arc<Mutex<BTreeSet<String>>>);

impl Overwritten {
    pub(crate) fn has_line(&self, line: &str) -> bool {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.iter().any(|text| text.lines().any(|each| each == line))
    }
}

/// Lets others have their turn before a request reaches the service, and before its answer is heard.
#[derive(Debug)]
pub(crate) struct InTurns {
    inner: MemoryTransport,
    emulator: Arc<Mutex<Emulator>>,
    id: ProjectId,
    /// The texts of the last reading.
    read: Mutex<BTreeSet<String>>,
    overwritten: Overwritten,
}

impl InTurns {
    pub(crate) fn new(
        inner: MemoryTransport,
        emulator: Arc<Mutex<Emulator>>,
        id: ProjectId,
        overwritten: Overwritten,
    ) -> Self {
        Self { inner, emulator, id, read: Mutex::default(), overwritten }
    }

    /// The text that the request will replace, if it replaces a content.
    fn replaces(&self, attempt: &Attempt) -> Option<String> {
        if attempt.endpoint != "files/update" {
            return None;
        }
        let asked: Value = serde_json::from_slice(attempt.request.body()).unwrap();
        asked.get("content")?;
        self.emulator.lock().unwrap().file(self.id, asked["name"].as_str()?).map(str::to_owned)
    }
}

impl Transport for InTurns {
    fn send(&self, attempt: Attempt) -> BoxFuture<'_, Result<Response<Bytes>, Failure>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let replaced = self.replaces(&attempt);
            let endpoint = attempt.endpoint;
            let result = self.inner.send(attempt).await;
            if let Some(text) = replaced.filter(|text| !self.read.lock().unwrap().contains(text)) {
                self.overwritten.0.lock().unwrap().insert(text);
            }
            if let (Ok(answer), "files/read") = (&result, endpoint)
                && let Ok(Answer::Success(list)) = decode_answer::<FileList>(answer.body())
            {
                let texts = list.files.into_iter().map(|file| file.content);
                *self.read.lock().unwrap() = texts.collect();
            }
            tokio::task::yield_now().await;
            result
        })
    }
}
