//! A private PostgreSQL in a temporary folder, on a free port, gone at the end of the run.
//!
//! The folder is the system's temporary one, not `target`: PostgreSQL refuses to run as root, and the user it runs
//! as instead often may not enter the folder of the clone. The server is our own child, so that Ctrl-C reaches it
//! too; the folder then stays behind. `fsync` is off: the data is worth nothing after the run.

use super::{REMEDY, trusts};
use crate::apt::{answers, is_root};
use anyhow::{Context as _, bail, ensure};
use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A cold container disk took 4 s; a minute is never a slow start.
const START_WITHIN: Duration = Duration::from_secs(60);

/// Where `initdb`, `postgres` and `pg_ctl` are.
pub struct Programs {
    /// Empty when they are on the path.
    folder: PathBuf,
}

impl Programs {
    /// Debian's newest version, else what is on the path.
    pub fn find() -> Option<Self> {
        let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
        let newest = versions
            .filter(|entry| entry.path().join("bin/initdb").exists())
            .max_by_key(|entry| entry.file_name().to_string_lossy().parse::<u32>().unwrap_or(0));
        match newest {
            Some(version) => Some(Self { folder: version.path().join("bin") }),
            None => ["initdb", "postgres", "pg_ctl"]
                .into_iter()
                .all(answers)
                .then(|| Self { folder: PathBuf::new() }),
        }
    }

    fn command(&self, name: &str, home: &Home) -> Command {
        let mut command = Command::new(self.folder.join(name));
        command.current_dir(home.folder.path()).stdin(Stdio::null());
        if let Some((user, group)) = home.owner {
            command.uid(user).gid(group);
        }
        command
    }
}

/// A running private server. Dropping it stops the server and removes its folder.
pub struct Cluster {
    home: Home,
    server: Child,
    programs: Programs,
    address: SocketAddr,
    url: String,
}

impl Cluster {
    /// Makes a fresh cluster and waits until it answers. Errors hold what the server said.
    pub fn start(programs: Programs) -> anyhow::Result<Self> {
        let home = Home::new()?;
        home.make(&programs)?;
        let port = free_port()?;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let log = File::create(home.log()).context("creating the server's log")?;
        let server = programs
            .command("postgres", &home)
            .arg("-D")
            .arg(home.data())
            .args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"])
            .args(["-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "full_page_writes=off"])
            .stdout(log.try_clone().context("sharing the server's log")?)
            .stderr(log)
            .spawn()
            .context("starting PostgreSQL")?;
        let url = format!("postgres://postgres@{address}/postgres");
        let mut cluster = Self { home, server, programs, address, url };
        cluster.wait()?;
        Ok(cluster)
    }

    /// What to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    fn wait(&mut self) -> anyhow::Result<()> {
        let deadline = Instant::now() + START_WITHIN;
        while !trusts(self.address) {
            let ended = self.server.try_wait().context("looking after PostgreSQL")?;
            if ended.is_some() || Instant::now() > deadline {
                let said = std::fs::read_to_string(self.home.log()).unwrap_or_default();
                bail!("the private PostgreSQL did not start; it said:\n{said}\nOtherwise: {REMEDY}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = self.programs.command("pg_ctl", &self.home);
        stop.args(["stop", "--silent", "--mode=fast", "-D"]).arg(self.home.data());
        let stopped = stop.status().is_ok_and(|status| status.success());
        if !stopped && let Err(error) = self.server.kill() {
            eprintln!("the private PostgreSQL on {} could not be stopped: {error}", self.address);
        }
        if let Err(error) = self.server.wait() {
            eprintln!("the private PostgreSQL on {} did not end: {error}", self.address);
        }
    }
}

/// The folder of a cluster and, when we are root, the user and group it belongs to.
struct Home {
    folder: TempDir,
    owner: Option<(u32, u32)>,
}

impl Home {
    fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("upnext-test-postgres-")
            .tempdir()
            .context("making a folder for a private PostgreSQL")?;
        let owner = if is_root()? { Some(unprivileged()?) } else { None };
        if let Some((user, group)) = owner {
            std::os::unix::fs::chown(folder.path(), Some(user), Some(group))
                .context("giving the folder to PostgreSQL's user")?;
        }
        Ok(Self { folder, owner })
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Fills it by `initdb`, whose locale `C` is on every machine.
    fn make(&self, programs: &Programs) -> anyhow::Result<()> {
        let output = programs
            .command("initdb", self)
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"])
            .arg(self.data())
            .output()
            .context("starting initdb")?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "initdb failed ({}): {said}\nOtherwise: {REMEDY}", output.status);
        Ok(())
    }
}

/// The user and group to run the server as, instead of root.
fn unprivileged() -> anyhow::Result<(u32, u32)> {
    for name in ["postgres", "nobody"] {
        if let (Some(user), Some(group)) = (id(&["-u", name])?, id(&["-g", name])?) {
            return Ok((user, group));
        }
    }
    bail!(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as: {REMEDY}"
    )
}

fn id(args: &[&str]) -> anyhow::Result<Option<u32>> {
    let output = Command::new("id").args(args).output().context("starting `id`")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().parse().ok())
}

/// Free now; that another process takes it before the server does is possible, and then the start says so.
fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("looking for a free port")?;
    Ok(listener.local_addr().context("looking for a free port")?.port())
}
