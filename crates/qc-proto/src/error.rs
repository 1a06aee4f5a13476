//! What a caller learns when a call fails.

use alloc::{
    borrow::Cow,
    boxed::Box,
    string::{String, ToString},
    vec::Vec,
};
use core::{convert::Infallible, error, fmt, time::Duration};

use http::StatusCode;

use crate::{
    call::attempt::{Cause, Failure},
    endpoints::endpoint::{Endpoint, Subject},
    invalid::Invalid,
    model::ids::ProjectId,
    visible::escape,
    wire::www_authenticate::WwwAuthenticate,
};

/// What kind of failure it is: what a program decides by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The service does not accept the user id and token.
    Credentials,
    /// The service does not accept the time of the signature, and it could not be corrected.
    Clock,
    /// There is no such file.
    FileNotFound,
    /// There is a file of that name already.
    FileExists,
    /// There is no such project.
    ProjectNotFound,
    /// Someone else is editing the project.
    Locked,
    /// The request or the answer is larger than is allowed.
    TooLarge,
    /// The service refused for another reason.
    Refused,
    /// Too many requests. The call waited, and its deadline came first.
    RateLimited,
    /// The service answers this user or address no more, after signatures that were wrong too often.
    LockedOut,
    /// The service, or a proxy before it, failed or answered something else.
    Server,
    /// No answer came.
    Transport,
    /// A successful answer could not be read.
    Decode,
    /// The input was refused before any request.
    Invalid,
}

impl ErrorKind {
    /// Whether it is about the account, the project or the way to the service, and not about one file: the next call on
    /// the same project is likely to fail as well.
    ///
    /// ```
    /// use qc_proto::ErrorKind;
    ///
    /// assert!(ErrorKind::Locked.concerns_all_files());
    /// assert!(!ErrorKind::TooLarge.concerns_all_files());
    /// ```
    #[must_use]
    pub fn concerns_all_files(self) -> bool {
        matches!(
            self,
            Self::Credentials
                | Self::Clock
                | Self::ProjectNotFound
                | Self::Locked
                | Self::RateLimited
                | Self::LockedOut
                | Self::Server
                | Self::Transport
        )
    }

    /// Returns whether the same call may succeed later, without anyone changing it.
    ///
    /// ```
    /// use qc_proto::ErrorKind;
    ///
    /// assert!(ErrorKind::Transport.is_transient());
    /// assert!(!ErrorKind::Credentials.is_transient());
    /// ```
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Transport | Self::Server | Self::RateLimited | Self::Locked)
    }

    /// Returns the kind's name, for programs and logs, such as `fileNotFound`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Credentials => "credentials",
            Self::Clock => "clock",
            Self::FileNotFound => "fileNotFound",
            Self::FileExists => "fileExists",
            Self::ProjectNotFound => "projectNotFound",
            Self::Locked => "locked",
            Self::TooLarge => "tooLarge",
            Self::Refused => "refused",
            Self::RateLimited => "rateLimited",
            Self::LockedOut => "lockedOut",
            Self::Server => "server",
            Self::Transport => "transport",
            Self::Decode => "decode",
            Self::Invalid => "invalid",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Whether the failed call changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing happened.
    None,
    /// It may have taken effect: look before you act.
    Unknown,
}

/// A failed call.
///
/// `Display` is one line: the endpoint, the file and the project, then the service's own words, then what to do. It holds no
/// secret, and characters of the service's text and of names that are not visible are escaped.
pub struct Error(Box<Report>);

pub(crate) struct Report {
    pub(crate) kind: ErrorKind,
    pub(crate) effect: Effect,
    /// Whether the call changes nothing, whatever comes of it.
    pub(crate) is_reading: bool,
    pub(crate) endpoint: &'static str,
    pub(crate) project_id: Option<ProjectId>,
    pub(crate) file: Option<String>,
    pub(crate) attempts: u32,
    pub(crate) status: Option<StatusCode>,
    pub(crate) code: Option<i64>,
    pub(crate) messages: Vec<String>,
    pub(crate) detail: Option<Cow<'static, str>>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) www_authenticate: Option<WwwAuthenticate>,
    pub(crate) field: Option<&'static str>,
    pub(crate) failure: Option<Box<Failure>>,
}

