//! Any code is judged, and in a time that is linear in its size.

use cap_format::bytecode::Opcode;
use cap_format::component::method::ExceptionHandler;
use proptest::prelude::*;

use super::case::CODE;
use super::{Case, Rule, method};

/// Instructions stepped over, for a method that passes.
fn steps(case: &Case) -> usize {
    match case.run() {
        Ok(steps) => steps,
        Err(fault) => panic!("{fault:?}"),
    }
}

/// Twice the code takes hardly more than twice the steps.
fn grows_with_the_code(code: impl Fn(usize) -> String) {
    let of = |count: usize| steps(&method(code(count)).with("short A C D"));
    for count in [16, 32, 64] {
        let (once, twice) = (of(count), of(2 * count));
        assert!(twice * 10 <= once * 22, "{once} steps, then {twice}");
    }
}

#[test]
fn one_branch_after_another() {
    grows_with_the_code(|count| {
        let part =
            |n: usize| format!("sload_0; ifeq l{n}; aload_2; goto m{n}; l{n}: aload_3; m{n}: astore_1");
        format!("{}; return", (0..count).map(part).collect::<Vec<_>>().join(";"))
    });
}

#[test]
fn one_loop_after_another() {
    grows_with_the_code(|count| {
        let part = |n: usize| format!("l{n}: sload_0; ifeq m{n}; aload_2; astore_1; goto l{n}; m{n}: nop");
        format!("{}; return", (0..count).map(part).collect::<Vec<_>>().join(";"))
    });
}

#[test]
fn blocks_that_stand_in_reverse() {
    grows_with_the_code(|count| {
        let part = |n: usize| format!("l{n}: sload_0; ifeq_w l{0}; goto_w l{0}", n - 1);
        let parts: Vec<_> = (1..count).rev().map(part).collect();
        format!("goto_w l{}; {}; l0: return", count - 1, parts.join(";"))
    });
}

#[test]
fn handlers_around_handlers() {
    grows_with_the_code(|count| {
        let part = |n: usize| {
            format!(
                "b{n}: aload_1; astore_1; sconst_0; sstore_0; e{n}: goto x{n}; h{n}: pop; x{n}: nop; catch b{n} e{n} h{n} any"
            )
        };
        format!("{}; return", (0..count).map(part).collect::<Vec<_>>().join(";"))
    });
}

#[test]
fn subroutines_one_after_another() {
    grows_with_the_code(|count| {
        let part = |n: usize| format!("jsr s{n}; jsr s{n}; goto_w x{n}; s{n}: astore 4; ret 4; x{n}: nop");
        format!("{}; return", (0..count).map(part).collect::<Vec<_>>().join(";"))
    });
}

#[test]
fn code_that_is_made_to_take_long_is_refused() {
    // Every instruction is a block and stores to another variable; every handler guards all of them.
    let part = |n: usize| format!("l{n}: sload_0; sstore {}; goto m{n}; m{n}: nop", n % 250 + 4);
    let mut code: Vec<String> = (0..400).map(part).collect();
    code.push("e: return; h: pop; return".to_owned());
    code.extend(vec!["catch l0 e h any".to_owned(); 255]);
    let case = method(code.join(";")).with("short A C D").words(2, 250);
    match case.run() {
        Ok(steps) => assert!(steps < 400 * 16, "{steps} steps"),
        Err(fault) => assert_eq!(fault.rule, Rule::TooComplex),
    }
}

/// A loop that hands an object down through `locals` variables, one further each time; in it these instructions `count` times.
fn slow_loop(locals: usize, part: impl Fn(usize) -> String, count: usize) -> Case {
    let first = 4;
    let last = first + locals;
    let mut code: Vec<String> = (first..last)
        .map(|n| format!("aconst_null; astore {n}"))
        .collect();
    code.push(format!("aload_2; astore {last}; again: nop"));
    code.extend((first..last).map(|n| format!("aload {}; astore {n}", n + 1)));
    code.extend((0..count).map(part));
    code.push("sload_0; ifne_w again; return".to_owned());
    let locals = u8::try_from(last + 1).unwrap();
    method(code.join(";")).with("short A C D").words(8, locals)
}

