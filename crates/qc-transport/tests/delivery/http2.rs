//! Over HTTP/2: one connection for many requests, and what is known when one of them, or all, get no answer.

use std::{
    future::Future,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use h2::{
    Ping, Reason, RecvStream,
    server::{Connection, SendResponse},
};
use qc_transport::{
    Attempt, Cause, Delivery, HyperTransport, Phase, Roots, Settings,
    bytes::Bytes,
    http::{Request, Response, Version},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{attempt, send, tls::certified};

type Http2 = Connection<TlsStream<TcpStream>, Bytes>;

/// Ends an attempt that stalls on purpose.
const SHORT: Duration = Duration::from_millis(200);

struct Server {
    url: String,
    transport: HyperTransport,
    connections: Arc<AtomicUsize>,
}

impl Server {
    /// Runs `script` for every connection that has agreed on HTTP/2.
    async fn start<F>(script: impl Fn(Http2) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (mut config, roots) = certified("127.0.0.1");
        config.alpn_protocols = vec![b"h2".to_vec()];
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/api/v2/test", listener.local_addr().unwrap());
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        tokio::spawn(async move {
            loop {
                let stream = listener.accept().await.unwrap().0;
                counter.fetch_add(1, SeqCst);
                let tls = acceptor.accept(stream).await.unwrap();
                tokio::spawn(script(h2::server::handshake(tls).await.unwrap()));
            }
        });
        Self { url, transport: speaking(roots), connections }
    }

    fn attempt(&self, body: &str) -> Attempt {
        attempt(&self.url, Bytes::copy_from_slice(body.as_bytes()))
    }

    fn connections(&self) -> usize {
        self.connections.load(SeqCst)
    }
}

fn speaking(roots: Roots) -> HyperTransport {
    HyperTransport::with_settings(Settings::new().roots(roots).http2(true))
}

type Asked = (Request<RecvStream>, SendResponse<Bytes>);

async fn read(request: Request<RecvStream>) -> String {
    let mut body = request.into_body();
    let mut all = Vec::new();
    while let Some(Ok(data)) = body.data().await {
        let _ = body.flow_control().release_capacity(data.len());
        all.extend_from_slice(&data);
    }
    String::from_utf8(all).unwrap()
}

async fn answer((request, mut respond): Asked) -> String {
    let body = read(request).await;
    if let Ok(mut stream) = respond.send_response(Response::new(()), false) {
        let _ = stream.send_data(Bytes::from_static(b"{}"), true);
    }
    body
}

/// Answers every request.
async fn answer_all(mut connection: Http2) {
    while let Some(Ok(asked)) = connection.accept().await {
        tokio::spawn(answer(asked));
    }
}

fn assert_failed(
    result: Result<Response<Bytes>, qc_transport::Failure>,
    expected: (Delivery, Phase, Cause),
) {
    let failure = result.unwrap_err();
    assert_eq!((failure.delivery(), failure.phase(), failure.cause()), expected, "{failure:?}");
}

#[tokio::test]
async fn many_requests_share_one_connection() {
    let server = Server::start(answer_all).await;
    let first = send(&server.transport, server.attempt("{}")).await.unwrap();
    assert_eq!((first.version(), &first.body()[..]), (Version::HTTP_2, &b"{}"[..]));
    let transport = Arc::new(server.transport);
    let calls: Vec<_> = (0..32)
        .map(|_| {
            let (transport, attempt) = (Arc::clone(&transport), attempt(&server.url, "{}"));
            tokio::spawn(async move { send(&transport, attempt).await.unwrap() })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap().version(), Version::HTTP_2);
    }
    assert_eq!(server.connections.load(SeqCst), 1);
}

#[tokio::test]
async fn it_is_spoken_only_when_asked_for_and_where_the_server_does() {
    for (offered, wanted, expected) in [
        (&[&b"h2"[..], b"http/1.1"][..], false, Version::HTTP_11),
        (&[b"http/1.1"], true, Version::HTTP_11),
        (&[], true, Version::HTTP_11),
    ] {
        let (mut config, roots) = certified("127.0.0.1");
        config.alpn_protocols = offered.iter().map(|name| name.to_vec()).collect();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

            let mut tls = acceptor.accept(listener.accept().await.unwrap().0).await.unwrap();
            let mut received = Vec::new();
            while !received.ends_with(b"\r\n\r\n{}") {
                received.push(tls.read_u8().await.unwrap());
            }
            tls.write_all(crate::server::OK).await.unwrap();
            tls.flush().await.unwrap();
            let _ = tls.read_u8().await;
        });
        let settings = Settings::new().roots(roots).http2(wanted);
        let transport = HyperTransport::with_settings(settings);
        let response = send(&transport, attempt(&url, "{}")).await.unwrap();
        assert_eq!(response.version(), expected);
    }
}

#[tokio::test]
async fn closed_after_the_request_is_in_doubt() {
    let server = Server::start(|mut connection| async move {
        let Some(Ok((request, respond))) = connection.accept().await else { return };
        // The connection has to be driven while the body comes.
        let reading = tokio::spawn(read(request));
        tokio::select! {
            _ = reading => {}
            _ = connection.accept() => {}
        }
        drop((connection, respond));
    })
    .await;
    let result = send(&server.transport, server.attempt("{}")).await;
    assert_failed(result, (Delivery::MaybeSent, Phase::Head, Cause::Broken));
    assert_eq!(server.connections(), 1, "it was sent again");
}

