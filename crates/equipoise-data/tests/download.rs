//! Downloads against a server on loopback that can fail in all the ways that servers do.
#![cfg(feature = "download")]

use std::{
    error::Error,
    io::{BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use equipoise_core::Help;
use equipoise_data::{
    catalogue::Checksum,
    download::{DownloadError, DownloadRequest, Progress, Timeouts, download, from_file},
};
use tempfile::TempDir;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

const ETAG: &str = "\"first\"";

/// How the server answers one connection.
#[derive(Clone, Copy)]
enum Answer {
    /// As asked: the whole file, or the range if its `If-Range` still holds.
    Served,
    /// As asked, but the connection ends after so many bytes of the body.
    CutAfter(usize),
    /// The whole file, whatever was asked.
    WithoutRanges,
    /// The whole file of another length of life: `ETag` and first byte differ.
    NewVersion,
    /// So many bytes without a `Content-Length`, until the connection ends.
    Endless(usize),
    /// Nothing but a status.
    Status(u16),
    /// A redirect to `/elsewhere`.
    Redirect,
}

/// A server that gives one answer after the other, one a connection, and remembers the questions.
struct Server {
    address: String,
    questions: Arc<Mutex<Vec<String>>>,
}

impl Server {
    fn start(body: Vec<u8>, answers: &[Answer]) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}/data.csv", listener.local_addr()?);
        let questions = Arc::new(Mutex::new(Vec::new()));
        let (asked, answers) = (Arc::clone(&questions), answers.to_vec());
        thread::spawn(move || {
            for answer in answers {
                // A client that hangs up early is part of the game.
                if let Ok((stream, _)) = listener.accept() {
                    let _ = serve(stream, &body, answer, &asked);
                }
            }
        });
        Ok(Self { address, questions })
    }

    /// The heads of all requests so far, in lower case.
    fn questions(&self) -> Vec<String> {
        self.questions
            .lock()
            .map(|asked| asked.clone())
            .unwrap_or_default()
    }
}

fn serve(mut stream: TcpStream, body: &[u8], answer: Answer, asked: &Mutex<Vec<String>>) -> Result {
    let mut head = String::new();
    let mut reader = BufReader::new(stream.try_clone()?);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head)? == 0 {
            return Ok(());
        }
    }
    let head = head.to_lowercase();
    if let Ok(mut asked) = asked.lock() {
        asked.push(head.clone());
    }
    let value_of = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(name))
            .map(|value| value.trim().to_owned())
    };
    let from = value_of("range: bytes=")
        .and_then(|range| range.trim_end_matches('-').parse::<usize>().ok())
        .filter(|_| value_of("if-range:").is_none_or(|etag| etag == ETAG));

    let whole = |etag: &str, bytes: &[u8]| {
        let length = bytes.len();
        (
            format!("200 OK\r\nETag: {etag}\r\nContent-Length: {length}"),
            bytes.to_vec(),
        )
    };
    let (head, bytes) = match (answer, from) {
        (Answer::Served | Answer::CutAfter(_), Some(from)) if from >= body.len() => (
            "416 Range Not Satisfiable\r\nContent-Length: 0".to_owned(),
            Vec::new(),
        ),
        (Answer::Served | Answer::CutAfter(_), Some(from)) => {
            let (last, length) = (body.len() - 1, body.len());
            let rest = body[from..].to_vec();
            let head = format!(
                "206 Partial Content\r\nContent-Range: bytes {from}-{last}/{length}\r\n\
                 Content-Length: {}",
                rest.len()
            );
            (head, rest)
        }
        (Answer::Served | Answer::CutAfter(_) | Answer::WithoutRanges, _) => whole(ETAG, body),
        (Answer::NewVersion, _) => {
            let mut other = body.to_vec();
            other[0] ^= 1;
            whole("\"second\"", &other)
        }
        (Answer::Endless(length), _) => ("200 OK".to_owned(), vec![7; length]),
        (Answer::Status(status), _) => (format!("{status} No\r\nContent-Length: 0"), Vec::new()),
        (Answer::Redirect, _) => (
            "302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0".to_owned(),
            Vec::new(),
        ),
    };
    let sent = match answer {
        Answer::CutAfter(limit) => &bytes[..limit.min(bytes.len())],
        _ => &bytes,
    };
    stream.write_all(format!("HTTP/1.1 {head}\r\nConnection: close\r\n\r\n").as_bytes())?;
    stream.write_all(sent)?;
    Ok(())
}

/// Bytes of no pattern that fill several pieces of a download.
fn body() -> Vec<u8> {
    (0_u32..300_000)
        .map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect()
}

