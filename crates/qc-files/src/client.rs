//! The client, and the loop that drives a call.

use std::{ops::Range, sync::Arc, time::Duration};

use qc_proto::{
    Authenticate, CreateProject, Credentials, DeleteProject, Endpoint, Error, Input, Language,
    Policy, Project, ProjectId, ProjectList, ReadProject, ReadProjects, Step, UpdateProject,
};
use qc_transport::{Runtime, Transport};

use crate::{Builder, ProjectFiles, connection::Inner, trace::CallTrace};

/// A client of the file API. Clones share connections, the learned clock offset and the retry budget.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) inner: Arc<Inner<dyn Transport, dyn Runtime>>,
    pub(crate) policy: Arc<Policy>,
}

impl Client {
    /// A client of the real service with default parts: hyper and tokio. Nothing is sent.
    ///
    /// # Errors
    ///
    /// As [`Builder::build`].
    #[cfg(feature = "hyper")]
    pub fn new(credentials: Credentials) -> Result<Self, Error> {
        Self::builder(credentials).build()
    }

    /// Chooses the parts one by one; what isn't chosen is as in [`new`](Self::new).
    #[cfg(feature = "hyper")]
    pub fn builder(credentials: Credentials) -> Builder {
        Self::builder_with_parts(
            credentials,
            qc_transport::HyperTransport::new(),
            qc_transport::TokioRuntime::new(),
        )
    }

    /// Begins with a transport and a runtime of your own. Time has to be the service's: an emulator in memory has a clock
    /// of its own, which is the runtime to give here.
    pub fn builder_with_parts(
        credentials: Credentials,
        transport: impl Transport,
        runtime: impl Runtime,
    ) -> Builder {
        Builder::new(credentials, Arc::new(transport), Arc::new(runtime))
    }

    /// Asks the service whether it accepts the credentials.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credentials`](crate::ErrorKind::Credentials) when it doesn't.
    pub async fn authenticate(&self) -> Result<(), Error> {
        self.execute(Authenticate {}).await
    }

    /// All projects of the user. Costs one request.
    ///
    /// # Errors
    ///
    /// Those of any call.
    pub async fn projects(&self) -> Result<ProjectList, Error> {
        self.execute(ReadProjects::all()).await
    }

    /// Creates a project, once, even when answers are lost. Costs two requests: it lists the projects first, to
    /// tell a new one from those that were there.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for an empty name; those of any call.
    pub async fn create_project(&self, name: &str, language: Language) -> Result<Project, Error> {
        self.execute(CreateProject::new(name, language)).await
    }

    /// A part of all projects: from `range.start`, counted from 0, to before `range.end`. Costs one request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for an empty range; those of any call.
    pub async fn projects_page(&self, range: Range<u32>) -> Result<ProjectList, Error> {
        self.execute(ReadProjects::page(range)).await
    }

    /// One project: its name, its settings and what else is said of it. Costs one request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ProjectNotFound`](crate::ErrorKind::ProjectNotFound).
    pub async fn read_project(&self, project_id: ProjectId) -> Result<Project, Error> {
        self.execute(ReadProject::new(project_id)).await
    }

    /// Changes a project's name or settings; what is `None` stays as it is. Costs one request.
    ///
    /// # Errors
    ///
    /// `ProjectNotFound`, `Locked`; `Refused` for the name of another project; `Invalid` for what cannot be a name or a
    /// list of parameters.
    pub async fn update_project(&self, update: UpdateProject) -> Result<(), Error> {
        self.execute(update).await
    }

    /// Moves a project to the recycle bin, once, even when answers are lost.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::ProjectNotFound`](crate::ErrorKind::ProjectNotFound).
    pub async fn delete_project(&self, project_id: ProjectId) -> Result<(), Error> {
        self.execute(DeleteProject::new(project_id)).await
    }

    /// The files of one project. Sends nothing.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid), field `projectId`, when the number isn't positive.
    pub fn project<P>(&self, project_id: P) -> Result<ProjectFiles, Error>
    where
        P: TryInto<ProjectId>,
        Error: From<P::Error>,
    {
        Ok(ProjectFiles::new(self.clone(), project_id.try_into()?))
    }

    /// Calls any endpoint, also one of your own making, under the same policy.
    ///
    /// # Errors
    ///
    /// Those of the endpoint; see [`ErrorKind`](crate::ErrorKind).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future leaves the client usable; a request that was out may still take effect.
    pub async fn execute<E: Endpoint>(&self, endpoint: E) -> Result<E::Output, Error> {
        let Inner { connection, transport, runtime } = &*self.inner;
        let trace = CallTrace::new(&endpoint);
        let mut call = match connection.begin(endpoint, &self.policy, runtime.now()) {
            Ok(call) => call,
            Err(error) => return trace.ended(Err(error)),
        };
        let mut input = Input::Poll;
        loop {
            input = match connection.step(&mut call, runtime.now(), input) {
                Step::Send(attempt) => {
                    let traced = trace.attempt(&attempt, || runtime.now().mono);
                    let answer = trace.within(transport.send(attempt)).await;
                    traced.ended(&answer, || runtime.now().mono);
                    answer.map_or_else(Input::Failed, Input::Response)
                }
                Step::Wait(pause) => {
                    trace.wait(pause);
                    runtime.sleep(pause).await;
                    Input::Poll
                }
                Step::Done(result) => return trace.ended(result),
            };
        }
    }

    /// The policy that calls follow.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The same client with another policy for its calls: connections, clock offset and retry budget stay shared.
    /// [`Policy::retry_budget`] and [`Policy::requests_per_minute`] stay as they are.
    ///
    /// ```no_run
    /// # fn f(client: qc_files::Client) {
    /// let once = client.with_policy(client.policy().clone().with_max_attempts(1));
    /// # }
    /// ```
    #[must_use]
    pub fn with_policy(&self, policy: Policy) -> Self {
        Self { policy: Arc::new(policy), ..self.clone() }
    }

    /// The same client, whose calls take this long at most, waits included.
    #[must_use]
    pub fn with_deadline(&self, deadline: Duration) -> Self {
        self.with_policy(self.policy().clone().with_deadline(deadline))
    }

    /// How many milliseconds signatures are ahead of this machine's clock, once it was found wrong; else 0.
    #[must_use]
    pub fn clock_offset_ms(&self) -> i64 {
        self.inner.connection.clock_offset_ms()
    }
}
