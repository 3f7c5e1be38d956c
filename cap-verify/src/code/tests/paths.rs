//! Where control goes, and where paths meet.

use super::case::CODE;
use super::{Rule, method};

#[test]
fn branches_lead_to_instructions() {
    method("goto l; l: return").passes();
    method("goto 1; return").breaks(Rule::BranchTarget, "`goto` leads to +1");
    method("goto 3; return").breaks(Rule::BranchTarget, "+3");
    method("goto -1; return").breaks(Rule::BranchTarget, "-1");
    method("sspush 0; ifeq -2; return").breaks(Rule::BranchTarget, "-2");
    method("return; goto 1").breaks(Rule::BranchTarget, "+1");
}

#[test]
fn code_ends_with_an_end() {
    method("").breaks(Rule::CodeEnd, "without instructions");
    method("nop").breaks(Rule::CodeEnd, "`nop`");
    method("sload_0; ifeq l; l: nop")
        .with("short")
        .breaks(Rule::CodeEnd, "`nop`");
    method("l: goto l").passes();
    method("return; nop").passes();
}

#[test]
fn code_is_made_of_instructions() {
    let fault = method("").run_octets(&[0xB9], &[]).unwrap_err();
    assert_eq!((fault.rule, fault.offset), (Rule::Instruction, CODE));
    let fault = method("").run_octets(&[0x00, 0x70], &[]).unwrap_err();
    assert_eq!(fault.rule, Rule::Instruction);
}

#[test]
fn unreachable_code_is_not_executed() {
    method("return; sadd; sadd; athrow").passes();
    method("return; l: iconst_0; goto l").passes();
}

#[test]
fn unreachable_code_has_operands_that_it_may_have() {
    for (code, rule) in [
        ("aload 4", Rule::LocalRange),
        ("istore_3", Rule::LocalRange),
        ("iinc 3 1", Rule::LocalRange),
        ("ret 4", Rule::LocalRange),
        ("dup_x 0 0", Rule::WordCounts),
        ("swap_x 3 1", Rule::WordCounts),
        ("new A.short", Rule::ConstantKind),
        ("new I", Rule::AbstractNew),
        ("getfield_a A.short", Rule::FieldKind),
        ("getfield_s_this A.short", Rule::ThisForm),
        ("putfield_s A.fixed", Rule::FinalField),
        ("getfield_s A.secret", Rule::MemberAccess),
        ("invokestatic A.<init>", Rule::CallKind),
        ("invokeinterface 3 I 0", Rule::InterfaceCall),
        ("checkcast byte[] A", Rule::CheckedType),
        ("sreturn", Rule::ReturnType),
    ] {
        method(format!("return; {code}; return")).breaks(rule, code.split(' ').next().unwrap_or_default());
    }
}

#[test]
fn keys_of_a_lookup_switch_ascend() {
    method("sload_0; slookupswitch l -1=l 5=l; l: return")
        .with("short")
        .passes();
    method("sload_0; slookupswitch l 5=l -1=l; l: return")
        .with("short")
        .breaks(Rule::SwitchKeys, "-1 behind 5");
    method("iload_0; ilookupswitch l 5=l 5=l; l: return")
        .with("int")
        .breaks(Rule::SwitchKeys, "5 behind 5");
}

#[test]
fn paths_meet_with_stacks_of_one_shape() {
    let two = |one: &str, other: &str| {
        method(format!(
            "sload_0; ifeq l; {one}; goto m; l: {other}; m: pop; return"
        ))
        .with("short A int D C")
    };
    two("sconst_0", "sconst_1").passes();
    two("sconst_0", "sconst_1; sconst_1").breaks(Rule::StackMerge, "with 2 and with 1 words");
    two("sconst_0", "aconst_null").breaks(Rule::StackMerge, "a short");
    two("aconst_null", "aload_1").passes();
    two("new A", "aload_1").breaks(Rule::StackMerge, "constructor");
    method("sload_0; ifeq l; new A; goto m; l: new A; m: pop; return")
        .with("short")
        .breaks(Rule::StackMerge, "");
    method("l: sconst_0; goto l").breaks(Rule::StackMerge, "with 0 and with 1 words");
}

#[test]
fn local_variables_that_differ_may_not_be_used() {
    let code = |use_: &str| {
        format!("sload_0; ifeq l; sconst_0; sstore_1; goto m; l: aconst_null; astore_1; m: {use_}; return")
    };
    method(code("nop")).with("short").passes();
    method(code("sload_1; pop"))
        .with("short")
        .breaks(Rule::LocalKind, "not every path");
    method(code("aload_1; pop"))
        .with("short")
        .breaks(Rule::LocalKind, "not every path");
    method("sload_0; ifeq l; iconst_0; istore_1; goto m; l: sconst_0; sstore_1; sconst_0; sstore_2; m: sload_2; pop; return")
        .with("short")
        .breaks(Rule::LocalKind, "");
}

#[test]
fn a_loop_ends_with_what_all_its_rounds_agree_on() {
    method("l: aload_0; getfield_a A.next; astore_0; sload_1; ifeq l; return")
        .with("A short")
        .passes();
    method("l: aload_1; getfield_s B.secret; pop; aload_0; astore_1; goto l")
        .with("A B")
        .breaks(Rule::FieldObject, "a reference to A");
}

#[test]
fn classes_meet_in_the_nearest_class_above_both() {
    let code = |use_: &str| format!("sload_0; ifeq l; aload_1; goto m; l: aload_2; m: {use_}; return");
    method(code("getfield_s A.short; pop"))
        .with("short BB A")
        .passes();
    method(code("getfield_a B.own; pop")).with("short BB B").passes();
    method(code("getfield_a B.own; pop"))
        .with("short BB A")
        .breaks(Rule::FieldObject, "a reference to A");
    method(code("getfield_s A.short; pop"))
        .with("short A C")
        .breaks(Rule::FieldObject, "Object");
}

