//! `cargo run --bin deploy`: see `--help`.

use std::{
    process::ExitCode,
    sync::{Arc, atomic::AtomicBool},
};

use anyhow::Result;
use clap::Parser;
use signal_hook::consts::{SIGINT, SIGTERM};
use twofold::{deploy, options::Options, progress::Progress, report::Report};

fn main() -> ExitCode {
    let options = Options::parse();
    match run(&options) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("deploy: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(options: &Options) -> Result<bool> {
    if options.list_readers {
        return list_readers().map(|()| true);
    }
    let via = options.target.via()?;
    // A signal ends the run where the card's processes are stopped, not in the middle.
    let stop = Arc::new(AtomicBool::new(false));
    let progress = Progress::on_stderr();
    let mut running = deploy::run(options, &via, &progress)?;
    if options.keep {
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        running.describe_kept(&options.target);
    }
    print(options, &running.report)?;
    let ok = running.report.ok();
    if options.keep {
        running.keep(&stop, &progress)?;
    }
    running.stop()?;
    Ok(ok)
}

fn print(options: &Options, report: &Report) -> Result<()> {
    if options.json {
        println!("{}", serde_json::to_string_pretty(report)?);
        return Ok(());
    }
    println!("{report}");
    let wrong = report.steps.iter().filter(|row| !row.ok).count();
    println!(
        "{} steps, {wrong} wrong, in {:.1} s.",
        report.steps.len(),
        report.seconds
    );
    match &report.kept {
        None => {
            println!(
                "The card and the server stop now; --keep leaves them up. The page that shows each delivery with the"
            );
            println!(
                "bytes of every layer: cargo run --bin ota-server -- --database {}",
                options.database.display()
            );
        }
        Some(kept) => {
            println!("\nLeft up until Ctrl-C:");
            println!(
                "  page           {}/   (its buttons deliver to this card)",
                report.page
            );
            println!("  reader         {}", kept.reader);
            if !kept.environment.is_empty() {
                println!("  other programs {} your-pcsc-program", kept.environment);
                println!(
                    "                 {} cargo run -p conformance --bin conformance -- --target 'pcsc:{}' \
                     --dangerous-overwrite-test-card",
                    kept.environment, kept.reader
                );
            }
            println!("  first stage    00A4040010{}", kept.aids[0]);
            println!("  second stage   00A4040010{}", kept.aids[1]);
        }
    }
    Ok(())
}

#[cfg(feature = "pcsc")]
fn list_readers() -> Result<()> {
    let readers = host_harness::transport::pcsc::list_readers()?;
    if readers.is_empty() {
        println!("No reader is connected.");
    }
    for reader in readers {
        let atr = reader.atr.map_or("no card".to_owned(), |atr| {
            format!("ATR {}", hex::encode_upper(atr))
        });
        println!("{}  ({atr})", reader.name);
    }
    Ok(())
}

#[cfg(not(feature = "pcsc"))]
fn list_readers() -> Result<()> {
    anyhow::bail!("this build has no PC/SC and knows no readers")
}