fn request(server: &Server, folder: &TempDir) -> DownloadRequest {
    let body = body();
    DownloadRequest {
        address: server.address.clone(),
        target: folder.path().join("set/data.csv"),
        sha256: Checksum::of_bytes(&body),
        max_bytes: body.len() as u64,
        timeouts: Timeouts {
            connect: Duration::from_secs(10),
            ..Timeouts::default()
        },
    }
}

fn quiet(_: Progress) {}

/// The names of the files beside the target.
fn files(request: &DownloadRequest) -> Result<Vec<String>> {
    let folder = request.target.parent().ok_or("the target has a folder")?;
    let mut names: Vec<String> = fs_err::read_dir(folder)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    names.sort();
    Ok(names)
}

/// What went wrong, and what the reader is told to do, without what changes from run to run.
fn told(error: &DownloadError, request: &DownloadRequest) -> String {
    let target = request.target.display().to_string();
    format!("{error}\nhelp: {}", error.help().unwrap_or_default())
        .replace(&request.address, "http://server/data.csv")
        .replace(&target, "set/data.csv")
}

#[test]
fn a_whole_download_arrives_and_is_not_repeated() -> Result {
    let (folder, server) = (TempDir::new()?, Server::start(body(), &[Answer::Served])?);
    let request = request(&server, &folder);
    let mut seen = Vec::new();

    let path = download(&request, &mut |progress| seen.push(progress))?;

    assert_eq!(fs_err::read(&path)?, body());
    assert_eq!(files(&request)?, ["data.csv"]);
    let total = Some(300_000);
    assert_eq!(seen.first(), Some(&Progress { received: 0, total }));
    assert_eq!(
        seen.last(),
        Some(&Progress {
            received: 300_000,
            total
        })
    );
    assert!(seen.is_sorted_by_key(|progress| progress.received));

    download(&request, &mut quiet)?;
    assert_eq!(server.questions().len(), 1);
    Ok(())
}

#[test]
fn a_cut_download_goes_on_where_it_ended() -> Result {
    let answers = [
        Answer::CutAfter(100_000),
        Answer::CutAfter(50_000),
        Answer::Served,
    ];
    let (folder, server) = (TempDir::new()?, Server::start(body(), &answers)?);
    let request = request(&server, &folder);

    for there in [100_000, 150_000] {
        let error = download(&request, &mut quiet).unwrap_err();
        let DownloadError::Interrupted {
            received, total, ..
        } = &error
        else {
            panic!("{error:?}");
        };
        assert_eq!((*received, *total), (there, Some(300_000)));
        assert_eq!(files(&request)?, ["data.csv.part", "data.csv.part.note"]);
    }
    let mut first = None;
    download(&request, &mut |progress| {
        first.get_or_insert(progress);
    })?;

    assert_eq!(fs_err::read(&request.target)?, body());
    assert_eq!(files(&request)?, ["data.csv"]);
    assert_eq!(
        first,
        Some(Progress {
            received: 150_000,
            total: Some(300_000)
        })
    );
    let questions = server.questions();
    assert!(!questions[0].contains("range:"), "{}", questions[0]);
    assert!(
        questions[1].contains("range: bytes=100000-"),
        "{}",
        questions[1]
    );
    assert!(
        questions[2].contains("range: bytes=150000-"),
        "{}",
        questions[2]
    );
    assert!(
        questions[2].contains("if-range: \"first\""),
        "{}",
        questions[2]
    );
    Ok(())
}

