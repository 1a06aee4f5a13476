//! Projects, files and locks, seen and changed without a request.

use std::time::Duration;

use qc_proto::{Credentials, Language, ProjectId, UserId};

use crate::{emulator::Emulator, response::shifted};

impl Emulator {
    /// Remembers projects and files as they are: this is what [`reset`](Self::reset) goes back to. What has no date yet gets
    /// this one, since the Unix epoch. A server does so when it starts.
    pub fn mark_start(&mut self, wall: Duration) {
        self.service.store.date(shifted(wall, self.clock_skew));
        self.save_and_wait();
        self.start = Some(self.service.store.clone());
    }

    /// Goes back to how things were at the start: projects and files, and no requests, changes, faults, locks or waiting
    /// requests.
    pub fn reset(&mut self) {
        if let Some(start) = &self.start {
            self.service.store.become_as(start);
        }
        self.faults.clear();
        self.late.clear();
        self.log.clear();
        self.service.forget_rate();
        self.service.compiles.clear();
        self.save_and_wait();
    }

    /// Adds a project of the first user with its default files. It does not count as applied.
    ///
    /// A taken name gets a number behind it.
    pub fn add_project(&mut self, name: &str, language: Language) -> ProjectId {
        let id = self.service.store.add_project(
            self.service.users.first(),
            name,
            language,
            Duration::ZERO,
        );
        self.save_and_wait();
        id
    }

    /// As [`add_project`](Self::add_project), for a user other than the first. Nobody sees it before
    /// [`add_user`](Self::add_user) has let the user in.
    pub fn add_project_for(&mut self, user: UserId, name: &str, language: Language) -> ProjectId {
        let id = self.service.store.add_project(user, name, language, Duration::ZERO);
        self.save_and_wait();
        id
    }

    /// Puts a file there as the service might have it, under any name. It does not count as applied.
    pub fn put_file(&mut self, project: ProjectId, name: &str, content: &str) {
        self.service.store.put(project, name, content, Duration::ZERO);
        self.save_and_wait();
    }

    /// As [`put_file`](Self::put_file), at `wall` since the Unix epoch. Returns false if the disk has failed: then
    /// nothing was changed.
    #[cfg(feature = "server")]
    pub(crate) fn put_file_at(
        &mut self,
        wall: Duration,
        project: ProjectId,
        name: &str,
        content: &str,
    ) -> bool {
        self.recover();
        self.service.store.put(project, name, content, shifted(wall, self.clock_skew));
        self.save_and_wait()
    }

    /// Takes a file away, if it is there. It does not count as applied.
    pub fn remove_file(&mut self, project: ProjectId, name: &str) {
        let _ = self.service.store.remove(project, name);
        self.save_and_wait();
    }

    /// Lets a project be edited in one environment, such as `web-ide`, as if its user had opened it there: writes that
    /// name another `codeSourceId` are refused, and writes that name none are forced through. Whoever held it before
    /// does so no longer. Nothing happens where there is no such project.
    pub fn lock(&mut self, project: ProjectId, code_source_id: &str) {
        self.service.hold(project, Some(code_source_id.to_owned()), false);
        self.save_and_wait();
    }

    /// Lets a project be edited from everywhere again.
    pub fn unlock(&mut self, project: ProjectId) {
        self.service.hold(project, None, false);
        self.save_and_wait();
    }

    /// The first user's credentials, for a client.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        self.service.users.first_credentials()
    }

    /// All projects of all users: number and name.
    #[must_use]
    pub fn projects(&self) -> Vec<(ProjectId, String)> {
        self.service.store.projects().map(|(id, project)| (id, project.name.clone())).collect()
    }

    /// A user's projects: number and name.
    #[must_use]
    pub fn projects_of(&self, user: UserId) -> Vec<(ProjectId, String)> {
        self.service
            .store
            .projects_of(user)
            .map(|(id, project)| (id, project.name.clone()))
            .collect()
    }

    /// The names of a project's files, sorted.
    #[must_use]
    pub fn file_names(&self, project: ProjectId) -> Vec<String> {
        let project = self.service.store.get(project);
        project.map(|project| project.names().map(str::to_owned).collect()).unwrap_or_default()
    }

    /// A file's content.
    #[must_use]
    pub fn file(&self, project: ProjectId, name: &str) -> Option<&str> {
        self.service.store.get(project)?.content(name)
    }
}
