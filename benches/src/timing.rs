//! How long things take: in this process, and as commands by turns. All figures are of medians.

use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

/// How long something is run again and again.
const SPAN: Duration = Duration::from_secs(2);
/// Turns of a slow command and a quick one, and how often the quick one runs in one: it is so much quicker.
const TURNS: usize = 7;
const RUNS_IN_A_TURN: usize = 4;

/// How often something can be done in a second.
pub(crate) fn per_second(mut run: impl FnMut() -> Result<()>) -> Result<f64> {
    run()?;
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < SPAN {
        times.push(time(&mut run)?);
    }
    Ok(1.0 / median(times))
}

/// A slow command and a quick one, both per second; they run by turns, so that what else the machine does delays both.
pub(crate) fn by_turns(
    mut slow: impl FnMut() -> Result<()>,
    mut quick: impl FnMut() -> Result<()>,
) -> Result<(f64, f64)> {
    slow()?;
    quick()?;
    let (mut of_slow, mut of_quick) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        of_slow.push(time(&mut slow)?);
        for _ in 0..RUNS_IN_A_TURN {
            of_quick.push(time(&mut quick)?);
        }
    }
    Ok((1.0 / median(of_slow), 1.0 / median(of_quick)))
}

/// Seconds of a run.
fn time(run: &mut impl FnMut() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    run()?;
    Ok(start.elapsed().as_secs_f64())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

/// A program beside this one, if it is built.
pub(crate) fn command(name: &str) -> Option<PathBuf> {
    let program = env::current_exe().ok()?.with_file_name(name);
    program.is_file().then_some(program)
}

/// Runs a command without what it prints.
pub(crate) fn quietly(command: &mut Command) -> Result<()> {
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}
