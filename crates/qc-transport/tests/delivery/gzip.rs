//! Compressed answers, over real sockets.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use qc_transport::{Cause, Delivery, HyperTransport, Phase};

use crate::{
    attempt, send,
    server::{Server, read_request},
};

/// Answers every connection's one request with `text` compressed, `cut` bytes short of its end; reports the request.
fn compressing(text: Vec<u8>, cut: usize) -> Server<String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&text).unwrap();
    let body = encoder.finish().unwrap();
    Server::start(move |mut stream| {
        let request = read_request(&mut stream).unwrap();
        let body = &body[..body.len() - cut];
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        request
    })
}

#[tokio::test]
async fn a_compressed_answer_comes_out_plain() {
    let mut server = compressing(b"plain text".to_vec(), 0);
    let response = send(&HyperTransport::new(), attempt(&server.url(), "{}")).await.unwrap();
    assert_eq!(response.body(), "plain text");
    assert!(!response.headers().contains_key("content-encoding"));
    assert!(server.report().await.to_lowercase().contains("accept-encoding: gzip\r\n"));
}

#[tokio::test]
async fn a_gzip_bomb_is_refused() {
    // Well within the limit as it travels.
    let server = compressing(vec![0; 500_000], 0);
    let failure = send(&HyperTransport::new(), attempt(&server.url(), "{}")).await.unwrap_err();
    assert_eq!((failure.cause(), failure.delivery()), (Cause::TooLarge, Delivery::MaybeSent));
}

#[tokio::test]
async fn a_compressed_answer_cut_short_is_no_answer() {
    let server = compressing(b"plain text".to_vec(), 4);
    let failure = send(&HyperTransport::new(), attempt(&server.url(), "{}")).await.unwrap_err();
    assert_eq!((failure.phase(), failure.delivery()), (Phase::Body, Delivery::MaybeSent));
}