impl Report {
    pub(crate) fn new(kind: ErrorKind) -> Self {
        Self {
            kind,
            effect: Effect::None,
            is_reading: false,
            endpoint: "",
            project_id: None,
            file: None,
            attempts: 0,
            status: None,
            code: None,
            messages: Vec::new(),
            detail: None,
            retry_after: None,
            www_authenticate: None,
            field: None,
            failure: None,
        }
    }
}

impl Error {
    pub(crate) fn new(report: Report) -> Self {
        Self(Box::new(report))
    }

    /// The same, of a call of `E` about `subject`.
    pub(crate) fn about<E: Endpoint>(mut self, subject: Subject<'_>) -> Self {
        self.0.endpoint = E::PATH;
        self.0.project_id = subject.project_id;
        self.0.file = subject.file.map(String::from);
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether anything was changed.
    #[must_use]
    pub fn effect(&self) -> Effect {
        self.0.effect
    }

    /// The endpoint, such as `files/create`; empty where the input was no request yet, such as a name.
    #[must_use]
    pub fn endpoint(&self) -> &'static str {
        self.0.endpoint
    }

    /// The project that the call was about. None if it was about no one project.
    #[must_use]
    pub fn project_id(&self) -> Option<ProjectId> {
        self.0.project_id
    }

    /// The file that the call was about. None if it was about no one file, and for a name that is refused before it is part
    /// of a request.
    /// [Escape](crate::visible::escape) it before it reaches a terminal.
    #[must_use]
    pub fn file(&self) -> Option<&str> {
        self.0.file.as_deref()
    }

    /// Returns whether the last attempt ended because its time was over.
    ///
    /// A call whose [`deadline`](crate::Policy::deadline) ends a wait between two attempts has the kind of the failure
    /// that it waited for, such as [`ErrorKind::RateLimited`].
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.failure.as_ref().is_some_and(|failure| failure.cause() == Cause::TimedOut)
    }

    /// How the last attempt failed. None if an answer came, or nothing was sent.
    #[must_use]
    pub fn failure(&self) -> Option<&Failure> {
        self.0.failure.as_deref()
    }

    /// What the error says without the endpoint, the project and the file: for programs that name these themselves.
    pub fn reason(&self) -> impl fmt::Display {
        Reason(&self.0)
    }

    /// How many requests the call sent, looks included.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The status of the last answer, if one came.
    #[must_use]
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The service's number for the reason, where it gave one.
    #[must_use]
    pub fn code(&self) -> Option<i64> {
        self.0.code
    }

    /// The service's own words, where it had any. [Escape](crate::visible::escape) them before they reach a terminal.
    #[must_use]
    pub fn messages(&self) -> &[String] {
        &self.0.messages
    }

    /// How long the service asked to wait, where it did; for [`ErrorKind::RateLimited`], until the call could have asked.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How the service wants a request to be authenticated, where it said so.
    #[must_use]
    pub fn www_authenticate(&self) -> Option<&WwwAuthenticate> {
        self.0.www_authenticate.as_ref()
    }

    /// The field that was refused, for [`ErrorKind::Invalid`].
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        self.0.field
    }
}

/// What went wrong, with advice.
struct Reason<'a>(&'a Report);

