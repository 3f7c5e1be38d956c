//! Kinds of values on the stack and in local variables.

use super::{Rule, method};

#[test]
fn the_stack_has_its_bounds() {
    method("sconst_0; pop; return").words(1, 0).passes();
    method("sconst_0; sconst_0; pop2; return")
        .words(1, 0)
        .breaks(Rule::StackOverflow, "2 words");
    method("iconst_0; pop2; return")
        .words(1, 0)
        .breaks(Rule::StackOverflow, "`iconst_0`");
    method("pop; return").breaks(Rule::StackUnderflow, "0 words");
    method("sconst_0; sadd; pop; return").breaks(Rule::StackUnderflow, "`sadd`");
    method("l: nop; e: return; h: athrow; catch l e h any")
        .words(0, 0)
        .breaks(Rule::StackOverflow, "handler");
    method("l: nop; e: return; h: athrow; catch l e h any")
        .words(1, 0)
        .passes();
}

#[test]
fn local_variables_have_their_bounds() {
    method("sconst_0; sstore 3; return").passes();
    method("sconst_0; sstore 4; return").breaks(Rule::LocalRange, "local variable 4");
    method("iconst_0; istore 2; return").passes();
    method("iconst_0; istore 3; return").breaks(Rule::LocalRange, "local variable 4");
    method("sload 3; pop; return")
        .with("short short short")
        .words(2, 0)
        .breaks(Rule::LocalRange, "3");
}

#[test]
fn local_variables_are_read_as_what_is_in_them() {
    method("sload_0; pop; return").breaks(Rule::LocalKind, "not every path");
    method("sload_0; pop; aload_1; pop; iload_2; pop2; return")
        .with("short A int")
        .passes();
    method("aload_0; pop; return")
        .with("short")
        .breaks(Rule::LocalKind, "a short");
    method("sload_0; pop; return")
        .with("A")
        .breaks(Rule::LocalKind, "a reference to A");
    method("iload_0; pop2; return")
        .with("short short")
        .breaks(Rule::LocalKind, "a short");
    method("iload_1; pop2; return")
        .with("int short")
        .breaks(Rule::LocalKind, "a word of an int");
    method("sinc 0 1; sinc_w 0 300; iinc 1 1; iinc_w 1 -300; return")
        .with("short int")
        .passes();
    method("sinc 0 1; return")
        .with("int")
        .breaks(Rule::LocalKind, "a word of an int");
    method("iinc 0 1; return")
        .with("short short")
        .breaks(Rule::LocalKind, "a short");
    method("iinc 1 1; return")
        .with("int short")
        .breaks(Rule::LocalKind, "a word of an int");
}

#[test]
fn a_local_variable_over_half_of_an_int_ends_the_int() {
    for (store, load) in [("sstore_0", "iload_0"), ("sstore_1", "iload_0")] {
        method(format!("sconst_0; {store}; {load}; pop2; return"))
            .with("int")
            .breaks(Rule::LocalKind, "");
    }
    method("iconst_0; istore_1; iload_0; pop2; return")
        .with("int")
        .breaks(Rule::LocalKind, "not every path");
    method("iconst_0; istore_1; iload_1; pop2; return")
        .with("int")
        .passes();
}

#[test]
fn numbers_are_not_references() {
    method("sload_0; getfield_s A.short; pop; return")
        .with("short")
        .breaks(Rule::FieldObject, "a short");
    method("aload_0; sconst_1; sadd; pop; return")
        .with("A")
        .breaks(Rule::OperandKind, "a reference to A");
    method("sload_0; ifnull l; l: return")
        .with("short")
        .breaks(Rule::OperandKind, "`ifnull`");
    method("aload_0; ifeq l; l: return")
        .with("A")
        .breaks(Rule::OperandKind, "`ifeq`");
    method("sconst_0; astore_0; return").breaks(Rule::OperandKind, "`astore_0`");
    method("aconst_null; sstore_0; return").breaks(Rule::OperandKind, "null");
    method("aload_0; sload_1; if_acmpeq l; l: return")
        .with("A short")
        .breaks(Rule::OperandKind, "");
    method("aload_0; aconst_null; if_acmpeq l; l: return")
        .with("A")
        .passes();
    method("sload_0; stableswitch l 0 l l; l: return")
        .with("int")
        .breaks(Rule::LocalKind, "");
    method("iload_0; stableswitch l 0 l l; l: return")
        .with("int")
        .breaks(Rule::OperandKind, "");
    method("iload_0; itableswitch l 0 l l; l: return")
        .with("int")
        .passes();
}

