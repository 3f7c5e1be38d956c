//! CAP files and export files of Java Card as values. Pure: no I/O, no clock, no threads.
//!
//! Arbitrary octets never panic; a refusal says the part, the offset and the reason ([`error`]). Reading and writing again gives
//! the same octets. Sections are those of the Java Card Virtual Machine Specification (JCVM) 3.0.5; in editions before it the
//! sections of chapter 6 have numbers smaller by one.
//!
//! - [`component`] the components of a CAP file, one module each (ch. 6); [`mod@reference`], [`type_descriptor`], [`version`] what
//!   several of them hold; [`limits`] how large things may be
//! - [`bytecode`] the table of all instructions (ch. 7): decoder, encoder and disassembler follow from it
//! - [`cap`] a CAP file as a whole; [`container`] its ZIP archive; [`load_file`] its components in the order of loading
//! - [`export_file`] the tokens of a package for others (ch. 5)
//!
//! ```
//! use cap_format::bytecode::{Instruction, Opcode, Operands, decode, disassemble, encode};
//!
//! let code = encode(&[
//!     Instruction::plain(Opcode::Sload1),
//!     Instruction::new(Opcode::Ifeq, Operands::Branch(4)),
//!     Instruction::new(Opcode::Bspush, Operands::Immediate(-2)),
//!     Instruction::plain(Opcode::Sreturn),
//! ])?;
//! assert_eq!(code, [0x1D, 0x60, 0x04, 0x10, 0xFE, 0x78]);
//! let (offset, instruction) = &decode(&code)?[1];
//! assert_eq!((*offset, instruction.branches().collect()), (1, vec![4]));
//! assert_eq!(disassemble(&code)?.lines().nth(1), Some("    1  ifeq 5"));
//! # Ok::<(), cap_format::error::CapError>(())
//! ```

pub mod bytecode;
pub mod cap;
pub mod component;
pub mod container;
pub mod error;
pub mod export_file;
mod flags;
pub mod limits;
pub mod load_file;
pub mod reference;
pub mod type_descriptor;
pub mod version;
mod writer;
