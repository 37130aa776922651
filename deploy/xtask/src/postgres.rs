//! A PostgreSQL of our own: fresh, on a free port of 127.0.0.1, gone when we are, however we end.

use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use crate::{apt, run};

/// Programs that a server needs beside each other; a lone `initdb` may be a wrapper.
const PROGRAMS: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// A server that answers. Dropped, it is stopped and its folder removed.
pub(crate) struct Postgres {
    url: String,
    /// None: somebody else started it and named it in the environment.
    guard: Option<Child>,
}

impl Postgres {
    /// The server that this variable names, or a new one.
    pub(crate) fn given_or_started(variable: &str) -> Result<Self, String> {
        match run::variable(variable) {
            Some(url) => Ok(Self { url, guard: None }),
            None => Self::start(),
        }
    }

    /// A new server. Another process may take the port between our look and its start, so three ports are tried.
    pub(crate) fn start() -> Result<Self, String> {
        let bin = programs()?;
        Self::on_free_port(&bin).or_else(|_| Self::on_free_port(&bin)).or_else(|_| Self::on_free_port(&bin))
    }

    fn on_free_port(bin: &Path) -> Result<Self, String> {
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr()).map_err(|error| error.to_string())?.port();
        let mut command = as_unprivileged(Path::new("/bin/sh"))?;
        command.args(["-c", include_str!("postgres.sh"), "postgres.sh"]).arg(bin).arg(std::env::temp_dir()).arg(port.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // Ctrl-C reaches a whole process group; the guard needs to outlive it, to clean up.
        let mut guard = command.process_group(0).spawn().map_err(|error| format!("PostgreSQL did not start: {error}"))?;
        let mut line = String::new();
        let mut output = BufReader::new(guard.stdout.take().expect("standard output was piped above"));
        output.read_line(&mut line).map_err(|error| error.to_string())?;
        if line.trim() == "ready" {
            return Ok(Self { url: format!("postgres://postgres@127.0.0.1:{port}/postgres"), guard: Some(guard) });
        }
        let mut reason = String::new();
        let mut errors = guard.stderr.take().expect("standard error was piped above");
        errors.read_to_string(&mut reason).map_err(|error| error.to_string())?;
        guard.wait().map_err(|error| error.to_string())?;
        Err(format!("PostgreSQL did not start: {}", reason.trim_end()))
    }

    /// `postgres://user@host:port/database`, a superuser without a password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(guard) = &mut self.guard {
            drop(guard.stdin.take());
            if let Err(error) = guard.wait() {
                eprintln!("xtask: PostgreSQL may still run: {error}");
            }
        }
    }
}

/// `cargo xtask postgres`: stays until Ctrl-C.
pub(crate) fn stay() -> Result<ExitCode, String> {
    let server = Postgres::start()?;
    println!("{}", server.url());
    eprintln!("PostgreSQL runs until Ctrl-C, then everything in it is removed. To test with it:");
    eprintln!("  COFFRET_TEST_POSTGRES={} cargo test", server.url());
    loop {
        std::thread::park();
    }
}

/// The folder of PostgreSQL's programs, installed first if need be.
fn programs() -> Result<PathBuf, String> {
    if let Some(bin) = find_programs() {
        return Ok(bin);
    }
    apt::install(&["postgresql"]).map_err(|error| format!("no PostgreSQL server programs ({}) found; {error}", PROGRAMS.join(", ")))?;
    find_programs().ok_or_else(|| "apt installed postgresql, but its programs are not in /usr/lib/postgresql".into())
}

fn find_programs() -> Option<PathBuf> {
    let in_path = run::find("initdb").and_then(|file| file.canonicalize().ok()).and_then(|file| file.parent().map(Path::to_path_buf));
    in_path.into_iter().chain(packaged()).find(|bin| {
        PROGRAMS.iter().all(|program| run::is_executable(&bin.join(program)))
            && as_unprivileged(&bin.join("initdb")).is_ok_and(|mut initdb| run::capture(initdb.arg("--version")).is_ok())
    })
}

/// Where Debian and others put each version, newest first.
fn packaged() -> Vec<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<(u32, PathBuf)> =
        versions.filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))).collect();
    versions.sort_unstable_by(|one, other| other.cmp(one));
    versions.into_iter().map(|(_, bin)| bin).collect()
}

/// A command without PostgreSQL's variables, and for root, under another user: the server refuses to run as root.
fn as_unprivileged(program: &Path) -> Result<Command, String> {
    let mut command = if apt::is_root() { as_other_user(program)? } else { run::program(program) };
    for name in ["PGDATA", "PGHOST", "PGHOSTADDR", "PGPORT", "PGUSER", "PGDATABASE", "PGPASSWORD", "PGOPTIONS", "PGSERVICE", "PGSSLMODE"] {
        command.env_remove(name);
    }
    command.env("HOME", "/").env("LC_ALL", "C").current_dir("/");
    Ok(command)
}

fn as_other_user(program: &Path) -> Result<Command, String> {
    let passwd = std::fs::read_to_string("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
    let lines: Vec<Vec<&str>> = passwd.lines().map(|line| line.split(':').collect()).collect();
    let line = ["postgres", "nobody"].into_iter().find_map(|user| lines.iter().find(|line| line.len() > 3 && line[0] == user));
    let line = line.ok_or("PostgreSQL refuses to run as root, and there is no user named postgres or nobody")?;
    let (user, group) = (line[0], line[3]);
    let mut command = if let Some(setpriv) = run::find("setpriv") {
        let mut command = run::program(setpriv);
        command.args(["--reuid", user, "--regid", group, "--init-groups", "--"]);
        command
    } else {
        let runuser = run::find("runuser").ok_or("PostgreSQL refuses to run as root; install setpriv or runuser (util-linux)")?;
        let mut command = run::program(runuser);
        command.args(["-u", user, "--"]);
        command
    };
    command.arg(program);
    Ok(command)
}
