//! The parent: starts the child, feeds it, waits for it, and says in words how it ended.
//!
//! The child gets the file on standard input and an empty environment. When the time is over, or the caller no longer waits,
//! it is killed. Deliberately not here: parsing of any kind.

use crate::{Extracted, Limits, Problem, out_of_memory, too_large};
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};

/// Most bytes of JSON for one character: `\u001f`.
const JSON_BYTES_PER_CHAR: u64 = 6;
/// Room for the rest of the answer, and for what a dying child says.
const SMALL_TALK: u64 = 16 * 1024;

/// Reads files, each in a child of its own. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Reader {
    program: PathBuf,
    arguments: Vec<OsString>,
    /// What each file may ask for.
    pub limits: Limits,
}

/// How a child ended.
struct Ended {
    status: ExitStatus,
    out: Vec<u8>,
    err: Vec<u8>,
}

impl Reader {
    /// A reader whose child is `program` with `arguments`, to which the file's ending and the limits are added as two more;
    /// the program must hand them to [`crate::serve`].
    pub fn new(program: impl Into<PathBuf>, arguments: &[&str], limits: Limits) -> Self {
        let arguments = arguments.iter().map(OsString::from).collect();
        Reader { program: program.into(), arguments, limits }
    }

    /// The text of a file. `name` is what people call it.
    ///
    /// # Errors
    /// Every [`Problem`]; this process is none the worse for it.
    pub async fn read(&self, name: &str, bytes: &[u8]) -> Result<Extracted, Problem> {
        if bytes.len() > self.limits.input_bytes {
            return Err(too_large("file", self.limits.input_bytes));
        }
        let mut child = self.start(name).map_err(|e| no_reader(&e))?;
        let patience = Duration::from_secs(self.limits.wall_seconds);
        match tokio::time::timeout(patience, self.converse(&mut child, bytes)).await {
            Ok(ended) => self.understood(&ended.map_err(|e| no_reader(&e))?),
            Err(_) => {
                child.kill().await.map_err(|e| no_reader(&e))?;
                Err(Problem::TimedOut(self.limits.wall_seconds))
            }
        }
    }

    fn start(&self, name: &str) -> std::io::Result<Child> {
        // Every user of the machine sees a command line: the ending must do.
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        Command::new(&self.program)
            .args(&self.arguments)
            .arg(format!(".{ending}"))
            .arg(serde_json::to_string(&self.limits)?)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    async fn converse(&self, child: &mut Child, bytes: &[u8]) -> std::io::Result<Ended> {
        let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let tell = async {
            if let Some(mut stdin) = stdin {
                // A child that has seen enough, or died, hears no more; how it ended says which.
                stdin.write_all(bytes).await.ok();
            }
        };
        let room = self.limits.output_chars as u64 * JSON_BYTES_PER_CHAR + SMALL_TALK;
        let (out, err, ()) = tokio::join!(heard(stdout, room), heard(stderr, SMALL_TALK), tell);
        Ok(Ended { status: child.wait().await?, out, err })
    }

    fn understood(&self, ended: &Ended) -> Result<Extracted, Problem> {
        if let Some(problem) = self.violent_end(ended) {
            return Err(problem);
        }
        match serde_json::from_slice(&ended.out) {
            Ok(found) => found,
            Err(_) if ended.status.success() => Err(Problem::Killed("its answer made no sense".into())),
            // A panic: the parser met something its authors thought could not be.
            Err(_) if says(&ended.err, "panicked") => {
                Err(Problem::Damaged("its parser could not make sense of it".into()))
            }
            Err(_) => Err(no_reader(&format!("it ended with {}", ended.status))),
        }
    }

    #[cfg(unix)]
    fn violent_end(&self, ended: &Ended) -> Option<Problem> {
        use std::os::unix::process::ExitStatusExt as _;
        /// POSIX numbers of SIGKILL and SIGXCPU on every Unix Rust runs on but for some embedded ones.
        const KILL: i32 = 9;
        const XCPU: i32 = 24;
        let signal = ended.status.signal()?;
        if says(&ended.err, "memory allocation") {
            return Some(out_of_memory(&self.limits));
        }
        Some(Problem::Killed(match signal {
            _ if says(&ended.err, "overflowed its stack") => "it is nested too deeply".into(),
            XCPU => format!("it needs more than {} seconds of processor time", self.limits.cpu_seconds),
            KILL => "somebody or the system killed its reader".into(),
            other => format!("its reader died of signal {other}"),
        }))
    }

    #[cfg(not(unix))]
    fn violent_end(&self, _ended: &Ended) -> Option<Problem> {
        None
    }
}

/// What a child says, up to a limit; the rest is read and thrown away, so that the child can end.
async fn heard(from: Option<impl AsyncRead + Unpin>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(mut from) = from {
        // A broken pipe ends it as its end does.
        (&mut from).take(most).read_to_end(&mut bytes).await.ok();
        tokio::io::copy(&mut from, &mut tokio::io::sink()).await.ok();
    }
    bytes
}

fn says(err: &[u8], words: &str) -> bool {
    String::from_utf8_lossy(err).contains(words)
}

fn no_reader(error: &dyn std::fmt::Display) -> Problem {
    Problem::NoReader(error.to_string())
}
