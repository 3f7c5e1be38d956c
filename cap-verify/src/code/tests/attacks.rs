//! Known attacks on verifiers: each tries to make a reference out of a number, or an object of one class out of another.

use super::{Rule, method};

#[test]
fn half_of_an_int_is_no_reference() {
    let number = "iipush 305419896";
    method(format!("{number}; pop; getfield_s A.short; pop; return")).breaks(Rule::SplitInt, "`pop`");
    method(format!("{number}; aconst_null; swap_x 1 1; pop; return")).breaks(Rule::SplitInt, "`swap_x`");
    method(format!("aload_0; {number}; swap_x 1 2; return"))
        .with("A")
        .breaks(Rule::SplitInt, "`swap_x`");
    method(format!("aload_0; {number}; dup_x 1 3; return"))
        .with("A")
        .breaks(Rule::SplitInt, "`dup_x`");
    method(format!("aload_0; {number}; dup_x 3 0; pop; return"))
        .with("A")
        .breaks(Rule::SplitInt, "`pop`");
    method(format!(
        "{number}; istore_0; aload_0; getfield_s A.short; pop; return"
    ))
    .breaks(Rule::LocalKind, "");
    method(format!(
        "{number}; istore_0; aload_1; getfield_s A.short; pop; return"
    ))
    .breaks(Rule::LocalKind, "");
    method(format!(
        "{number}; istore_0; iconst_0; istore_1; iload_0; pop2; return"
    ))
    .breaks(Rule::LocalKind, "");
}

#[test]
fn an_object_is_no_array_and_an_array_no_object() {
    method("aload_0; sconst_0; saload; pop; return")
        .with("A")
        .breaks(Rule::ArrayType, "");
    method("aload_0; sconst_1; sconst_1; sastore; return")
        .with("byte[]")
        .breaks(Rule::ArrayType, "");
    method("aload_0; areturn")
        .with("byte[]")
        .giving("A")
        .breaks(Rule::ReturnType, "");
    method("sload_1; ifeq l; aload_0; goto m; l: aload_2; m: sconst_0; saload; pop; return")
        .with("A short short[]")
        .breaks(Rule::ArrayType, "Object");
}

#[test]
fn a_subroutine_does_not_carry_a_type_from_one_caller_to_another() {
    // The first caller leaves a number, the second an object, in the variable that the subroutine moves.
    let code = "sconst_5; sstore_1; jsr s; aload_0; astore_1; jsr s; aload_2; getfield_s A.short; pop; return; \
        s: astore_3; aload_1; astore_2; ret 3";
    method(code).with("A").breaks(Rule::LocalKind, "a short");
    // The return addresses of two subroutines, exchanged.
    let code =
        "jsr s; sload_1; pop; return; s: astore_2; aconst_null; astore_1; jsr t; ret 2; t: astore_3; ret 2";
    method(code).breaks(Rule::LocalKind, "null");
}

#[test]
fn a_handler_does_not_find_what_was_not_there_yet() {
    let code = "l: aconst_null; astore_0; sconst_5; sstore_0; nop; e: return; \
        h: pop; aload_0; getfield_s A.short; pop; return; catch l e h any";
    method(code).with("A").breaks(Rule::LocalKind, "");
}

#[test]
fn an_exception_does_not_finish_a_constructor() {
    // The constructor of the superclass throws, and the object leaves all the same.
    let code = "l: aload_0; invokespecial A.<init>; e: return; h: pop; return; catch l e h any";
    method(code).constructor().breaks(Rule::ConstructorReturn, "");
    let code = "l: aload_0; invokespecial A.<init>; e: return; h: pop; aload_0; putstatic_a A.static_a; aconst_null; athrow; catch l e h any";
    method(code)
        .constructor()
        .breaks(Rule::UninitializedObject, "`this`");
    let code = "l: aload_0; invokespecial A.<init>; nop; e: return; h: pop; aload_0; putstatic_a A.static_a; aconst_null; athrow; catch l e h any";
    method(code).constructor().breaks(Rule::LocalKind, "");
    let code = "l: aload_0; invokespecial A.<init>; e: return; h: athrow; catch l e h any";
    method(code).constructor().passes();
    // Overwriting `this` does not hide it.
    let code = "l: aconst_null; astore_0; e: return; h: pop; return; catch l e h any";
    method(code).constructor().breaks(Rule::ConstructorReturn, "");
}

#[test]
fn an_unfinished_object_does_not_leave_through_a_handler() {
    let code = "new A; astore_1; l: aload_1; invokespecial A.<init>; e: return; \
        h: pop; aload_1; invokevirtual A.run; return; catch l e h any";
    method(code).breaks(Rule::UninitializedObject, "");
    let code = "new A; astore_1; l: aload_1; invokespecial A.<init>; nop; e: return; \
        h: pop; aload_1; invokevirtual A.run; return; catch l e h any";
    method(code).breaks(Rule::LocalKind, "");
}

#[test]
fn a_finished_object_does_not_finish_another() {
    let code = "sload_0; ifeq l; new A; dup; invokespecial A.<init>; goto m; l: new A; m: invokevirtual A.run; return";
    method(code).with("short").breaks(Rule::StackMerge, "");
    let code = "sload_0; ifeq l; new A; dup; astore_1; invokespecial A.<init>; goto m; l: new A; astore_1; m: aload_1; invokevirtual A.run; return";
    method(code).with("short").breaks(Rule::LocalKind, "");
}

#[test]
fn a_call_does_not_take_words_of_others() {
    // Fewer words than the method takes: it would find the local variables of the caller among its arguments.
    method("aload_0; invokeinterface 2 I 0; pop; return")
        .with("I")
        .breaks(Rule::ArgumentType, "a reference to I");
    method("aload_0; sconst_0; sconst_0; invokeinterface 3 I 0; pop; return")
        .with("I")
        .breaks(Rule::InterfaceCall, "3");
    method("sconst_0; aload_0; invokeinterface 0 J 0; return")
        .with("J")
        .breaks(Rule::InterfaceCall, "0 words");
}

#[test]
fn an_interface_that_nobody_checked_is_not_called() {
    method("aload_0; invokeinterface 1 J 0; return")
        .with("I")
        .breaks(Rule::ReceiverType, "a reference to I");
    method("aload_0; sconst_0; aaload; invokeinterface 1 J 0; return")
        .with("I[]")
        .breaks(Rule::ReceiverType, "I");
    method("aload_0; putstatic_a A.static_i; return")
        .with("Object")
        .breaks(Rule::AssignedValue, "Object");
}
