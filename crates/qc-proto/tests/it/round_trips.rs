//! What one end writes, the other reads; and reading anything at all never panics.

use proptest::prelude::*;
use qc_proto::{
    Answer, Authenticate, CreateCompile, Empty, Endpoint, Envelope, FileList, ProjectList,
    decode_answer, decode_request, encode_files, encode_refusal, encode_success,
};
use serde::de::DeserializeOwned;

use crate::any;

fn request_comes_back<T: Endpoint + DeserializeOwned + PartialEq + std::fmt::Debug>(
    request: &T,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(&decode_request::<T>(&request.encode().unwrap()).unwrap(), request);
    let body = serde_json::to_vec(request).unwrap();
    prop_assert_eq!(&decode_request::<T>(&body).unwrap(), request);
    Ok(())
}

proptest! {
    #[test]
    fn every_request_comes_back(
        create in any::create_file(),
        read in any::read_file(),
        read_all in any::read_files(),
        update in any::update_file(),
        rename in any::rename_file(),
        patch in any::patch_files(),
        delete in any::delete_file(),
        projects in any::read_projects(),
        create_project in any::create_project(),
        update_project in any::update_project(),
        delete_project in any::delete_project(),
        read_compile in any::read_compile(),
    ) {
        request_comes_back(&Authenticate {})?;
        request_comes_back(&create)?;
        request_comes_back(&read)?;
        request_comes_back(&read_all)?;
        request_comes_back(&update)?;
        request_comes_back(&rename)?;
        request_comes_back(&patch)?;
        request_comes_back(&delete)?;
        request_comes_back(&projects)?;
        request_comes_back(&create_project)?;
        request_comes_back(&update_project)?;
        request_comes_back(&delete_project)?;
        request_comes_back(&CreateCompile::new(read_compile.project_id))?;
        request_comes_back(&read_compile)?;
    }

    #[test]
    fn every_answer_comes_back(
        files in any::file_list(), projects in any::project_list(), compile in any::compile(),
    ) {
        prop_assert_eq!(decode_answer(&encode_success(&compile)).unwrap(), Answer::Success(compile));
        prop_assert_eq!(encode_files(&files), encode_success(&files));
        prop_assert_eq!(decode_answer(&encode_success(&files)).unwrap(), Answer::Success(files));
        prop_assert_eq!(decode_answer(&encode_success(&projects)).unwrap(), Answer::Success(projects));
        prop_assert_eq!(decode_answer(&encode_success(&Empty {})).unwrap(), Answer::Success(Empty {}));
    }

    #[test]
    fn every_refusal_comes_back(messages in prop::collection::vec("[a-z].{0,20}", 0..16), code in any::<Option<i64>>()) {
        let mut envelope = Envelope::default();
        (envelope.success, envelope.messages, envelope.code) = (Some(false), messages.clone(), code);
        prop_assert_eq!(
            decode_answer::<FileList>(&encode_refusal(&messages, code)).unwrap(),
            Answer::Refusal(envelope)
        );
    }

    #[test]
    fn answers_are_ascii_with_escaped_slashes(files in any::file_list()) {
        let body = encode_success(&files);
        prop_assert!(body.is_ascii());
        prop_assert!(body.iter().enumerate().all(|(at, byte)| *byte != b'/' || body[at - 1] == b'\\'));
    }

    #[test]
    fn arbitrary_bytes_do_not_panic(body in any::<Vec<u8>>()) {
        let _ = decode_answer::<FileList>(&body);
        let _ = decode_answer::<ProjectList>(&body);
        let _ = decode_request::<qc_proto::CreateFile>(&body);
    }

    #[test]
    fn mutated_answers_do_not_panic(
        files in any::file_list(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut body = encode_success(&files);
        for (at, byte, kind) in edits {
            if body.is_empty() {
                break;
            }
            let at = at.index(body.len());
            match kind {
                0 => body[at] = byte,
                1 => body.insert(at, byte),
                _ => body.truncate(at),
            }
        }
        if let Err(error) = decode_answer::<FileList>(&body) {
            prop_assert!(error.offset() <= body.len());
        }
    }
}
