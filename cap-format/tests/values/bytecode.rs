//! The table of instructions, and what follows from it.

use std::collections::BTreeSet;

use cap_format::bytecode::{
    CheckedType, Flow, Instruction, Layout, Opcode, Operands, StackEffect, decode, decode_at, disassemble,
    encode,
};
use cap_format::error::ErrorKind;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::{octets, strategies};

#[test]
fn opcodes_are_those_from_00_to_b8() {
    for octet in 0..=u8::MAX {
        let opcode = Opcode::from_u8(octet);
        assert_eq!(opcode.is_some(), octet <= 0xB8, "{octet:02X}");
        assert_eq!(
            opcode.map(Opcode::octet),
            Some(octet).filter(|octet| *octet <= 0xB8)
        );
    }
    assert_eq!(Opcode::ALL.len(), 185);
}

#[test]
fn mnemonics_differ_and_sections_are_those_of_chapter_7() {
    let mnemonics: BTreeSet<&str> = Opcode::ALL.iter().map(|opcode| opcode.mnemonic()).collect();
    assert_eq!(mnemonics.len(), Opcode::ALL.len());
    let sections: BTreeSet<u8> = Opcode::ALL.iter().map(|opcode| opcode.section()).collect();
    assert_eq!(sections, (1..=109).collect());
}

/// The specification describes families in alphabetical order: `aload_<n>`, `if<cond>`, `getfield_<t>_this`.
#[test]
fn sections_follow_the_alphabet() {
    let mut families: Vec<(u8, String)> = Opcode::ALL
        .iter()
        .map(|opcode| (opcode.section(), opcode.mnemonic().replace('_', " ")))
        .collect();
    families.sort();
    let first_letters = |(_, name): &(u8, String)| name.chars().next();
    assert!(families.is_sorted_by_key(first_letters));
}

#[test]
fn every_instruction_with_a_wide_form_has_it() {
    let wide: Vec<&str> = Opcode::ALL
        .iter()
        .filter_map(|opcode| opcode.wide())
        .map(Opcode::mnemonic)
        .collect();
    let named: Vec<&str> = Opcode::ALL
        .iter()
        .map(|opcode| opcode.mnemonic())
        .filter(|name| name.ends_with("_w"))
        .collect();
    let sorted = |names: Vec<&'static str>| names.into_iter().collect::<BTreeSet<_>>();
    assert_eq!(sorted(wide), sorted(named));
    assert_eq!(Opcode::Goto.wide(), Some(Opcode::GotoW));
    assert_eq!(Opcode::PutfieldI.wide(), Some(Opcode::PutfieldIW));
    assert_eq!(Opcode::GetfieldAThis.wide(), None);
}

#[test]
fn stack_effects_count_words() {
    let words = |opcode, operands| Instruction::new(opcode, operands).stack_words();
    let plain = |opcode| words(opcode, Operands::None);
    assert_eq!(plain(Opcode::Iadd), Some((4, 2)));
    assert_eq!(plain(Opcode::Iastore), Some((4, 0)));
    assert_eq!(plain(Opcode::Dup2), Some((2, 4)));
    assert_eq!(words(Opcode::DupX, Operands::Words { m: 2, n: 3 }), Some((3, 5)));
    assert_eq!(words(Opcode::DupX, Operands::Words { m: 2, n: 0 }), Some((2, 4)));
    assert_eq!(words(Opcode::SwapX, Operands::Words { m: 2, n: 1 }), Some((3, 3)));
    assert_eq!(words(Opcode::Invokestatic, Operands::Constant(0)), None);
}

#[test]
fn flow_is_as_the_operands_say() {
    for opcode in Opcode::ALL {
        let branches = matches!(opcode.layout(), Layout::Branch1 | Layout::Branch2);
        let flow = opcode.flow();
        assert_eq!(
            branches,
            matches!(flow, Flow::Conditional | Flow::Jump | Flow::Subroutine),
            "{opcode}"
        );
        let by_method = opcode.stack_effect() == StackEffect::Method;
        assert_eq!(by_method, opcode.mnemonic().starts_with("invoke"), "{opcode}");
        assert_eq!(
            flow == Flow::Return,
            opcode.mnemonic().ends_with("return"),
            "{opcode}"
        );
    }
}

