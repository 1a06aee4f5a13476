//! Envelopes, files, projects and requests.

use std::fmt::Debug;

use arbitrary::{Result, Unstructured};
use qc_proto::{
    Answer, Compile, CreateCompile, CreateFile, CreateProject, DecodeError, DeleteFile,
    DeleteProject, Empty, Envelope, FileList, PatchFiles, ProjectList, ReadCompile, ReadFile,
    ReadFiles, ReadProjects, RenameFile, UpdateFile, UpdateProject, decode_answer, decode_request,
    encode_refusal, encode_success,
};
use serde::{Serialize, de::DeserializeOwned};

use super::json_text::{ANSWER, REQUEST, json};

const BEFORE: [&str; 8] = [
    "",
    "\u{feff}",
    " \r\n\t",
    "<br />\n<b>Warning</b>:  {x} in /a.php on line <b>7</b><br />\n",
    "\u{feff}\nPHP Notice: x\n{\n",
    "Deprecated: {}>",
    "<html>{",
    "Warning\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n",
];

/// Any body: what is read as an answer or as a request is written and read again as the same.
pub fn answer(data: &[u8]) {
    // Inputs that are too short to be anything end here.
    let _ = run(Unstructured::new(data));
}

fn run(mut bytes: Unstructured<'_>) -> Result<()> {
    let (is_request, form) = (bytes.arbitrary::<bool>()?, bytes.arbitrary::<u8>()?);
    let body = if form.is_multiple_of(4) {
        bytes.take_rest().to_vec()
    } else {
        let before = BEFORE.get(usize::from(form / 4)).copied().unwrap_or_default();
        let text = json(&mut bytes, if is_request { REQUEST } else { ANSWER })?;
        let mut body = format!("{before}{text}").into_bytes();
        body.extend_from_slice(bytes.take_rest());
        body
    };
    if is_request {
        read_request::<CreateFile>(&body);
        read_request::<ReadFile>(&body);
        read_request::<ReadFiles>(&body);
        read_request::<UpdateFile>(&body);
        read_request::<RenameFile>(&body);
        read_request::<PatchFiles>(&body);
        read_request::<DeleteFile>(&body);
        read_request::<ReadProjects>(&body);
        read_request::<CreateProject>(&body);
        read_request::<UpdateProject>(&body);
        read_request::<DeleteProject>(&body);
        read_request::<CreateCompile>(&body);
        read_request::<ReadCompile>(&body);
    } else {
        read_answer::<FileList>(&body);
        read_answer::<ProjectList>(&body);
        read_answer::<Compile>(&body);
        read_answer::<Empty>(&body);
    }
    Ok(())
}

fn read_answer<T: Serialize + DeserializeOwned + Debug>(body: &[u8]) {
    let answer = decode_answer::<T>(body);
    let written = |answer: &Answer<T>| match answer {
        Answer::Success(payload) => encode_success(payload),
        Answer::Refusal(Envelope { success, messages, code, .. }) => {
            assert_eq!(*success, Some(false));
            encode_refusal(messages, *code)
        }
    };
    let again = match &answer {
        Ok(answer) => written(answer),
        Err(error) => return points_into(error, body),
    };
    assert!(again.is_ascii());
    // What of a list could not be read is not written, and a list that could not be read at all is then empty.
    let reread = |body: &[u8]| decode_answer::<T>(body).map(|answer| written(&answer));
    let settled = reread(&again);
    assert_eq!(settled.as_deref().map(reread), Ok(settled.clone()));
    if body.first() == Some(&b'{') {
        // Whether it is a success does not hang on what stands beside the envelope.
        let is_success = matches!(answer, Ok(Answer::Success(_)));
        let done = decode_answer::<Empty>(body);
        assert_eq!(matches!(done, Ok(Answer::Success(_))), is_success, "{done:?}");
    }
}

fn read_request<T: Serialize + DeserializeOwned + PartialEq + Debug>(body: &[u8]) {
    match decode_request::<T>(body) {
        Ok(request) => {
            let again = serde_json::to_vec(&request).unwrap_or_default();
            assert_eq!(decode_request(&again), Ok(request));
        }
        Err(error) => points_into(&error, body),
    }
}

fn points_into(error: &DecodeError, body: &[u8]) {
    assert!(error.offset() <= body.len(), "{error}");
    assert!(!error.field().is_empty(), "{error}");
}
