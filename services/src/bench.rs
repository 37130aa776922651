//! `coffret bench`: how fast the main jobs are, end to end: the real server as a process of its own, over mutual TLS, with durable
//! commits; beside it, in alternate rounds of the same run, a bare tonic server that answers the same bytes. A shared machine drifts, so
//! the ratio of two neighbouring rounds says more than either.

mod audit;
mod certificates;
mod echo;
mod keep;
mod load;
mod log;
mod machine;
mod pages;
mod read;
mod report;
mod scene;
mod seed;
mod server;
mod stop;
mod write;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};

use machine::Machine;
use report::Report;
use scene::Folder;

/// Measures the main jobs on this machine and compares them with their targets.
#[derive(Args, Debug)]
pub struct Options {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    /// Reads of one 1 KiB record under a grant, checked, decrypted and durably logged, beside a bare tonic call
    Read(Plan),
    /// Encrypted writes of one 1 KiB record
    Write(Plan),
    /// How long a stop takes while others read, and that no read is answered after it
    Stop(Plan),
    /// The transparency log: entries a second that are sequenced, signed and published, and how long a new one waits while others read
    Log(Plan),
    /// The portal's pages for a customer with 50 grants and 10,000 reads
    Pages(Plan),
    /// Keeps the log of a vault until nothing waits
    #[command(hide = true)]
    Keep(keep::Options),
    /// The bare tonic server that reads are compared with
    #[command(hide = true)]
    Echo(echo::Options),
}

/// How a benchmark runs.
#[derive(Args, Clone, Debug)]
struct Plan {
    /// Write the figures to this file, too
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Which database
    #[arg(long, value_enum, default_value_t = Databases::Both)]
    database: Databases,
    /// A PostgreSQL server on which a database may be made; without it only SQLite is measured
    #[arg(long, value_name = "URL", env = "COFFRET_BENCH_POSTGRES")]
    postgres: Option<String>,
    /// Callers at the same time, in turn
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',', default_values_t = [1, 64], value_parser = clap::value_parser!(u16).range(1..=4096))]
    callers: Vec<u16>,
    /// Seconds that each round measures, after a quarter as long to warm up
    #[arg(long, value_name = "NUMBER", default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
    /// Rounds; each figure is their median
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    rounds: u16,
    /// Customers in the vault, each with one record and one grant
    #[arg(long, value_name = "NUMBER", default_value_t = 10_000)]
    customers: usize,
    /// Where the vaults are made; the disk that counts. Removed afterwards
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Databases {
    Sqlite,
    Postgres,
    Both,
}

/// One database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Database {
    Sqlite,
    Postgres,
}

impl Database {
    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }

    /// One of two, by database.
    fn choose<T>(self, sqlite: T, postgres: T) -> T {
        match self {
            Self::Sqlite => sqlite,
            Self::Postgres => postgres,
        }
    }
}

/// Why a benchmark did not come to its end.
#[derive(Debug)]
struct Failure(String);

impl Failure {
    fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(cause: E) -> Self {
        let mut text = cause.to_string();
        let mut next = cause.source();
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        Self(text)
    }
}

impl Plan {
    fn databases(&self) -> Vec<Database> {
        match self.database {
            Databases::Postgres => vec![Database::Postgres],
            Databases::Both if self.postgres.is_some() => vec![Database::Sqlite, Database::Postgres],
            Databases::Sqlite | Databases::Both => vec![Database::Sqlite],
        }
    }

    fn window(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    fn warm(&self) -> Duration {
        self.window() / 4
    }

    fn settings(&self) -> serde_json::Value {
        serde_json::json!({
            "callers": self.callers,
            "connections": load::CONNECTIONS,
            "customers": self.customers,
            "rounds": self.rounds,
            "seconds": self.seconds,
            "record_bytes": 1024,
        })
    }

    /// Begins a report in a folder of its own.
    fn begin(&self, benchmark: &'static str) -> Result<(Folder, Report), Failure> {
        let folder = Folder::make(&self.folder.clone().unwrap_or_else(std::env::temp_dir))?;
        let mut report = Report::begin(benchmark, Machine::look(folder.path())?, self.settings());
        if self.database == Databases::Both && self.postgres.is_none() {
            report.remark("PostgreSQL was not measured: --postgres names none.".to_owned());
        }
        Ok((folder, report))
    }
}

/// Runs a benchmark to its end; fails when it cannot, and when a call failed that should not.
pub async fn run(options: &Options) -> ExitCode {
    let outcome = match &options.what {
        What::Read(plan) => read::run(plan).await,
        What::Write(plan) => write::run(plan).await,
        What::Stop(plan) => stop::run(plan).await,
        What::Log(plan) => log::run(plan).await,
        What::Pages(plan) => pages::run(plan).await,
        What::Keep(options) => keep::run(options).await,
        What::Echo(options) => echo::serve(options).await,
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(reason)) => {
            report::complain(&reason);
            ExitCode::FAILURE
        }
    }
}