#[test]
fn shorts_are_not_ints() {
    method("sconst_0; sconst_0; iadd; pop2; return").breaks(Rule::OperandKind, "a short");
    method("iconst_0; sadd; pop; return").breaks(Rule::OperandKind, "a word of an int");
    method("sconst_0; s2i; iconst_1; iadd; i2s; pop; return").passes();
    method("sconst_0; istore_0; return").breaks(Rule::OperandKind, "");
}

#[test]
fn words_move_without_taking_ints_apart() {
    method("iconst_0; pop2; return").passes();
    method("iconst_0; pop; return").breaks(Rule::SplitInt, "`pop`");
    method("iconst_0; dup; return").breaks(Rule::SplitInt, "`dup`");
    method("iconst_0; sconst_0; pop2; return").breaks(Rule::SplitInt, "`pop2`");
    method("iconst_0; sconst_0; dup2; return").breaks(Rule::SplitInt, "`dup2`");
    method("iconst_0; sconst_0; swap_x 1 2; pop2; pop; return").passes();
    method("iconst_0; sconst_0; swap_x 1 2; pop; return").breaks(Rule::SplitInt, "`pop`");
    method("iconst_0; sconst_0; swap_x 1 2; iconst_1; iadd; pop2; pop; return").passes();
    method("iconst_0; sconst_0; swap_x 1 1; return").breaks(Rule::SplitInt, "`swap_x`");
    method("iconst_0; sconst_0; dup_x 1 3; iadd; return").breaks(Rule::OperandKind, "`iadd`");
    method("iconst_0; sconst_0; dup_x 1 3; pop; iconst_1; iadd; pop2; pop; return").passes();
    method("iconst_0; sconst_0; dup_x 1 2; return").breaks(Rule::SplitInt, "`dup_x`");
    method("iconst_0; dup_x 2 0; iadd; pop2; return").passes();
}

#[test]
fn words_move_in_numbers_that_the_instruction_has() {
    let words = "sconst_0; dup; dup2; dup2; dup2; dup2;";
    for (m, n) in [(1, 0), (1, 1), (1, 5), (4, 0), (2, 2)] {
        method(format!("sconst_0; dup; dup2; dup; dup_x {m} {n}; return"))
            .words(16, 0)
            .passes();
    }
    for (m, n) in [(0, 0), (5, 0), (2, 1), (1, 6), (5, 5)] {
        let case = method(format!("{words} dup_x {m} {n}; return")).words(32, 0);
        case.breaks(Rule::WordCounts, &format!("m = {m}, n = {n}"));
    }
    method("sconst_0; dup2; dup2; swap_x 2 2; return").breaks(Rule::StackUnderflow, "`dup2`");
    method("sconst_0; dup; dup2; swap_x 2 2; return").passes();
    for counts in ["dup_x 1 4", "dup_x 3 0", "swap_x 2 1", "swap_x 1 2"] {
        method(format!("sconst_0; dup; dup2; {counts}; return"))
            .words(8, 0)
            .without_int()
            .breaks(Rule::WordCounts, "m = ");
    }
    for (m, n) in [(0, 1), (1, 0), (3, 1), (1, 3)] {
        method(format!("sconst_0; dup; dup2; swap_x {m} {n}; return")).breaks(Rule::WordCounts, "`swap_x`");
    }
}

#[test]
fn constants_are_of_the_kind_that_the_instruction_takes() {
    method("new A.short; return").breaks(Rule::ConstantKind, "`new`");
    method("getstatic_s A.short; return").breaks(Rule::ConstantKind, "");
    method("aload_0; getfield_s A.static_s; return")
        .with("A")
        .breaks(Rule::ConstantKind, "");
    method("invokevirtual A.static; return").breaks(Rule::ConstantKind, "");
    method("invokestatic A.run; return").breaks(Rule::ConstantKind, "");
    method("invokespecial A.run; return").breaks(Rule::ConstantKind, "");
    method("aconst_null; checkcast A.run; return").breaks(Rule::ConstantKind, "");
    method("sconst_0; anewarray A.run; return").breaks(Rule::ConstantKind, "");
}

#[test]
fn instructions_for_int_need_the_flag() {
    for code in [
        "iconst_0",
        "iload_0",
        "aconst_null; sconst_0; iaload",
        "sconst_0; s2i",
        "iinc 0 1",
        "sconst_0; newarray int",
        "aconst_null; checkcast int[]",
    ] {
        method(format!("{code}; return")).with("int").passes();
        method(format!("{code}; return"))
            .with("int")
            .without_int()
            .breaks(Rule::IntInstruction, "without int");
    }
    method("sconst_0; newarray short; arraylength; pop; return")
        .without_int()
        .passes();
}
