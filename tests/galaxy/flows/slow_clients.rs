//! Clients that begin and do not end: they are dropped, and others are served meanwhile.

use std::io::ErrorKind;
use std::io::Read;
use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;
use std::time::Instant;

use crate::support::form::Form;
use crate::support::server::TestServer;
use crate::support::tarball::collection;
use crate::support::tarball::sha256;

/// How long a dropped client may be unaware of it. A refused upload is drained and its connection kept for the
/// last word, 10 seconds together; the rest is for a busy machine. A connection left open still fails.
const SOON: Duration = Duration::from_secs(60);

fn hub() -> TestServer {
    TestServer::with(|config| {
        config.listen.header_timeout = Duration::from_secs(1);
        config.listen.body_timeout = Duration::from_secs(1);
    })
}

fn connect(galaxy: &TestServer) -> TcpStream {
    let stream = TcpStream::connect(galaxy.address()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(200)))
        .unwrap();
    stream
}

/// Sends `drip` again and again until the server has closed the connection; what it said before that.
fn dribble(stream: &mut TcpStream, drip: &[u8]) -> String {
    let began = Instant::now();
    let mut answer = Vec::new();
    while began.elapsed() < SOON {
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(0) => return String::from_utf8_lossy(&answer).into_owned(),
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(_reset) => return String::from_utf8_lossy(&answer).into_owned(),
        }
        let _may_be_closed = stream.write_all(drip);
    }
    panic!("still connected: {}", String::from_utf8_lossy(&answer));
}

#[test]
fn a_request_must_have_an_end() {
    let galaxy = hub();
    let token = galaxy.admin().authorization().unwrap().to_owned();
    let post = |path: &str, rest: &str| {
        format!(
            "POST /api/galaxy/{path} HTTP/1.1\r\nHost: hub\r\nAuthorization: {token}\r\n{rest}\r\n\r\n"
        )
    };
    let json = "Content-Type: application/json\r\n";
    let form = "Content-Type: multipart/form-data; boundary=b\r\n";
    let slow = [
        // Half a head, silent.
        (
            "GET /api/galaxy/ HTTP/1.1\r\nHost: hu".to_owned(),
            "",
            "408",
        ),
        // A head that goes on and on.
        (
            "GET /api/galaxy/ HTTP/1.1\r\nHost: hub\r\n".to_owned(),
            "X: y\r\n",
            "408",
        ),
        // A second head that does.
        (
            "GET /api/galaxy/ HTTP/1.1\r\nHost: hub\r\n\r\nGET /api/galaxy/ HTTP/1.1\r\n"
                .to_owned(),
            "X: y\r\n",
            "200",
        ),
        // Half a body, silent; and one that drips.
        (
            post("v3/namespaces/", &format!("{json}Content-Length: 1000")),
            "",
            "400",
        ),
        (
            post("v3/namespaces/", &format!("{json}Content-Length: 1000")),
            " ",
            "400",
        ),
        (
            post(
                "v3/namespaces/",
                &format!("{json}Transfer-Encoding: chunked"),
            ),
            "1\r\n \r\n",
            "400",
        ),
        // Uploads.
        (
            post(
                "v3/artifacts/collections/",
                &format!("{form}Content-Length: 100000"),
            ),
            "",
            "400",
        ),
        (
            post(
                "v3/artifacts/collections/",
                &format!("{form}Content-Length: 100000"),
            ),
            "x",
            "400",
        ),
        (
            post(
                "v3/artifacts/collections/",
                &format!("{form}Transfer-Encoding: chunked"),
            ),
            "1\r\nx\r\n",
            "400",
        ),
        // A body that nobody wants.
        (
            post("v3/auth/token/", &format!("{json}Content-Length: 100000")),
            " ",
            "200",
        ),
        (
            post("nowhere/", &format!("{json}Transfer-Encoding: chunked")),
            "1\r\n \r\n",
            "404",
        ),
    ];
    let clients: Vec<_> = slow
        .into_iter()
        .map(|(head, drip, status)| {
            let mut stream = connect(&galaxy);
            stream.write_all(head.as_bytes()).unwrap();
            std::thread::spawn(move || {
                let answer = dribble(&mut stream, drip.as_bytes());
                let told = answer.lines().next().unwrap_or_default().to_owned();
                (head, drip, status, told)
            })
        })
        .collect();
    let began = Instant::now();
    galaxy.admin().get("v3/namespaces/").expect(200);
    assert!(began.elapsed() < Duration::from_secs(2), "others wait");
    for client in clients {
        let (head, drip, status, told) = client.join().unwrap();
        assert!(told.contains(status), "{head}{drip:?}: {told}");
    }
}

#[test]
fn a_head_has_its_limits() {
    let galaxy = TestServer::start();
    let many: String = (0..200).map(|n| format!("X-{n}: y\r\n")).collect();
    let long = format!("X: {}\r\n", "y".repeat(200_000));
    for lines in [many, long] {
        let mut stream = connect(&galaxy);
        let head = format!("GET /api/galaxy/ HTTP/1.1\r\nHost: hub\r\n{lines}\r\n");
        // The server may close before all of it is sent.
        let _sent = stream.write_all(head.as_bytes());
        let answer = dribble(&mut stream, b"");
        let status = answer.split(' ').nth(1).unwrap_or("closed");
        assert!(
            matches!(status, "400" | "413" | "431" | "closed"),
            "{answer}"
        );
    }
    galaxy.anonymous().get("").expect(200);
}

#[test]
fn an_upload_may_take_its_time_as_long_as_it_comes() {
    let galaxy = hub();
    // Bytes that do not get fewer when they are packed.
    let noise: String = (0..2000_u32).map(|n| sha256(&n.to_be_bytes())).collect();
    let artifact = collection("acme.tools").file("files/noise", noise).build();
    let form = Form::of(&artifact);
    let body = form.body();
    let mut stream = connect(&galaxy);
    let head = format!(
        "POST /api/galaxy/v3/artifacts/collections/ HTTP/1.1\r\nHost: hub\r\nAuthorization: {}\r\n\
         Content-Type: {}\r\nContent-Length: {}\r\n\r\n",
        galaxy.admin().authorization().unwrap(),
        form.content_type(),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    // Longer in all than anybody may be silent.
    for part in body.chunks(body.len().div_ceil(6)) {
        stream.write_all(part).unwrap();
        std::thread::sleep(Duration::from_millis(400));
    }
    stream.set_read_timeout(Some(SOON)).unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    assert_eq!(&answer, b"HTTP/1.1 202");
}

#[test]
fn connections_beyond_the_limit_wait_until_others_are_dropped() {
    let galaxy = TestServer::with(|config| {
        config.listen.header_timeout = Duration::from_secs(1);
        config.listen.max_connections = 1;
    });
    let threads = std::thread::available_parallelism().unwrap().get();
    let _silent: Vec<TcpStream> = (0..=threads).map(|_| connect(&galaxy)).collect();
    std::thread::sleep(Duration::from_millis(200));
    let began = Instant::now();
    galaxy.anonymous().get("").expect(200);
    let waited = began.elapsed();
    assert!(waited > Duration::from_millis(400), "{waited:?}");
}
