//! What the machine is and does: disk, load, processor time and memory of processes (Linux's `/proc`; nothing elsewhere).

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

/// Appends, each made durable, of which the middle one counts.
const FLUSHES: usize = 200;
/// Bytes in one append: one page, as a database writes it.
const PAGE: [u8; 4096] = [7; 4096];
/// Microseconds in one tick of `/proc/<pid>/stat` (`USER_HZ` is 100 on every architecture that Linux supports today).
const TICK_MICROS: u64 = 10_000;

/// Where a figure was measured; without it no figure can be compared with another.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Machine {
    /// Processors that this process may use.
    pub(super) processors: usize,
    /// The kernel's load average of the last minute before the first round.
    pub(super) load_before: Option<f64>,
    /// The middle of the times that an append of 4 KiB took to become durable in the data folder, in milliseconds.
    pub(super) flush_p50_ms: f64,
    /// The processor's name.
    pub(super) processor: Option<String>,
    /// The version of this program.
    pub(super) version: &'static str,
}

impl Machine {
    /// Looks at the machine, and measures the disk of this folder.
    pub(super) fn look(folder: &Path) -> std::io::Result<Self> {
        Ok(Self {
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            load_before: load(),
            flush_p50_ms: flush(folder)?.as_secs_f64() * 1e3,
            processor: processor(),
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}

/// The middle time of an append that is made durable before the next.
pub(super) fn flush(folder: &Path) -> std::io::Result<Duration> {
    let path = folder.join("flush");
    let mut file = File::create(&path)?;
    let mut times = Vec::with_capacity(FLUSHES);
    for _ in 0..FLUSHES {
        let begun = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    fs::remove_file(&path)?;
    times.sort_unstable();
    Ok(times[FLUSHES / 2])
}

fn load() -> Option<f64> {
    fs::read_to_string("/proc/loadavg").ok()?.split_whitespace().next()?.parse().ok()
}

fn processor() -> Option<String> {
    let text = fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// Processor time that one process has used so far, in user and kernel together.
pub(super) fn processor_time(process: u32) -> Option<Duration> {
    ticks(&fs::read_to_string(format!("/proc/{process}/stat")).ok()?, false)
}

/// Processor time of all processes of this name so far, with their children that have ended.
pub(super) fn processor_time_of(name: &str) -> Option<Duration> {
    let mut sum = Duration::ZERO;
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(stat) = fs::read_to_string(entry.path().join("stat")).ok() else { continue };
        if stat.contains(&format!("({name})")) {
            sum += ticks(&stat, true).unwrap_or_default();
        }
    }
    Some(sum)
}

/// Reads `utime` and `stime`, and with `children` also `cutime` and `cstime`, out of a line of `proc(5)`.
fn ticks(stat: &str, children: bool) -> Option<Duration> {
    // The name in parentheses may hold blanks: fields are counted from behind it, where the third one comes first.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split_whitespace().collect();
    let last = if children { 15 } else { 13 };
    let mut sum = 0;
    for field in fields.get(11..last)? {
        sum += field.parse::<u64>().ok()?;
    }
    Some(Duration::from_micros(sum * TICK_MICROS))
}

/// Memory of a process: what it holds now (`VmRSS`) and the most that it held (`VmHWM`), in megabytes (10^6 bytes).
pub(super) fn memory(process: u32) -> Option<(f64, f64)> {
    let text = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let of = |name: &str| -> Option<f64> {
        let line = text.lines().find(|line| line.starts_with(name))?;
        let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes * 1024.0 / 1e6)
    };
    Some((of("VmRSS:")?, of("VmHWM:")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (a (b) c) S 1 42 42 0 -1 4194560 100 0 0 0 7 5 20 30 20 0 4 0 100 0 0";

    #[test]
    fn processor_time_is_user_and_kernel_time_whatever_the_name() {
        assert_eq!(ticks(STAT, false), Some(Duration::from_millis(120)));
        assert_eq!(ticks(STAT, true), Some(Duration::from_millis(620)));
    }

    #[test]
    fn a_line_that_is_cut_short_gives_no_time() {
        assert_eq!(ticks("42 (a) S 1 42", false), None);
        assert_eq!(ticks("", false), None);
    }
}