#[test]
fn interfaces_meet_in_those_that_all_implement() {
    let code = |use_: &str| format!("sload_0; ifeq l; aload_1; goto m; l: aload_2; m: {use_}; return");
    for (uses, rule) in [
        ("invokestatic A.take_i", Rule::ArgumentType),
        ("invokestatic A.take_j", Rule::ArgumentType),
        ("invokeinterface 1 J 0", Rule::ReceiverType),
    ] {
        method(code(uses)).with("short C D").passes();
        method(code(uses)).with("short C A").breaks(rule, "Object");
    }
    method(code("invokestatic A.take_i")).with("short C E").passes();
    method(code("invokestatic A.take_j"))
        .with("short C E")
        .breaks(Rule::ArgumentType, "I");
    method(code("invokestatic A.take_i")).with("short I K").passes();
    method(code("invokestatic A.take_i"))
        .with("short I Object")
        .breaks(Rule::ArgumentType, "Object");
    method("sload_0; ifeq l; aload_1; goto m; l: aload_2; m: astore_1; sload_0; ifeq n; aload_1; goto o; n: aload_3; o: invokestatic A.take_i; return")
        .with("short C D E")
        .passes();
}

#[test]
fn arrays_meet_by_their_elements() {
    let code = |use_: &str| format!("sload_0; ifeq l; aload_1; goto m; l: aload_2; m: {use_}; return");
    let element = "sconst_0; aaload; getfield_s A.short; pop";
    method(code(element)).with("short B[] A[]").passes();
    method(code(element))
        .with("short B[] C[]")
        .breaks(Rule::FieldObject, "Object");
    method(code("sconst_0; aaload; invokestatic A.take_j"))
        .with("short C[] D[]")
        .passes();
    method(code("sconst_0; baload; pop"))
        .with("short byte[] boolean[]")
        .breaks(Rule::ArrayType, "Object");
    method(code("sconst_0; baload; pop"))
        .with("short byte[] A")
        .breaks(Rule::ArrayType, "Object");
    method(code("arraylength; pop"))
        .with("short byte[] short[]")
        .breaks(Rule::ArrayType, "Object");
    method(code("aconst_null; invokevirtual Object.equals; pop"))
        .with("short byte[] A[]")
        .passes();
}

#[test]
fn handlers_guard_whole_instructions() {
    method("l: nop; e: return; h: athrow; catch l e h Exception").passes();
    let refused = |start: u16, length: u16, target: u16| {
        let handler = cap_format::component::method::ExceptionHandler {
            start_offset: start,
            active_length: length,
            stop: true,
            handler_offset: target,
            catch_type_index: 0,
        };
        // sspush 0; pop; return; athrow
        let code = [0x11, 0, 0, 0x3B, 0x7A, 0x93];
        method("")
            .run_octets(&code, &[handler])
            .err()
            .map(|fault| fault.rule)
    };
    assert_eq!(refused(0x102, 4, 0x107), None);
    assert_eq!(refused(0x102, 6, 0x107), None);
    for (start, length, target) in [
        (0x103, 3, 0x107),
        (0x102, 2, 0x107),
        (0x102, 0, 0x107),
        (0x102, 7, 0x107),
        (0x101, 4, 0x107),
        (0x102, 4, 0x108),
        (0x102, 4, 0x103),
        (0x108, 0x7FFF, 0x107),
    ] {
        assert_eq!(
            refused(start, length, target),
            Some(Rule::HandlerBounds),
            "{start:X} {length} {target:X}"
        );
    }
}

#[test]
fn handlers_catch_throwables() {
    let code = |class: &str| format!("l: nop; e: return; h: athrow; catch l e h {class}");
    method(code("any")).passes();
    method(code("Throwable")).passes();
    method(code("Object")).breaks(Rule::CatchType, "Object");
    method(code("I")).breaks(Rule::CatchType, "I");
    method(code("A.run")).breaks(Rule::CatchType, "constant");
    method("l: nop; e: return; h: getfield_s A.short; pop; return; catch l e h any")
        .breaks(Rule::FieldObject, "Throwable");
}

#[test]
fn the_stop_bit_is_on_the_last_handler_of_a_range() {
    let nested = "l: nop; m: nop; e: return; h: athrow; catch l m h Exception; catch l e h any";
    method(nested).passes();
    method(nested).stop(true).breaks(Rule::StopBit, "with a stop bit");
    let apart = "l: nop; m: nop; e: return; h: athrow; catch l m h Exception; catch m e h any";
    method(apart).passes();
    method(apart)
        .stop(false)
        .breaks(Rule::StopBit, "without a stop bit");
}

#[test]
fn a_handler_finds_the_local_variables_of_every_instruction() {
    let code = |use_: &str| {
        format!(
            "l: sconst_0; sstore_1; aconst_null; astore_1; nop; e: return; h: pop; {use_}; return; catch l e h any"
        )
    };
    method(code("aload_0; pop")).with("A short").passes();
    method(code("sload_1; pop"))
        .with("A short")
        .breaks(Rule::LocalKind, "not every path");
    // The last store of the range is not seen: it cannot throw once it has stored.
    method("l: aconst_null; astore_0; e: return; h: pop; aload_0; getfield_s A.short; pop; return; catch l e h any")
        .with("A")
        .passes();
    method(
        "l: aconst_null; sconst_0; sstore_0; pop; e: return; h: pop; aload_0; pop; return; catch l e h any",
    )
    .with("A")
    .breaks(Rule::LocalKind, "");
}