#[test]
fn the_reader_of_a_broken_download_is_told_to_go_on() -> Result {
    let answers = [Answer::CutAfter(100_000)];
    let (folder, server) = (TempDir::new()?, Server::start(body(), &answers)?);
    let request = request(&server, &folder);
    let error = download(&request, &mut quiet).unwrap_err();
    insta::assert_snapshot!(told(&error, &request), @r"
    the connection to `http://server/data.csv` broke off after 100000 of 300000 bytes
    help: run the command again: it goes on with what is in `set/data.csv.part`
    ");
    Ok(())
}

#[test]
fn a_server_without_ranges_starts_again() -> Result {
    let answers = [Answer::CutAfter(100_000), Answer::WithoutRanges];
    let (folder, server) = (TempDir::new()?, Server::start(body(), &answers)?);
    let request = request(&server, &folder);

    download(&request, &mut quiet).unwrap_err();
    let mut first = None;
    download(&request, &mut |progress| {
        first.get_or_insert(progress.received);
    })?;

    assert_eq!(first, Some(0));
    assert_eq!(fs_err::read(&request.target)?, body());
    Ok(())
}

#[test]
fn a_part_longer_than_the_file_starts_again() -> Result {
    let (folder, server) = (
        TempDir::new()?,
        Server::start(body(), &[Answer::Served, Answer::Served])?,
    );
    let request = request(&server, &folder);
    fs_err::create_dir_all(folder.path().join("set"))?;
    fs_err::write(
        folder.path().join("set/data.csv.part"),
        [body(), body()].concat(),
    )?;
    fs_err::write(
        folder.path().join("set/data.csv.part.note"),
        format!("{}\n\n", server.address),
    )?;

    download(&request, &mut quiet)?;

    assert_eq!(fs_err::read(&request.target)?, body());
    assert_eq!(server.questions().len(), 2);
    Ok(())
}

#[test]
fn a_part_from_another_address_is_not_used() -> Result {
    let (folder, server) = (TempDir::new()?, Server::start(body(), &[Answer::Served])?);
    let request = request(&server, &folder);
    fs_err::create_dir_all(folder.path().join("set"))?;
    fs_err::write(folder.path().join("set/data.csv.part"), "something else")?;
    fs_err::write(
        folder.path().join("set/data.csv.part.note"),
        "http://other/\n\n",
    )?;

    download(&request, &mut quiet)?;

    assert_eq!(fs_err::read(&request.target)?, body());
    assert!(!server.questions()[0].contains("range:"));
    Ok(())
}

#[test]
fn a_complete_part_needs_no_server() -> Result {
    let (folder, server) = (TempDir::new()?, Server::start(body(), &[])?);
    let request = request(&server, &folder);
    fs_err::create_dir_all(folder.path().join("set"))?;
    fs_err::write(folder.path().join("set/data.csv.part"), body())?;
    fs_err::write(
        folder.path().join("set/data.csv.part.note"),
        format!("{}\n\n", server.address),
    )?;

    download(&request, &mut quiet)?;

    assert_eq!(files(&request)?, ["data.csv"]);
    Ok(())
}

#[test]
fn a_file_that_changed_at_its_source_is_refused_and_nothing_is_kept() -> Result {
    let answers = [Answer::CutAfter(100_000), Answer::NewVersion];
    let (folder, server) = (TempDir::new()?, Server::start(body(), &answers)?);
    let request = request(&server, &folder);

    download(&request, &mut quiet).unwrap_err();
    let error = download(&request, &mut quiet).unwrap_err();

    assert!(matches!(error, DownloadError::Checksum { .. }), "{error:?}");
    assert!(files(&request)?.is_empty());
    insta::assert_snapshot!(told(&error, &request), @r"
    `http://server/data.csv` has SHA-256 a79b438a0bbf778e571ee5c3cbead569520f834bc184bf840f9557e29e6d1aa6, expected 136f334d647619879743ff33fde1ac6547f40e314692441f2a125e087cad47c9
    help: it is another version of the file, or a page that stands in its place; nothing was kept. With the right file at hand, run the command again with `--from FILE`
    ");
    Ok(())
}

#[test]
fn a_file_without_end_is_cut_off() -> Result {
    let (folder, server) = (
        TempDir::new()?,
        Server::start(body(), &[Answer::Endless(1_000_000)])?,
    );
    let request = request(&server, &folder);

    let error = download(&request, &mut quiet).unwrap_err();

    assert!(files(&request)?.is_empty());
    insta::assert_snapshot!(told(&error, &request), @r"
    `http://server/data.csv` is larger than the 300000 bytes expected
    help: it is another version of the file, or a page that stands in its place; nothing was kept. With the right file at hand, run the command again with `--from FILE`
    ");
    Ok(())
}

#[test]
fn a_file_announced_as_too_large_is_not_begun() -> Result {
    let (folder, server) = (TempDir::new()?, Server::start(body(), &[Answer::Served])?);
    let request = DownloadRequest {
        max_bytes: 299_999,
        ..request(&server, &folder)
    };
    let mut calls = 0;

    let error = download(&request, &mut |_| calls += 1).unwrap_err();

    assert!(matches!(error, DownloadError::TooLarge { .. }), "{error:?}");
    assert_eq!(calls, 0);
    assert!(files(&request)?.is_empty());
    Ok(())
}

#[test]
fn a_missing_page_is_told_with_its_status() -> Result {
    let (folder, server) = (
        TempDir::new()?,
        Server::start(body(), &[Answer::Status(404)])?,
    );
    let request = request(&server, &folder);

    let error = download(&request, &mut quiet).unwrap_err();

    assert!(files(&request)?.is_empty());
    insta::assert_snapshot!(told(&error, &request), @r"
    `http://server/data.csv` answered with status 404, expected the file (200 or 206)
    help: try again later; if the file has moved, open http://server/data.csv in a browser to see where to, and run the command again with `--from FILE`
    ");
    Ok(())
}

#[test]
fn a_failing_server_does_not_cost_what_is_there() -> Result {
    let answers = [
        Answer::CutAfter(100_000),
        Answer::Status(503),
        Answer::Served,
    ];
    let (folder, server) = (TempDir::new()?, Server::start(body(), &answers)?);
    let request = request(&server, &folder);

    download(&request, &mut quiet).unwrap_err();
    let error = download(&request, &mut quiet).unwrap_err();
    assert!(
        matches!(error, DownloadError::Status { status: 503, .. }),
        "{error:?}"
    );
    download(&request, &mut quiet)?;

    assert!(server.questions()[2].contains("range: bytes=100000-"));
    assert_eq!(fs_err::read(&request.target)?, body());
    Ok(())
}

#[test]
fn redirects_are_followed() -> Result {
    let answers = [Answer::Redirect, Answer::Served];
    let (folder, server) = (TempDir::new()?, Server::start(body(), &answers)?);
    let request = request(&server, &folder);

    download(&request, &mut quiet)?;

    assert!(server.questions()[1].starts_with("get /elsewhere "));
    assert_eq!(fs_err::read(&request.target)?, body());
    Ok(())
}

#[test]
fn without_a_network_the_reader_learns_what_to_do() -> Result {
    // Nothing ever listens on port 0.
    let server = Server {
        address: "http://127.0.0.1:0/data.csv".to_owned(),
        questions: Arc::default(),
    };
    let folder = TempDir::new()?;
    let request = request(&server, &folder);

    let error = download(&request, &mut quiet).unwrap_err();

    assert!(error.source().is_some());
    assert!(files(&request)?.is_empty());
    insta::assert_snapshot!(told(&error, &request), @r"
    cannot reach `http://server/data.csv`
    help: without a network, open http://server/data.csv in a browser on another machine and run the command again with `--from FILE`
    ");
    Ok(())
}

#[test]
fn another_file_in_the_place_of_the_target_is_left_alone() -> Result {
    let (folder, server) = (TempDir::new()?, Server::start(body(), &[])?);
    let request = request(&server, &folder);
    fs_err::create_dir_all(folder.path().join("set"))?;
    fs_err::write(&request.target, "my own notes")?;

    let error = download(&request, &mut quiet).unwrap_err();

    assert_eq!(fs_err::read(&request.target)?, b"my own notes");
    insta::assert_snapshot!(told(&error, &request), @r"
    `set/data.csv` is there already with SHA-256 0e27f209379bdc3ae5df2d4d07899651fb1c7cebec2576720416b2edd0fd4b8d, expected 136f334d647619879743ff33fde1ac6547f40e314692441f2a125e087cad47c9
    help: move it away or delete it, then run the command again
    ");
    Ok(())
}

#[test]
fn two_downloads_of_one_file_do_not_mix() -> Result {
    let (folder, server) = (TempDir::new()?, Server::start(body(), &[Answer::Served])?);
    let request = request(&server, &folder);
    let mut second = None;

    download(&request, &mut |_| {
        second.get_or_insert_with(|| download(&request, &mut quiet));
    })?;

    assert!(
        matches!(second, Some(Err(DownloadError::Busy { .. }))),
        "{second:?}"
    );
    assert_eq!(fs_err::read(&request.target)?, body());
    Ok(())
}

#[test]
fn a_copy_from_elsewhere_is_taken_over() -> Result {
    let answers = [Answer::CutAfter(100_000)];
    let (folder, server) = (TempDir::new()?, Server::start(body(), &answers)?);
    let request = request(&server, &folder);
    let copy = folder.path().join("copy.csv");
    fs_err::write(&copy, body())?;

    // What a broken download left is of no use any more.
    download(&request, &mut quiet).unwrap_err();
    let path = from_file(&request, &copy)?;

    assert_eq!(fs_err::read(path)?, body());
    assert_eq!(files(&request)?, ["data.csv"]);
    assert!(copy.exists());
    from_file(&request, Path::new("not needed any more"))?;
    Ok(())
}

#[test]
fn a_wrong_copy_is_refused_and_nothing_is_kept() -> Result {
    let (folder, server) = (TempDir::new()?, Server::start(body(), &[])?);
    let request = request(&server, &folder);
    let copy = folder.path().join("copy.csv");

    fs_err::write(&copy, "age,sex\n")?;
    let error = from_file(&request, &copy).unwrap_err();
    assert!(matches!(error, DownloadError::Checksum { .. }), "{error:?}");
    assert!(files(&request)?.is_empty());

    fs_err::write(&copy, [body(), body()].concat())?;
    let error = from_file(&request, &copy).unwrap_err();
    assert!(matches!(error, DownloadError::TooLarge { .. }), "{error:?}");
    assert!(files(&request)?.is_empty());

    let error = from_file(&request, &folder.path().join("nowhere.csv")).unwrap_err();
    assert!(error.to_string().contains("nowhere.csv"), "{error}");
    assert!(files(&request)?.is_empty());
    Ok(())
}
