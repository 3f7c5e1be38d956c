//! LOAD (GPCS §11.6): a load file in numbered blocks.

use crate::apdu::CommandApdu;
use crate::gp::{CLA_GP, GpError, P1_LAST};
use crate::tlv::ber;

const INS_LOAD: u8 = 0xE8;
/// Load File Data Block (GPCS table 11-58).
const TAG_LOAD_FILE_DATA_BLOCK: u32 = 0xC4;

/// The load file data block TLV: `C4`, BER length, the octets of the load file.
pub fn data_block(load_file: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(load_file.len() + 5);
    ber::write(&mut out, TAG_LOAD_FILE_DATA_BLOCK, load_file);
    out
}

/// The LOAD commands `80 E8 00|80 nn` that carry the data block of `load_file` in blocks of `block_size`
/// octets.
///
/// # Errors
/// [`GpError`] when `block_size` is not 1 to 255, or more than 256 blocks would be needed.
pub fn load_commands(load_file: &[u8], block_size: usize) -> Result<Vec<CommandApdu>, GpError> {
    numbered_blocks(INS_LOAD, P1_LAST, &data_block(load_file), block_size)
}

/// Cuts `data` into commands with P2 = block number; P1 is `last_p1` in the last one, 00 in the others.
pub(crate) fn numbered_blocks(
    ins: u8,
    last_p1: u8,
    data: &[u8],
    block_size: usize,
) -> Result<Vec<CommandApdu>, GpError> {
    let size_error = GpError::BlockSize { size: block_size };
    if !(1..=255).contains(&block_size) {
        return Err(size_error);
    }
    let blocks: Vec<&[u8]> = if data.is_empty() {
        vec![data]
    } else {
        data.chunks(block_size).collect()
    };
    let last = blocks.len() - 1;
    let command = |(index, block): (usize, &&[u8])| {
        let number = u8::try_from(index).map_err(|_| GpError::TooManyBlocks { blocks: blocks.len() })?;
        let p1 = if index == last { last_p1 } else { 0 };
        CommandApdu::new(CLA_GP, ins, p1, number)
            .with_data(block)
            .map_err(|_| size_error)
    };
    blocks.iter().enumerate().map(command).collect()
}
