//! Faults and rules as text, as the program's flags take them.

use std::{fmt, str::FromStr, time::Duration};

use jiff::SignedDuration;
use qc_proto::Phase;

use crate::faults::fault::{Fault, RefusalForm, RetryAfter, StallAt, Throttle};

/// Every fault's form in text, and what it does.
pub const FAULT_FORMS: &[(&str, &str)] = &[
    ("no-connection[=PHASE]", "closed unread; in memory: no connection (resolve, connect, tls)"),
    ("stall-connecting=PHASE", "no answer and not acted on; in memory: connecting times out"),
    ("drop-before", "closed without an answer, not acted on"),
    ("drop-after", "closed without an answer, acted on"),
    ("late=TIME", "closed without an answer, acted on that much later"),
    ("reset[/applied]", "reset without an answer"),
    ("stall=POINT[/applied]", "nothing more from: before-answer, head, body"),
    ("status=N[/applied]", "a proxy's page with this status"),
    ("html[/applied]", "a proxy's page with status 200"),
    ("empty=N[/applied]", "this status and an empty body, such as 500"),
    ("rate-limit[=TIME|=date:TIME]", "429, Retry-After in seconds or as a date"),
    ("truncated-body", "half of the answer, as if whole"),
    ("short-body", "half of the answer, then closed"),
    ("refuse=STATUS", "credentials refused as 200, 401 or 500"),
    ("throttle=WHICH", "refused for too many: requests (slow-down), attempts (lock-out)"),
    ("refusal=TEXT", "refused by the service in these words"),
    ("oversized=BYTES", "a senseless answer of that size"),
    ("skew=TIME", "the answer's Date is off, such as by -2h"),
    ("latency=TIME", "the answer comes that much later, such as 200ms"),
    ("trickle=BYTES/TIME", "the body in pieces with pauses between"),
    ("gzip", "the body compressed, if the client takes that"),
    ("compile=error", "the build that is ordered fails"),
    ("drift=NAME", "the JSON in another of PHP's forms"),
];

/// A fault or a rule that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultTextError(pub(crate) String);

impl fmt::Display for FaultTextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FaultTextError {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("none"),
            Self::NoConnection { phase } => write!(f, "no-connection={}", phase_name(*phase)),
            Self::StallConnecting { phase } => {
                write!(f, "stall-connecting={}", phase_name(*phase))
            }
            Self::DropBefore => f.write_str("drop-before"),
            Self::DropAfter => f.write_str("drop-after"),
            Self::Late { by } => write!(f, "late={}", Time(*by)),
            Self::Reset { applied } => write!(f, "reset{}", suffix(*applied)),
            Self::Stall { at, applied } => {
                write!(f, "stall={}{}", stall_name(*at), suffix(*applied))
            }
            Self::Status { status, applied } => write!(f, "status={status}{}", suffix(*applied)),
            Self::Empty { status, applied } => write!(f, "empty={status}{}", suffix(*applied)),
            Self::RateLimited { retry_after } => match retry_after {
                None => f.write_str("rate-limit"),
                Some(RetryAfter::Seconds(seconds)) => write!(f, "rate-limit={seconds}s"),
                Some(RetryAfter::Date(seconds)) => write!(f, "rate-limit=date:{seconds}s"),
            },
            Self::TruncatedBody => f.write_str("truncated-body"),
            Self::ShortBody => f.write_str("short-body"),
            Self::Html { applied } => write!(f, "html{}", suffix(*applied)),
            Self::Refuse(dress) => write!(f, "refuse={}", dress_name(*dress)),
            Self::Throttled(throttle) => {
                write!(f, "throttle={}", name_of(*throttle, THROTTLES))
            }
            Self::Refusal(message) => write!(f, "refusal={message}"),
            Self::Oversized { bytes } => write!(f, "oversized={bytes}"),
            Self::Skew { seconds } => write!(f, "skew={seconds}s"),
            Self::Latency(duration) => write!(f, "latency={}", Time(*duration)),
            Self::Trickle { bytes, every } => write!(f, "trickle={bytes}/{}", Time(*every)),
            Self::Gzip => f.write_str("gzip"),
            Self::CompileError => f.write_str("compile=error"),
            Self::Drift(drift) => write!(f, "drift={drift}"),
        }
    }
}

/// As `Display` writes it: [`FAULT_FORMS`] lists the forms, and so does `qc help emulator`.
impl FromStr for Fault {
    type Err = FaultTextError;

