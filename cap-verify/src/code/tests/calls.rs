//! Calls and returns.

use super::{Rule, method};

#[test]
fn arguments_are_of_the_types_of_the_parameters() {
    let call = |arguments: &str| method(format!("aload_0; {arguments}; invokevirtual A.mix; pop2; return"));
    call("aload_1; sconst_0; iconst_0; aload_2")
        .with("A B byte[]")
        .passes();
    call("aconst_null; sconst_0; iconst_0; aconst_null")
        .with("A")
        .passes();
    call("aload_1; sconst_0; iconst_0; aload_1")
        .with("A B")
        .breaks(Rule::ArgumentType, "argument 4");
    call("aload_1; sconst_0; sconst_0; aload_2")
        .with("A B byte[]")
        .breaks(Rule::ArgumentType, "argument 3");
    call("aload_1; aload_1; iconst_0; aload_2")
        .with("A B byte[]")
        .breaks(Rule::ArgumentType, "argument 2");
    call("aload_1; sconst_0; iconst_0; aload_2")
        .with("A C byte[]")
        .breaks(Rule::ArgumentType, "a reference to C");
    method("sconst_0; iconst_0; aconst_null; invokevirtual A.mix; pop2; return")
        .breaks(Rule::StackUnderflow, "argument 1");
    method("sconst_0; invokestatic A.static; sstore_0; return").passes();
    method("iconst_0; invokestatic A.static; sstore_0; return")
        .breaks(Rule::ArgumentType, "a word of an int");
    method("sconst_0; dup; invokestatic A.take_int; return").breaks(Rule::ArgumentType, "a short");
    method("new C; invokestatic A.take_i; return").breaks(Rule::UninitializedObject, "argument 1");
}

#[test]
fn a_method_is_called_on_an_object_that_has_it() {
    method("aload_0; invokevirtual A.run; return").with("B").passes();
    method("aconst_null; invokevirtual A.run; return").passes();
    method("aload_0; invokevirtual A.run; return")
        .with("C")
        .breaks(Rule::ReceiverType, "a reference to C");
    method("aload_0; invokevirtual A.run; return")
        .with("byte[]")
        .breaks(Rule::ReceiverType, "an array");
    method("sconst_0; invokevirtual A.run; return").breaks(Rule::ReceiverType, "a short");
    method("new A; invokevirtual A.run; return").breaks(Rule::UninitializedObject, "");
    method("aload_0; dup; invokevirtual Object.equals; pop; return")
        .with("byte[]")
        .passes();
    method("aload_0; dup; invokevirtual Object.equals; pop; return")
        .with("I")
        .passes();
    method("aload_0; invokevirtual I.virtual; return")
        .with("I")
        .breaks(Rule::CallKind, "interface");
}

#[test]
fn a_method_of_an_interface_is_called_on_what_implements_it() {
    let call = |words: &str| method(format!("aload_0; sconst_0; invokeinterface {words}; pop; return"));
    call("2 I 0").with("I").passes();
    call("2 I 0").with("K").passes();
    call("2 K 0").with("E").passes();
    call("2 K 0")
        .with("I")
        .breaks(Rule::ReceiverType, "a reference to I");
    call("2 I 0")
        .with("A")
        .breaks(Rule::ReceiverType, "a reference to A");
    call("2 I 0").with("Object").breaks(Rule::ReceiverType, "Object");
    call("2 I 0")
        .with("byte[]")
        .breaks(Rule::ReceiverType, "an array");
    call("1 I 0").with("I").breaks(Rule::InterfaceCall, "1 words");
    call("3 I 0").with("I").breaks(Rule::InterfaceCall, "3 words");
    call("2 I 1")
        .with("I")
        .breaks(Rule::InterfaceCall, "method 1 of I");
    call("2 A 0")
        .with("A")
        .breaks(Rule::InterfaceCall, "method 0 of A");
    method("aconst_null; invokeinterface 1 J 0; return").passes();
    method("aload_0; iconst_0; aconst_null; invokeinterface 4 J 1; pop2; return")
        .with("C")
        .passes();
}

#[test]
fn each_kind_of_method_has_its_instruction() {
    method("invokestatic A.<init>; return").breaks(Rule::CallKind, "a constructor");
    method("invokestatic B.hide; return").breaks(Rule::CallKind, "a private method");
    method("aload_0; invokespecial A.static; return")
        .with("A")
        .breaks(Rule::CallKind, "a static method");
    method("aload_0; invokespecial B.super.run; return")
        .virtual_()
        .passes();
    method("aload_0; invokespecial B.super.run; return")
        .with("BB")
        .passes();
    method("aload_0; invokespecial B.super.run; return")
        .with("A")
        .breaks(Rule::ReceiverType, "a reference to A");
    method("aload_0; invokespecial A.super.run; return")
        .virtual_()
        .breaks(Rule::CallKind, "above A");
    method("aload_0; invokespecial B.super.abstract; return")
        .virtual_()
        .breaks(Rule::CallKind, "abstract");
}

#[test]
fn a_result_is_what_the_method_says() {
    for (result, code) in [
        ("void", "return"),
        ("short", "sconst_0; sreturn"),
        ("boolean", "sconst_0; sreturn"),
        ("int", "iconst_0; ireturn"),
        ("A", "aload_0; areturn"),
        ("I", "aconst_null; areturn"),
    ] {
        for wanted in ["void", "short", "byte", "boolean", "int", "A", "I", "byte[]"] {
            let case = method(code).with("A").giving(wanted);
            let shorts = ["short", "byte", "boolean"];
            let fits = result == wanted
                || (shorts.contains(&result) && shorts.contains(&wanted))
                || (result == "I" && matches!(wanted, "A" | "byte[]"));
            match fits {
                true => case.passes(),
                false => case.breaks(Rule::ReturnType, ""),
            }
        }
    }
    method("iconst_0; sreturn")
        .giving("short")
        .breaks(Rule::ReturnType, "a word of an int");
    method("aload_0; areturn")
        .with("A")
        .giving("B")
        .breaks(Rule::ReturnType, "a reference to A");
    method("new A; areturn")
        .giving("A")
        .breaks(Rule::UninitializedObject, "the result");
    method("sreturn")
        .giving("short")
        .breaks(Rule::StackUnderflow, "the result");
    // What is left on the stack goes with the frame.
    method("sconst_0; return").passes();
}

#[test]
fn the_result_of_a_call_is_of_its_type() {
    method("invokestatic A.make; getfield_s A.short; pop; return").passes();
    method("invokestatic A.make; getfield_a B.own; pop; return")
        .breaks(Rule::FieldObject, "a reference to A");
    method("invokestatic A.number; pop2; return").words(2, 0).passes();
    method("invokestatic A.number; pop2; return")
        .words(1, 0)
        .breaks(Rule::StackOverflow, "");
    method("invokestatic A.throwable; athrow").passes();
}
