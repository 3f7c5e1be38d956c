//! `jsr` and `ret`, which old compilers make for `finally`.

use super::{Rule, method};

/// Two calls of a subroutine, whose return address is in local variable 3.
fn called_twice(between: &str, subroutine: &str, after: &str) -> super::Case {
    method(format!(
        "jsr s; {between}; jsr s; {after}; return; s: astore_3; {subroutine}; ret 3"
    ))
}

#[test]
fn a_subroutine_is_for_callers_of_all_kinds() {
    called_twice("nop", "nop", "nop").passes();
    // The local variable holds a number for one caller and an object for the other, and the subroutine does not touch it.
    called_twice("aconst_null; astore_0", "nop", "aload_0; getfield_s A.short; pop")
        .with("short")
        .passes();
    called_twice("aconst_null; astore_0", "sload_0; pop", "nop")
        .with("short")
        .breaks(Rule::LocalKind, "null");
    called_twice("sload_0; pop; sconst_0; sstore_1", "nop", "sload_1; pop")
        .with("short")
        .passes();
    called_twice("sload_1; pop", "sconst_0; sstore_1", "nop").passes();
}

#[test]
fn subroutines_call_subroutines() {
    method("jsr s; jsr s; jsr t; return; s: astore_3; jsr t; jsr t; ret 3; t: astore_2; ret 2").passes();
    method("jsr s; return; s: astore_3; sload_0; ifeq l; jsr s; l: ret 3")
        .with("short")
        .breaks(Rule::Subroutine, "");
    // A jump back that is written as a call.
    method("goto l; s: astore_3; l: jsr s; return").breaks(Rule::Subroutine, "not returned");
    // The inner one returns for both.
    method("jsr s; jsr s; return; s: astore_3; jsr t; jsr s; return; t: astore_2; ret 3").passes();
}

#[test]
fn a_subroutine_need_not_return() {
    method("jsr s; s: pop; return").passes();
    method("jsr s; s: astore_3; return").passes();
    method("nop; goto l; s: astore_3; return; l: jsr s").passes();
    method("goto l; s: astore_3; ret 3; l: jsr s").breaks(Rule::CodeEnd, "`ret`");
}

#[test]
fn a_subroutine_that_was_left_is_not_called_again() {
    // By a jump, to a loop that calls it: what old compilers make of `continue` in `finally`.
    let left = |by: &str| {
        method(format!(
            "l: sload_0; ifeq e; jsr s; goto l; e: return; s: astore_3; sload_0; {by}; ret 3"
        ))
        .with("short")
    };
    left("ifne e").passes();
    left("ifne l").breaks(Rule::Subroutine, "not returned");
    // Its return address is lost.
    let lost = "sload_0; ifeq l; jsr s; return; s: astore_3; sload_0; ifne l; ret 3; l: sconst_0; sstore_3";
    method(format!("{lost}; return")).with("short").passes();
    method(format!("{lost}; jsr s; return"))
        .with("short")
        .breaks(Rule::Subroutine, "not returned");
    // By an exception.
    let caught = |then: &str| {
        method(format!(
            "l: jsr s; return; s: astore_3; b: sload_0; pop; e: ret 3; h: pop; {then}; catch b e h any"
        ))
        .with("short")
    };
    caught("return").passes();
    caught("jsr t; return; t: astore_2; ret 2").passes();
    caught("goto l").breaks(Rule::Subroutine, "not returned");
}

#[test]
fn a_return_address_comes_from_jsr_alone() {
    method("sconst_0; sstore_0; ret 0").breaks(Rule::Subroutine, "a short");
    method("ret 0")
        .with("A")
        .breaks(Rule::Subroutine, "a reference to A");
    method("ret 0").breaks(Rule::Subroutine, "not every path");
    method("iconst_0; istore_0; ret 1").breaks(Rule::Subroutine, "a word of an int");
}

#[test]
fn a_return_address_is_good_for_one_return() {
    method("jsr s; ret 3; s: astore_3; ret 3").breaks(Rule::Subroutine, "`ret`");
    method("jsr s; l: sload_0; ifeq l; return; s: astore_3; aload_3; pop; ret 3")
        .with("short")
        .breaks(Rule::LocalKind, "a return address");
    for use_ in ["dup", "sconst_0; swap_x 1 1", "dup_x 1 0", "sconst_0; dup_x 2 2"] {
        method(format!("jsr s; return; s: {use_}; pop; astore_3; ret 3"))
            .breaks(Rule::Subroutine, "a return address");
    }
}

#[test]
fn a_return_address_is_no_value() {
    method("jsr s; return; s: sconst_0; sadd; pop; return").breaks(Rule::OperandKind, "a return address");
    method("jsr s; return; s: putstatic_a A.static_a; return")
        .breaks(Rule::AssignedValue, "a return address");
    method("jsr s; return; s: areturn")
        .giving("A")
        .breaks(Rule::ReturnType, "");
    method("jsr s; return; s: ifnull l; l: return").breaks(Rule::OperandKind, "a return address");
    method("jsr s; return; s: astore_3; sload_3; pop; return").breaks(Rule::LocalKind, "a return address");
}

#[test]
fn finally_with_exceptions_as_old_compilers_make_it() {
    let code = "b: aload_0; invokevirtual A.run; e: jsr f; goto x; \
        h: astore_1; jsr f; aload_1; athrow; \
        f: astore_2; aload_0; invokevirtual A.run; ret 2; \
        x: return; catch b e h any";
    method(code).with("A").passes();
}

#[test]
fn many_callers_of_a_subroutine_are_too_many_only_within_it() {
    let calls = |count: usize| format!("{}; return; s: astore_3; ret 3", vec!["jsr s"; count].join(";"));
    method(calls(256)).passes();
    method(calls(257)).breaks(Rule::TooComplex, "subroutines");
}

#[test]
fn a_return_address_that_nobody_needs_keeps_nothing_apart() {
    // Every subroutine is left by its end or by a jump, each with its own variable: kept apart, this would double at each of them.
    let part = |n: usize| {
        format!(
            "jsr s{n}; goto x{n}; s{n}: astore {}; sload_0; ifne x{n}; ret {}; x{n}: nop",
            n + 1,
            n + 1
        )
    };
    let parts: Vec<_> = (0..100).map(part).collect();
    method(format!("{}; return", parts.join(";")))
        .with("short")
        .words(2, 100)
        .passes();
}
