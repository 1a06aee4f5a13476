//! The forms that PHP's JSON drifts to, each by its name.

mod answer;
mod fields;

use std::{fmt, str::FromStr};

use crate::faults::fault_text::FaultTextError;

macro_rules! drifts {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// A form that an answer's JSON may come in, beside its plain one.
        ///
        /// One changes nothing in an answer that has nothing of the kind.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Drift {
            $($(#[$doc])* $variant,)*
        }

        impl Drift {
            /// Every drift.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name, as in `drift=byte-order-mark`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

drifts! {
    /// An empty map comes as `[]`: the project's `encryptionKey`.
    EmptyMapAsList = "empty-map-as-list",
    /// A list comes as an object, `{"0": …}`.
    ListAsObject = "list-as-object",
    /// A list with gaps comes as an object, `{"0": …, "2": …}`.
    ListWithGaps = "list-with-gaps",
    /// An empty list comes as an empty object.
    EmptyListAsObject = "empty-list-as-object",
    /// An empty list comes as `null`.
    EmptyListAsNull = "empty-list-as-null",
    /// An empty list does not come at all.
    EmptyListMissing = "empty-list-missing",
    /// Integers come as strings.
    IntegersAsStrings = "integers-as-strings",
    /// Booleans come as 0 and 1.
    BooleansAsNumbers = "booleans-as-numbers",
    /// A byte-order mark stands before the JSON.
    ByteOrderMark = "byte-order-mark",
    /// A warning of PHP, with markup, stands before the JSON.
    PhpWarning = "php-warning",
    /// A notice of PHP, without markup, stands before the JSON.
    PhpNotice = "php-notice",
    /// Fields that nobody knows.
    UnknownFields = "unknown-fields",
    /// A file's `id` is `null`.
    NullId = "null-id",
    /// Empty content comes as `null`.
    EmptyContentAsNull = "empty-content-as-null",
    /// `modified` as RFC 3339 with a zone.
    DateWithZone = "date-with-zone",
    /// `modified` as RFC 3339 with a zone and a fraction.
    DateWithFraction = "date-with-fraction",
    /// `modified` as RFC 3339 without a zone.
    DateWithoutZone = "date-without-zone",
    /// `modified` is `0000-00-00 00:00:00`.
    ZeroDate = "zero-date",
    /// A success carries an empty list of errors.
    ErrorsOnSuccess = "errors-on-success",
    /// A refusal's reasons stand in `messages`.
    ReasonsInMessages = "reasons-in-messages",
    /// A refusal's reason stands in `Message`.
    ReasonInMessage = "reason-in-message",
    /// A refusal gives no reason.
    NoReason = "no-reason",
    /// A refusal's reasons are objects with a `message`.
    ReasonsAsObjects = "reasons-as-objects",
    /// A refusal's `errorCode` is a text.
    ErrorCodeAsText = "error-code-as-text",
    /// `success` is `"true"` or `"false"`.
    SuccessAsText = "success-as-text",
    /// A success comes without the `files` or `projects` that were asked for.
    ListMissing = "list-missing",
    /// The first file's content is an object.
    ContentAsObject = "content-as-object",
    /// A project more, whose number is 0.
    ProjectZero = "project-zero",
    /// A project's `name` is `null`.
    NullProjectName = "null-project-name",
    /// A project's `organizationId` is the number 0.
    OrganizationAsNumber = "organization-as-number",
    /// A project's `encryptionKey` is an empty text.
    EncryptionKeyAsText = "encryption-key-as-text",
    /// A library more in each project, whose number is 0.
    LibraryZero = "library-zero",
    /// A parameter's value that is the text of a number is that number.
    ParameterValuesAsNumbers = "parameter-values-as-numbers",
    /// Parameters come as an object of plain values, `{"key": "value"}`.
    ParametersAsObject = "parameters-as-object",
    /// A parameter's key stands in `name`.
    ParametersWithNames = "parameters-with-names",
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Drift {
    type Err = FaultTextError;

    fn from_str(text: &str) -> Result<Self, FaultTextError> {
        Self::ALL.iter().copied().find(|drift| drift.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|drift| drift.name()).collect();
            FaultTextError(format!("`{text}` is no drift; those are {}", names.join(", ")))
        })
    }
}