#[test]
fn instructions_with_a_constant_say_which() {
    for opcode in Opcode::ALL {
        let operands = match opcode.layout() {
            Layout::Constant1(_) | Layout::Constant2(_) => Operands::Constant(7),
            Layout::Interface => Operands::Interface {
                nargs: 1,
                constant: 7,
                token: 0,
            },
            Layout::TypeCheck => Operands::TypeCheck {
                kind: CheckedType::ReferenceArray,
                constant: 7,
            },
            _ => continue,
        };
        let instruction = Instruction::new(*opcode, operands);
        assert!(!opcode.constant_tags().is_empty(), "{opcode}");
        let (place, octets) = instruction.constant_place().unwrap();
        let code = encode([&instruction]).unwrap();
        let index = code[place..place + octets]
            .iter()
            .fold(0, |index, octet| index << 8 | u16::from(*octet));
        assert_eq!((index, instruction.constant()), (7, Some(7)), "{opcode}");
    }
    assert_eq!(Opcode::Nop.constant_tags(), []);
}

#[test]
fn a_listing_shows_offsets_and_where_branches_lead() {
    let code = octets(
        "18 83 05  10 FF  08  8E 02 0001 03  94 0B 0000  95 0E 0002  3F 24  59 01 FE  \
         73 0004 0001 0002 0007 FFFF  75 0000 0001 8000 0003  70 FB 7A",
    );
    let text = "    0  aload_0
    1  getfield_a #5
    3  bspush -1
    5  sconst_5
    6  invokeinterface #1, method 3, 2 words
   11  checkcast byte[]
   15  instanceof #2[]
   19  dup_x 2, 4
   21  sinc 1, -2
   24  stableswitch { 1: 31, 2: 23, default: 28 }
   35  slookupswitch { -32768: 38, default: 35 }
   44  goto 39
   46  return
";
    assert_eq!(disassemble(&code).unwrap(), text);
}

#[test]
fn foreign_opcodes_are_refused_where_they_stand() {
    for opcode in [0xB9, 0xFD, 0xFE, 0xFF] {
        let error = decode(&[0x00, 0x7A, opcode]).unwrap_err();
        assert_eq!((error.offset, error.kind), (2, ErrorKind::Opcode { opcode }));
    }
}

#[test]
fn operands_of_another_instruction_are_not_written() {
    let rows = [
        (Opcode::Bspush, Operands::Immediate(128)),
        (Opcode::Sspush, Operands::Immediate(0x8000)),
        (Opcode::Goto, Operands::Branch(-129)),
        (Opcode::GetfieldA, Operands::Constant(256)),
        (Opcode::Sinc, Operands::Increment { local: 0, by: 200 }),
        (Opcode::DupX, Operands::Words { m: 16, n: 0 }),
        (Opcode::Nop, Operands::Local(0)),
        (Opcode::Stableswitch, Operands::Branch(0)),
    ];
    for (opcode, operands) in rows {
        let mnemonic = opcode.mnemonic();
        let error = encode(&[Instruction::new(opcode, operands)]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Operands { mnemonic });
    }
}

#[test]
fn a_table_switch_cannot_claim_more_branches_than_there_are_octets() {
    let code = octets("74 0000 80000000 7FFFFFFF");
    assert!(decode(&code).is_err());
    assert!(
        decode(&octets("73 0000 0002 0001 0000")).is_err(),
        "low above high"
    );
}

proptest! {
    #[test]
    fn what_is_encoded_is_decoded(instructions in vec(strategies::instruction(), 0..40)) {
        let code = encode(&instructions).unwrap();
        let decoded = decode(&code).unwrap();
        let mut offset = 0;
        for ((begin, instruction), wanted) in decoded.iter().zip(&instructions) {
            prop_assert_eq!(*begin, offset);
            prop_assert_eq!(instruction, wanted);
            prop_assert_eq!(&decode_at(&code, offset).unwrap(), &(wanted.clone(), offset + wanted.octets()));
            offset += wanted.octets();
        }
        prop_assert_eq!(offset, code.len());
        prop_assert_eq!(decoded.len(), instructions.len());
        prop_assert!(disassemble(&code).unwrap().lines().count() == instructions.len());
    }

    #[test]
    fn what_is_decoded_is_encoded(code in vec(any::<u8>(), 0..60)) {
        if let Ok(instructions) = decode(&code) {
            let instructions = instructions.iter().map(|(_, instruction)| instruction);
            prop_assert_eq!(encode(instructions).unwrap(), code);
        }
    }
}