    fn from_str(text: &str) -> Result<Self, FaultTextError> {
        // A refusal's words are its own, whatever they end in.
        if let Some(words) = text.strip_prefix("refusal=") {
            return Ok(Self::Refusal(words.to_owned()));
        }
        // What takes no other value takes this one with `=` too.
        let text = match text {
            "html=applied" => "html/applied",
            "reset=applied" => "reset/applied",
            other => other,
        };
        let (text, applied) = match text.strip_suffix("/applied") {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let value_of = |what: &str| {
            value.ok_or_else(|| FaultTextError(format!("{name} needs a value: {name}={what}")))
        };
        let fault = match name {
            "none" => Self::None,
            "no-connection" => Self::NoConnection { phase: phase(value.unwrap_or("connect"))? },
            "stall-connecting" => Self::StallConnecting { phase: phase(value_of("PHASE")?)? },
            "drop-before" => Self::DropBefore,
            "drop-after" => Self::DropAfter,
            "late" => Self::Late { by: time(value_of("TIME")?)? },
            "reset" => Self::Reset { applied },
            "stall" => Self::Stall { at: stall_at(value_of("POINT")?)?, applied },
            "status" => Self::Status { status: status(value_of("STATUS")?)?, applied },
            "empty" => Self::Empty { status: status(value_of("STATUS")?)?, applied },
            "html" => Self::Html { applied },
            "rate-limit" => Self::RateLimited { retry_after: value.map(retry_after).transpose()? },
            "truncated-body" => Self::TruncatedBody,
            "short-body" => Self::ShortBody,
            "refuse" => Self::Refuse(dress(value_of("STATUS")?)?),
            "throttle" => Self::Throttled(one_of(value_of("WHICH")?, THROTTLES)?),
            "refusal" => Self::Refusal(value_of("TEXT")?.to_owned()),
            "oversized" => Self::Oversized { bytes: number(value_of("BYTES")?)? },
            "skew" => Self::Skew { seconds: signed(value_of("TIME")?)?.as_secs() },
            "latency" => Self::Latency(time(value_of("TIME")?)?),
            "trickle" => trickle(value_of("BYTES/TIME")?)?,
            "gzip" => Self::Gzip,
            "compile" if value_of("error")? == "error" => Self::CompileError,
            "compile" => return Err(FaultTextError("it is written as compile=error".to_owned())),
            "drift" => Self::Drift(value_of("NAME")?.parse()?),
            _ => {
                let known =
                    FAULT_FORMS.iter().map(|(form, _)| *form).collect::<Vec<_>>().join(", ");
                return Err(FaultTextError(format!("`{name}` is no fault; those are: {known}")));
            }
        };
        // What the fault makes of it again tells whether it took everything that was said.
        let taken = fault.to_string();
        if applied && !taken.ends_with("/applied") {
            return Err(FaultTextError(format!("{name} takes no /applied")));
        }
        if value.is_some() && !taken.contains('=') {
            return Err(FaultTextError(format!("{name} takes no value")));
        }
        Ok(fault)
    }
}

fn suffix(applied: bool) -> &'static str {
    if applied { "/applied" } else { "" }
}

/// A duration, as `200ms` or `1m 30s`.
struct Time(Duration);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signed = SignedDuration::try_from(self.0).unwrap_or(SignedDuration::MAX);
        write!(f, "{signed:#}")
    }
}

fn signed(text: &str) -> Result<SignedDuration, FaultTextError> {
    text.parse().map_err(|_| {
        FaultTextError(format!("`{text}` is no time; write it as 200ms, 30s, 5m or -2h"))
    })
}

fn time(text: &str) -> Result<Duration, FaultTextError> {
    Duration::try_from(signed(text)?).map_err(|_| {
        FaultTextError(format!("`{text}` lies in the past; the time must be positive"))
    })
}

fn number<T: FromStr>(text: &str) -> Result<T, FaultTextError> {
    text.parse().map_err(|_| FaultTextError(format!("`{text}` is no number that fits")))
}

fn status(text: &str) -> Result<u16, FaultTextError> {
    let status = number(text)?;
    if (200..=599).contains(&status) {
        Ok(status)
    } else {
        Err(FaultTextError(format!("`{text}` is no status between 200 and 599")))
    }
}

fn one_of<T: Copy>(text: &str, known: &[(&str, T)]) -> Result<T, FaultTextError> {
    known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| *name).collect();
        FaultTextError(format!("`{text}` is none of {}", names.join(", ")))
    })
}

fn name_of<T: PartialEq + Copy>(value: T, known: &[(&'static str, T)]) -> &'static str {
    known.iter().find(|(_, other)| *other == value).map_or("connect", |(name, _)| name)
}

const PHASES: &[(&str, Phase)] =
    &[("resolve", Phase::Resolve), ("connect", Phase::Connect), ("tls", Phase::Tls)];
const STALLS: &[(&str, StallAt)] =
    &[("before-answer", StallAt::BeforeAnswer), ("head", StallAt::Head), ("body", StallAt::Body)];
const THROTTLES: &[(&str, Throttle)] =
    &[("slow-down", Throttle::SlowDown), ("lock-out", Throttle::LockOut)];
const DRESSES: &[(&str, RefusalForm)] = &[
    ("200", RefusalForm::Ok),
    ("401", RefusalForm::Unauthorized),
    ("500", RefusalForm::ServerError),
];

fn phase(text: &str) -> Result<Phase, FaultTextError> {
    one_of(text, PHASES)
}

fn phase_name(phase: Phase) -> &'static str {
    name_of(phase, PHASES)
}

fn stall_at(text: &str) -> Result<StallAt, FaultTextError> {
    one_of(text, STALLS)
}

fn stall_name(at: StallAt) -> &'static str {
    name_of(at, STALLS)
}

fn dress(text: &str) -> Result<RefusalForm, FaultTextError> {
    one_of(text, DRESSES)
}

fn dress_name(dress: RefusalForm) -> &'static str {
    name_of(dress, DRESSES)
}

fn retry_after(text: &str) -> Result<RetryAfter, FaultTextError> {
    match text.strip_prefix("date:") {
        Some(text) => time(text).map(|time| RetryAfter::Date(time.as_secs())),
        None => time(text).map(|time| RetryAfter::Seconds(time.as_secs())),
    }
}

fn trickle(text: &str) -> Result<Fault, FaultTextError> {
    let (bytes, every) = text
        .split_once('/')
        .ok_or_else(|| FaultTextError("trickle needs both: trickle=BYTES/TIME".to_owned()))?;
    let bytes = number(bytes)?;
    if bytes == 0 {
        return Err(FaultTextError("a trickle of 0 bytes never ends".to_owned()));
    }
    Ok(Fault::Trickle { bytes, every: time(every)? })
}
