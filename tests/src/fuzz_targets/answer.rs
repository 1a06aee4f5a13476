//! Envelopes, files, projects and requests.

use std::fmt::Debug;

use arbitrary::{Result, Unstructured};
use qc_proto::{
    Answer, CreateFile, CreateProject, DecodeError, DeleteFile, DeleteProject, Done, Envelope,
    FileList, PatchFiles, ProjectList, ReadFile, ReadFiles, ReadProjects, RenameFile, UpdateFile,
    decode_answer, decode_request, encode_refusal, encode_success,
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
    let (kind, form) = (bytes.arbitrary::<u8>()?, bytes.arbitrary::<u8>()?);
    let is_request = kind % 16 >= 6;
    let body = if form.is_multiple_of(4) {
        bytes.take_rest().to_vec()
    } else {
        let before = BEFORE.get(usize::from(form / 4)).copied().unwrap_or_default();
        let text = json(&mut bytes, if is_request { REQUEST } else { ANSWER })?;
        let mut body = format!("{before}{text}").into_bytes();
        body.extend_from_slice(bytes.take_rest());
        body
    };
    match kind % 16 {
        0 | 1 => read_answer::<FileList>(&body),
        2 | 3 => read_answer::<ProjectList>(&body),
        4 | 5 => read_answer::<Done>(&body),
        6 => read_request::<CreateFile>(&body),
        7 => read_request::<ReadFile>(&body),
        8 => read_request::<ReadFiles>(&body),
        9 => read_request::<UpdateFile>(&body),
        10 => read_request::<RenameFile>(&body),
        11 => read_request::<PatchFiles>(&body),
        12 => read_request::<DeleteFile>(&body),
        13 => read_request::<ReadProjects>(&body),
        14 => read_request::<CreateProject>(&body),
        _ => read_request::<DeleteProject>(&body),
    }
    Ok(())
}

fn read_answer<T: Serialize + DeserializeOwned + PartialEq + Debug>(body: &[u8]) {
    let answer = decode_answer::<T>(body);
    let again = match &answer {
        Ok(Answer::Success(payload)) => encode_success(payload),
        Ok(Answer::Refusal(Envelope { success, messages, code })) => {
            assert_eq!(*success, Some(false));
            encode_refusal(messages, *code)
        }
        Err(error) => return points_into(error, body),
    };
    assert!(again.is_ascii());
    assert_eq!(decode_answer(&again), answer);
    if body.first() == Some(&b'{') {
        // Whether it is a success does not hang on what stands beside the envelope.
        let is_success = matches!(answer, Ok(Answer::Success(_)));
        let done = decode_answer::<Done>(body);
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
