//! Strangers' files, read by the real program in its child: real documents give their text, hostile ones a reason, and the
//! process that asked lives on.

use crate::documents::{docx, docx_of, pdf, pdf_of};
use ::extract::{Extracted, Kind, Limits, Problem, Reader};
use lopdf::{Dictionary, Stream};
use proptest::prelude::*;
use std::future::Future;
use std::io::Write as _;
use std::time::{Duration, Instant};

fn reader(limits: Limits) -> Reader {
    Reader::new(env!("CARGO_BIN_EXE_upnext"), &["extract-text"], limits)
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

fn read(name: &str, bytes: &[u8]) -> Result<Extracted, Problem> {
    read_within(Limits::default(), name, bytes)
}

fn read_within(limits: Limits, name: &str, bytes: &[u8]) -> Result<Extracted, Problem> {
    wait(reader(limits).read(name, bytes))
}

fn text(name: &str, bytes: &[u8]) -> (Kind, String) {
    let found = read(name, bytes).unwrap_or_else(|problem| panic!("{name}: {problem}"));
    assert!(!found.cut);
    (found.kind, found.text)
}

/// So many bytes of one letter, compressed as PDF streams and ZIP entries are.
fn deflated(letter: u8, bytes: usize) -> Vec<u8> {
    let mut out = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::fast());
    let block = vec![letter; 1024 * 1024];
    for _ in 0..bytes / block.len() {
        out.write_all(&block).unwrap();
    }
    out.finish().unwrap()
}

/// A program that stands where the reader's child would; its arguments are not looked at.
fn instead(script: &str, wall_seconds: u64) -> Result<Extracted, Problem> {
    let limits = Limits { wall_seconds, ..Limits::default() };
    wait(Reader::new("/bin/sh", &["-c", script], limits).read("a.txt", b"hello"))
}

#[test]
fn documents_of_every_kind_give_their_text() {
    let made = pdf(&["The lindworm valve", "Second page"]);
    assert_eq!(text("a.pdf", &made), (Kind::Pdf, "The lindworm valve\n\nSecond page".into()));
    let made = docx(&["Fish & chips < 5 €", "", "Second paragraph"]);
    assert_eq!(
        text("a", &made),
        (Kind::Docx, "Fish & chips < 5 €\n\nSecond paragraph\n\nA footnote.".into())
    );
    let xml = "<w:document xmlns:w='w'><w:p><w:r><w:t>a&#x41;</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t>\
               <w:instrText>no</w:instrText></w:r></w:p></w:document>";
    assert_eq!(text("a.docx", &docx_of(xml, None)).1, "aA b\nc");
    assert_eq!(text("a.txt", b"gr\xf6\xdfer"), (Kind::Text, "größer".into()));
    let utf16: Vec<u8> = "\u{feff}größer".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(text("a.txt", &utf16), (Kind::Text, "größer".into()));
    assert_eq!(text("a.md", b"# Title\n\n*words*"), (Kind::Markdown, "# Title\n\n*words*".into()));
    assert_eq!(text("a.txt", b"<!DOCTYPE html><p>one<p>two"), (Kind::Html, "one\ntwo".into()));
}

#[test]
fn what_cannot_be_read_says_why() {
    assert!(matches!(read("a.png", b"\x89PNG\r\n\x1a\n\0\0"), Err(Problem::Unsupported(_))));
    assert!(matches!(read("a.pdf", b"%PDF-1.7 and nothing else"), Err(Problem::Damaged(_))));
    assert!(matches!(read("a.docx", b"PK\x03\x04 word/document.xml"), Err(Problem::Damaged(_))));
    let small = Limits { input_bytes: 10, ..Limits::default() };
    assert!(matches!(read_within(small, "a.txt", b"12345678901"), Err(Problem::TooLarge(_))));
    let short = Limits { output_chars: 5, ..Limits::default() };
    let found = read_within(short, "a.txt", b"12345678901").unwrap();
    assert_eq!((found.text.as_str(), found.cut), ("12345", true));
    let pages = Limits { pages: 1, ..Limits::default() };
    assert_eq!(read_within(pages, "a.pdf", &pdf(&["one", "two"])).unwrap().text, "one");
}

#[test]
fn a_pdf_behind_a_password_is_named_as_such() {
    let mut document = lopdf::Document::load_mem(&pdf(&["secret"])).unwrap();
    let id = lopdf::Object::string_literal("0123456789abcdef");
    document.trailer.set("ID", vec![id.clone(), id]);
    let version = lopdf::EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "user",
        key_length: 128,
        permissions: lopdf::Permissions::all(),
    };
    let state = lopdf::EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let mut bytes = vec![];
    document.save_to(&mut bytes).unwrap();
    assert_eq!(read("a.pdf", &bytes), Err(Problem::Encrypted));
}