/// What a step costs beside the step is work too: else few steps take long.
fn is_followed_in_few_locals_only(part: fn(usize) -> String) {
    assert!(slow_loop(8, part, 300).run().is_ok());
    let refused = slow_loop(240, part, 300).run();
    assert_eq!(refused.map_err(|fault| fault.rule), Err(Rule::TooComplex));
}

#[test]
fn searching_a_frame_for_an_object_is_work() {
    is_followed_in_few_locals_only(|_| "new A; pop; new A; pop".to_owned());
}

#[test]
fn comparing_classes_is_work() {
    is_followed_in_few_locals_only(|_| {
        "aload_3; invokestatic A.take_i; aload_3; invokestatic A.take_i".to_owned()
    });
}

/// Octets that begin with opcodes more often than chance.
fn octets() -> impl Strategy<Value = Vec<u8>> {
    let opcode = (0..Opcode::ALL.len()).prop_map(|index| vec![Opcode::ALL[index].octet()]);
    let parts = prop_oneof![4 => opcode, 2 => prop::collection::vec(0u8..8, 1..3), 1 => prop::collection::vec(any::<u8>(), 1..3)];
    prop::collection::vec(parts, 0..120).prop_map(|parts| parts.concat())
}

fn handler(code: usize) -> impl Strategy<Value = ExceptionHandler> {
    let end = u16::try_from(CODE + code).unwrap();
    let begin = u16::try_from(CODE).unwrap();
    (begin..=end, 0..40u16, begin..=end, any::<bool>(), 0..4u16).prop_map(
        |(start_offset, active_length, handler_offset, stop, catch_type_index)| ExceptionHandler {
            start_offset,
            active_length,
            stop,
            handler_offset,
            catch_type_index,
        },
    )
}

/// Code of instructions in any order, whose operands fit and whose branches go to instructions.
fn instructions() -> impl Strategy<Value = String> {
    let instruction = prop_oneof![
        3 => prop::sample::select(vec!["sconst_0", "iconst_0", "aconst_null", "aload_0", "aload_1", "sload_2", "new A", "new B"]),
        2 => prop::sample::select(vec!["pop", "pop2", "dup", "dup2", "dup_x 1 2", "swap_x 1 1", "swap_x 2 1", "swap_x 1 2"]),
        2 => prop::sample::select(vec!["astore_0", "astore_1", "sstore_2", "istore_2", "astore_3", "ret 3", "ret 1"]),
        2 => prop::sample::select(vec!["invokespecial A.<init>", "invokestatic A.make", "invokestatic A.take_i", "getfield_a A.next", "aaload", "checkcast I", "checkcast A"]),
        2 => prop::sample::select(vec!["ifeq_w l0", "ifnull_w l5", "goto_w l9", "ifnull_w l3", "jsr l7", "jsr l2", "goto_w l12", "slookupswitch l1 0=l4 7=l10"]),
        1 => prop::sample::select(vec!["return", "athrow"]),
    ];
    (
        prop::collection::vec(instruction, 20..60),
        prop::collection::vec((0..13usize, 1..4usize, 0..13usize), 0..4),
    )
        .prop_map(|(instructions, handlers)| {
            let mut code = String::new();
            for (index, instruction) in instructions.iter().enumerate() {
                code += &format!("l{index}: {instruction};");
            }
            for (start, length, target) in handlers {
                code += &format!("catch l{start} l{} l{target} any;", start + length);
            }
            code
        })
}

proptest! {
    #[test]
    fn any_octets_are_judged(
        (code, handlers) in octets().prop_flat_map(|code| {
            let handlers = prop::collection::vec(handler(code.len()), 0..3);
            (Just(code), handlers)
        })
    ) {
        let _ = method("").with("A C short").run_octets(&code, &handlers);
    }

    #[test]
    fn any_instructions_are_judged_in_few_steps(code in instructions()) {
        if let Ok(steps) = method(code.clone()).with("A C short").words(16, 4).run() {
            prop_assert!(steps < 64 * 60 * 8, "{steps} steps: {code}");
        }
    }
}