#[tokio::test]
async fn a_stream_reset_is_in_doubt_and_its_connection_is_kept() {
    for reason in [Reason::REFUSED_STREAM, Reason::INTERNAL_ERROR, Reason::CANCEL] {
        let server = Server::start(move |mut connection| async move {
            let Some(Ok((_, mut respond))) = connection.accept().await else { return };
            respond.send_reset(reason);
            answer_all(connection).await;
        })
        .await;
        let failure = send(&server.transport, server.attempt("{}")).await.unwrap_err();
        assert_eq!((failure.delivery(), failure.cause()), (Delivery::MaybeSent, Cause::Broken));
        send(&server.transport, server.attempt("{}")).await.unwrap();
        assert_eq!(server.connections(), 1, "{reason}");
    }
}

#[tokio::test]
async fn a_goaway_is_in_doubt_and_the_next_request_gets_a_new_connection() {
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let server = Server::start(move |mut connection| {
        let first = counter.fetch_add(1, SeqCst) == 0;
        async move {
            if first {
                let _asked = connection.accept().await;
                connection.abrupt_shutdown(Reason::NO_ERROR);
                while let Some(Ok(_)) = connection.accept().await {}
            } else {
                answer_all(connection).await;
            }
        }
    })
    .await;
    let failure = send(&server.transport, server.attempt("{}")).await.unwrap_err();
    assert_eq!(failure.delivery(), Delivery::MaybeSent, "{failure:?}");
    send(&server.transport, server.attempt("{}")).await.unwrap();
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn reset_in_the_body_is_in_doubt() {
    let server = Server::start(|mut connection| async move {
        let Some(Ok((_, mut respond))) = connection.accept().await else { return };
        let mut stream = respond.send_response(Response::new(()), false).unwrap();
        stream.send_data(Bytes::from_static(b"{"), false).unwrap();
        // A reset takes back what is not out yet; the client's echo of a ping says that it is.
        let mut echo = connection.ping_pong().unwrap();
        tokio::select! {
            _ = connection.accept() => {}
            echoed = echo.ping(Ping::opaque()) => drop(echoed.unwrap()),
        }
        stream.send_reset(Reason::INTERNAL_ERROR);
        while let Some(Ok(_)) = connection.accept().await {}
    })
    .await;
    let result = send(&server.transport, server.attempt("{}")).await;
    assert_failed(result, (Delivery::MaybeSent, Phase::Body, Cause::Broken));
}

#[tokio::test]
async fn stalled_is_in_doubt_and_others_on_the_connection_go_on() {
    let server = Server::start(|mut connection| async move {
        let mut held = Vec::new();
        while let Some(Ok((request, respond))) = connection.accept().await {
            if request.headers().contains_key("x-stall") {
                held.push((request, respond));
            } else {
                tokio::spawn(answer((request, respond)));
            }
        }
    })
    .await;
    let mut stalled = server.attempt("{}");
    stalled.request.headers_mut().insert("x-stall", "1".parse().unwrap());
    stalled.timeout = SHORT;
    send(&server.transport, server.attempt("{}")).await.unwrap();
    let (stalled, answered) = tokio::join!(
        send(&server.transport, stalled),
        send(&server.transport, server.attempt("{}"))
    );
    assert_failed(stalled, (Delivery::MaybeSent, Phase::Head, Cause::TimedOut));
    answered.unwrap();
    send(&server.transport, server.attempt("{}")).await.unwrap();
    assert_eq!(server.connections(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn not_sent_holds_when_giving_up_races_with_sending() {
    let received = Arc::new(Mutex::new(Vec::new()));
    let record = Arc::clone(&received);
    let server = Server::start(move |mut connection| {
        let record = Arc::clone(&record);
        async move {
            while let Some(Ok(asked)) = connection.accept().await {
                let head = asked.0.headers()["x-round"].to_str().unwrap().to_owned();
                // The head alone counts: what is not sent sends nothing.
                record.lock().unwrap().push(head);
                tokio::spawn(answer(asked));
            }
        }
    })
    .await;
    let round = |number: usize, timeout| {
        let mut attempt = attempt(&server.url, "{}");
        attempt.request.headers_mut().insert("x-round", number.into());
        attempt.timeout = timeout;
        attempt
    };
    let warm = Duration::from_secs(10);
    let mut outcomes = Vec::new();
    for number in 0..400 {
        // From nothing to a little: some give up before the request is taken, some after.
        let timeout = Duration::from_micros(number as u64 % 40 * 5);
        send(&server.transport, round(1000 + number, warm)).await.unwrap();
        let result = send(&server.transport, round(number, timeout)).await;
        outcomes.push(result.map(drop).map_err(|failure| failure.delivery()));
    }
    // Everything sent before has arrived once this, on the same connection, is answered.
    send(&server.transport, round(9999, warm)).await.unwrap();
    let received = received.lock().unwrap();
    for (number, outcome) in outcomes.iter().enumerate() {
        let times = received.iter().filter(|round| **round == number.to_string()).count();
        let consistent = match outcome {
            Ok(()) => times == 1,
            Err(Delivery::NotSent) => times == 0,
            Err(Delivery::MaybeSent) => times <= 1,
        };
        assert!(consistent, "round {number} ended as {outcome:?} and was received {times} times");
    }
}

#[tokio::test]
async fn a_connection_that_died_while_idle_loses_no_request() {
    let ended = Arc::new(Notify::new());
    let end = Arc::clone(&ended);
    let server = Server::start(move |mut connection| {
        let end = Arc::clone(&end);
        async move {
            let Some(Ok(asked)) = connection.accept().await else { return };
            tokio::spawn(answer(asked));
            connection.graceful_shutdown();
            while let Some(Ok(_)) = connection.accept().await {}
            drop(connection);
            end.notify_one();
        }
    })
    .await;
    for number in 1..=20 {
        let response = send(&server.transport, server.attempt("{}")).await.unwrap();
        assert_eq!(response.version(), Version::HTTP_2);
        ended.notified().await;
        assert_eq!(server.connections(), number);
    }
}
