//! Prints the benchmark table. Needs `scripts/setup test`; build it with `--release`.

use anyhow::Result;

fn main() -> Result<()> {
    // Starts this program again with libpcsclite pointed at the private daemon, so it comes first.
    let socket = host_harness::pcscd::reexec_with_private_socket()?;
    let via = host_harness::jcardsim::Via::Pcscd(socket);
    println!("| what | per second | ratio to its reference | each |");
    println!("|---|---|---|---|");
    for row in benches::packets::measure()?
        .into_iter()
        .chain(benches::apdus::measure(&via)?)
        .chain(benches::cap::measure()?)
    {
        println!("{row}");
    }
    Ok(())
}