impl Reason<'_> {
    fn advice(&self) -> Option<&'static str> {
        match self.0.kind {
            ErrorKind::Credentials => Some(
                "check the user id and API token; both are shown on the account page of quantconnect.com",
            ),
            ErrorKind::Clock => Some("set this computer's clock"),
            ErrorKind::Locked => Some(
                "close the project in the web IDE, or take edit control and read the files before the write; without a code source the write is forced",
            ),
            ErrorKind::RateLimited if self.0.retry_after.is_none() => {
                Some("wait before the next call")
            }
            ErrorKind::LockedOut => {
                Some("send nothing for some hours, then check the user id and API token first")
            }
            ErrorKind::Transport => Some("check the network and the base URL"),
            ErrorKind::Server
                if self.0.effect == Effect::None
                    && self.0.status.is_some_and(|status| status.is_server_error()) =>
            {
                Some(if self.0.is_reading {
                    "try again later"
                } else {
                    "nothing was changed; try again later"
                })
            }
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &*self.0;
        f.write_str(report.endpoint)?;
        if let Some(file) = &report.file {
            write!(f, " of {}", escape(file))?;
        }
        if let Some(project_id) = report.project_id {
            write!(f, " in project {project_id}")?;
        }
        if !report.endpoint.is_empty() {
            f.write_str(": ")?;
        }
        self.reason().fmt(f)
    }
}

impl fmt::Display for Reason<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = self.0;
        let mut written = false;
        for message in &report.messages {
            if written {
                f.write_str("; ")?;
            }
            escape(message).fmt(f)?;
            written = true;
        }
        if let Some(detail) = &report.detail {
            f.write_str(if written { " (" } else { "" })?;
            escape(detail).fmt(f)?;
            f.write_str(if written { ")" } else { "" })?;
            written = true;
        }
        if let Some(failure) = &report.failure {
            f.write_str(if written { ": " } else { "" })?;
            failure.fmt(f)?;
            written = true;
        }
        if !written {
            f.write_str(summary(report.kind))?;
        }
        if let Some(status) = report.status.filter(|status| !status.is_success()) {
            write!(f, " [HTTP {}", status.as_u16())?;
            if report.attempts > 1 {
                write!(f, " after {} requests", report.attempts)?;
            }
            f.write_str("]")?;
        }
        if report.effect == Effect::Unknown {
            f.write_str("; it may have taken effect: look before you send it again")?;
        }
        if let Some(pause) = report.retry_after {
            write!(f, "; ask again in {} s", pause.as_secs().max(1))?;
        }
        self.advice().map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

fn summary(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::Credentials => "the credentials were refused",
        ErrorKind::Clock => "the time of the signature was refused",
        ErrorKind::FileNotFound => "there is no such file",
        ErrorKind::FileExists => "there is a file of that name already",
        ErrorKind::ProjectNotFound => "there is no such project",
        ErrorKind::Locked => "someone else is editing the project",
        ErrorKind::TooLarge => "it is larger than is allowed",
        ErrorKind::Refused => "the service refused and gave no reason",
        ErrorKind::RateLimited => "too many requests",
        ErrorKind::LockedOut => "too many requests with a wrong signature",
        ErrorKind::Server => "the service failed",
        ErrorKind::Transport => "no answer came",
        ErrorKind::Decode => "the answer could not be read",
        ErrorKind::Invalid => "the input is not valid",
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let report = &*self.0;
        f.debug_struct("Error")
            .field("kind", &report.kind)
            .field("effect", &report.effect)
            .field("endpoint", &report.endpoint)
            .field("project_id", &report.project_id)
            .field("file", &report.file)
            .field("attempts", &report.attempts)
            .field("status", &report.status)
            .field("code", &report.code)
            .field("messages", &report.messages)
            .field("detail", &report.detail)
            .field("retry_after", &report.retry_after)
            .field("www_authenticate", &report.www_authenticate)
            .field("failure", &report.failure)
            .finish()
    }
}

// No `source`: the text has the cause in it, and `failure` gives it to programs.
impl error::Error for Error {}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        let mut report = Report::new(ErrorKind::Invalid);
        report.detail = Some(Cow::Owned(invalid.to_string()));
        report.field = Some(invalid.field());
        Self::new(report)
    }
}

impl From<Infallible> for Error {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
