//! Prints the benchmark table, or the parts of it that are named: `packets`, `apdus`, `cap`, `verify`. Needs `scripts/setup test`; build it
//! with `--release`.

use std::env;

use anyhow::Result;

fn main() -> Result<()> {
    // Starts this program again with libpcsclite pointed at the private daemon, so it comes first.
    let socket = host_harness::pcscd::reexec_with_private_socket()?;
    let via = host_harness::jcardsim::Via::Pcscd(socket);
    let named: Vec<String> = env::args().skip(1).collect();
    let wanted = |part: &str| named.is_empty() || named.iter().any(|name| name == part);
    let mut rows = Vec::new();
    if wanted("packets") {
        rows.extend(benches::packets::measure()?);
    }
    if wanted("apdus") {
        rows.extend(benches::apdus::measure(&via)?);
    }
    if wanted("cap") {
        rows.extend(benches::cap::measure()?);
    }
    if wanted("verify") {
        rows.extend(benches::verify::measure()?);
    }
    println!("| what | per second | ratio to its reference | each |");
    println!("|---|---|---|---|");
    for row in rows {
        println!("{row}");
    }
    Ok(())
}