#[test]
fn bombs_do_not_go_off() {
    const UNPACKED: usize = 64 * 1024 * 1024;
    let started = Instant::now();
    let stream = |filters: &[&str], bytes: Vec<u8>| {
        let mut dictionary = Dictionary::new();
        let names: Vec<lopdf::Object> = filters.iter().map(|name| (*name).into()).collect();
        dictionary.set("Filter", names);
        Stream::new(dictionary, bytes)
    };
    let once = pdf_of(vec![stream(&["FlateDecode"], deflated(b' ', UNPACKED))]);
    assert!(once.len() < 1024 * 1024);
    assert!(matches!(read("a.pdf", &once), Err(Problem::TooLarge(_))), "{:?}", read("a.pdf", &once));
    let mut inner = flate2::write::ZlibEncoder::new(vec![], flate2::Compression::fast());
    inner.write_all(&deflated(b' ', UNPACKED)).unwrap();
    let twice = pdf_of(vec![stream(&["FlateDecode", "FlateDecode"], inner.finish().unwrap())]);
    assert!(matches!(read("a.pdf", &twice), Err(Problem::TooLarge(_))));

    let words = format!("<w:document><w:t>{}</w:t></w:document>", " ".repeat(UNPACKED));
    let bomb = docx_of(&words, None);
    assert!(bomb.len() < 1024 * 1024);
    assert!(matches!(read("a.docx", &bomb), Err(Problem::TooLarge(_))));
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn laughter_is_refused_and_nesting_costs_nothing() {
    let lols: String =
        (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
    let laughs = format!("<!DOCTYPE d [<!ENTITY l0 \"lol\">{lols}]><w:document><w:t>&l9;</w:t></w:document>");
    match read("a.docx", &docx_of(&laughs, None)) {
        Err(Problem::Damaged(why)) => assert!(why.contains("entities"), "{why}"),
        other => panic!("{other:?}"),
    }
    let depth = 300_000;
    let deep = format!("{}<w:t>bottom</w:t>{}", "<w:p>".repeat(depth), "</w:p>".repeat(depth));
    assert_eq!(read("a.docx", &docx_of(&deep, None)).unwrap().text, "bottom");
    let page = format!("<html>{}bottom{}", "<div>".repeat(depth), "</div>".repeat(depth));
    assert_eq!(read("a.html", page.as_bytes()).unwrap().text, "bottom");
}

#[test]
fn nested_and_circling_pdfs_end() {
    let objects = |first: &str, kids: &str| {
        format!(
            "%PDF-1.4\n1 0 obj\n{first}\nendobj\n2 0 obj\n<</Type/Catalog/Pages 3 0 R>>\nendobj\n\
             3 0 obj\n<</Type/Pages/Kids[{kids}]/Count 1/Parent 3 0 R>>\nendobj\n\
             4 0 obj\n<</Type/Page/Parent 3 0 R/Contents 4 0 R/Resources 4 0 R>>\nendobj\n\
             trailer\n<</Root 2 0 R/Size 5>>\n"
        )
    };
    let depth = 200_000;
    let arrays = "[".repeat(depth) + &"]".repeat(depth);
    let dictionaries = "<</A".repeat(depth) + " 1" + &">>".repeat(depth);
    let strings = "(".repeat(depth) + &")".repeat(depth);
    for (first, kids) in [
        (arrays.as_str(), "4 0 R"),
        (&dictionaries, "4 0 R"),
        (&strings, "4 0 R"),
        ("1", "3 0 R"),
        ("1", "4 0 R 3 0 R"),
    ] {
        // Text or a reason; what counts is that there is an answer and that it is about the file.
        if let Err(problem) = read("a.pdf", objects(first, kids).as_bytes()) {
            assert!(problem.is_of_the_file() && !matches!(problem, Problem::TimedOut(_)), "{problem}");
        }
    }
}

#[test]
fn a_huge_page_is_cut() {
    let page = "<p class=\"x\">word &amp; more</p>\n".repeat(300_000);
    let found = read("a.html", page.as_bytes()).unwrap();
    assert!(found.cut);
    assert_eq!(found.text.chars().count(), Limits::default().output_chars);
    let attributes = format!("<p {}>end", (0..200_000).map(|n| format!("a{n}=1 ")).collect::<String>());
    assert_eq!(read("a.html", attributes.as_bytes()).unwrap().text, "end");
}

#[test]
fn limits_of_memory_and_processor_time_are_named() {
    let big = "<p>some words &eacute; </p>".repeat(700_000);
    let poor = Limits { memory_bytes: 1024 * 1024, ..Limits::default() };
    match read_within(poor, "a.html", big.as_bytes()) {
        Err(Problem::Killed(why)) => assert!(why.contains("more than 1 MB of memory"), "{why}"),
        other => panic!("{other:?}"),
    }
    let hasty = Limits { cpu_seconds: 0, output_chars: 50_000_000, ..Limits::default() };
    match read_within(hasty, "a.html", big.as_bytes()) {
        Err(Problem::Killed(why)) => assert!(why.contains("processor time"), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_child_that_hangs_floods_or_dies_is_survived() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pid");
    let script = format!("echo $$ > {}; exec sleep 600", file.display());
    assert_eq!(instead(&script, 1), Err(Problem::TimedOut(1)));
    let pid = std::fs::read_to_string(file).unwrap();
    assert!(!std::path::Path::new(&format!("/proc/{}", pid.trim())).exists(), "it lives on");

    assert_eq!(instead("while :; do echo ha; done", 1), Err(Problem::TimedOut(1)));
    let killed = |script: &str, word: &str| match instead(script, 20) {
        Err(Problem::Killed(why)) => assert!(why.contains(word), "{why}"),
        other => panic!("{other:?}"),
    };
    killed("kill -KILL $$", "somebody");
    killed("kill -SEGV $$", "signal 11");
    killed("cat > /dev/null; echo nonsense", "no sense");
    killed("echo 'thread overflowed its stack' >&2; kill -ABRT $$", "nested");
    assert!(matches!(instead("echo 'thread panicked at' >&2; exit 101", 20), Err(Problem::Damaged(_))));
    let broken = instead("exit 3", 20).unwrap_err();
    assert!(matches!(broken, Problem::NoReader(_)) && !broken.is_of_the_file());
    let missing = wait(Reader::new("/nowhere/upnext", &[], Limits::default()).read("a.txt", b"x"));
    assert!(matches!(missing, Err(Problem::NoReader(_))));
}

/// The child as the operating system sees it while it waits for its first byte.
#[test]
#[cfg(target_os = "linux")]
fn the_child_has_given_up_its_rights_before_the_first_byte() {
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_upnext"))
        .args(["extract-text", ".txt", &limits_json()])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let path = format!("/proc/{}/limits", child.id());
    let soft_and_hard = |name: &str| {
        let limits = std::fs::read_to_string(&path).unwrap();
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        let values = line[name.len()..].split_whitespace().take(2).map(str::to_owned);
        values.collect::<Vec<_>>()
    };
    // The last limit it sets.
    let patience = Instant::now();
    while soft_and_hard("Max open files") != ["0", "0"] {
        assert!(patience.elapsed() < Duration::from_secs(30));
        std::thread::yield_now();
    }
    let memory = Limits::default().memory_bytes.to_string();
    assert_eq!(soft_and_hard("Max address space"), [memory.as_str(), &memory]);
    assert_eq!(soft_and_hard("Max cpu time"), ["20", "21"]);
    assert_eq!(soft_and_hard("Max file size"), ["0", "0"]);
    assert_eq!(soft_and_hard("Max processes"), ["0", "0"]);
    assert_eq!(soft_and_hard("Max core file size"), ["0", "0"]);
    child.stdin.take().unwrap().write_all(b"hello").unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().contains("hello"));
}

fn limits_json() -> String {
    let limits = Limits::default();
    format!(
        "{{\"input_bytes\":{},\"unpacked_bytes\":{},\"pages\":{},\"output_chars\":{},\"memory_bytes\":{},\
         \"cpu_seconds\":{},\"wall_seconds\":{}}}",
        limits.input_bytes,
        limits.unpacked_bytes,
        limits.pages,
        limits.output_chars,
        limits.memory_bytes,
        limits.cpu_seconds,
        limits.wall_seconds
    )
}

/// Whatever the bytes: an answer about the file, in time, within the limit.
fn holds(name: &str, bytes: &[u8]) -> Result<(), TestCaseError> {
    let limits = Limits { output_chars: 2_000, wall_seconds: 20, ..Limits::default() };
    match read_within(limits, name, bytes) {
        Ok(found) => prop_assert!(found.text.chars().count() <= 2_000),
        Err(problem) => {
            prop_assert!(problem.is_of_the_file(), "{problem}");
            prop_assert!(!matches!(problem, Problem::TimedOut(_)), "{problem}");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn random_bytes_after_each_beginning_are_survived(
        start in prop::sample::select(vec!["", "%PDF-1.7\n", "PK\u{3}\u{4}word/document.xml", "<!doctype html>", "\u{feff}"]),
        bytes in prop::collection::vec(any::<u8>(), 0..3_000),
    ) {
        holds("a.txt", &[start.as_bytes(), &bytes].concat())?;
    }

    #[test]
    fn damaged_documents_are_survived(
        which in 0usize..3,
        cut in 0.0f64..1.3,
        flips in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..40),
    ) {
        let page = b"<html><p title='a'>one &amp; two<table><tr><td>x</table><!-- c --><script>1</script>".to_vec();
        let mut bytes = vec![pdf(&["some words here", "and there"]), docx(&["some words", "more"]), page].swap_remove(which);
        bytes.truncate((bytes.len() as f64 * cut) as usize);
        for (at, mask) in flips {
            let at = (bytes.len() as f64 * at) as usize;
            if let Some(byte) = bytes.get_mut(at) {
                *byte ^= mask;
            }
        }
        holds(["a.pdf", "a.docx", "a.html"][which], &bytes)?;
    }
}
