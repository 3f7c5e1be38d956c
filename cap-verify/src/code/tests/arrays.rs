//! Arrays, the checks of types, and exceptions.

use super::{Rule, method};

#[test]
fn each_array_has_its_instructions() {
    for (array, load, after) in [
        ("byte[]", "baload", "pop"),
        ("boolean[]", "baload", "pop"),
        ("short[]", "saload", "pop"),
        ("int[]", "iaload", "pop2"),
        ("A[]", "aaload", "getfield_s A.short; pop"),
    ] {
        for known in ["byte[]", "boolean[]", "short[]", "int[]", "A[]"] {
            let case = method(format!("aload_0; sconst_0; {load}; {after}; return")).with(known);
            let both_octets = load == "baload" && matches!(known, "byte[]" | "boolean[]");
            match known == array || both_octets {
                true => case.passes(),
                false => case.breaks(Rule::ArrayType, load),
            }
        }
    }
}

#[test]
fn elements_are_stored_as_what_the_array_holds() {
    let store = |value: &str, store: &str| method(format!("aload_0; sconst_0; {value}; {store}; return"));
    store("sconst_1", "bastore").with("byte[]").passes();
    store("sconst_1", "sastore").with("short[]").passes();
    store("iconst_1", "iastore").with("int[]").passes();
    store("aload_1", "aastore").with("A[] A").passes();
    store("aconst_null", "aastore").with("A[]").passes();
    store("sconst_1", "sastore")
        .with("byte[]")
        .breaks(Rule::ArrayType, "`sastore`");
    store("sconst_1", "aastore")
        .with("A[]")
        .breaks(Rule::OperandKind, "a short");
    store("aload_0", "bastore")
        .with("byte[]")
        .breaks(Rule::OperandKind, "an array of byte");
    store("aload_0", "aastore")
        .with("byte[]")
        .breaks(Rule::ArrayType, "an array of byte");
    store("new A", "aastore")
        .with("A[]")
        .breaks(Rule::UninitializedObject, "`aastore`");
    // The card compares the element with the array when it stores.
    store("aload_1", "aastore").with("B[] A").passes();
    store("aload_1", "aastore").with("Object[] byte[]").passes();
}

#[test]
fn an_object_is_no_array() {
    method("aload_0; arraylength; pop; return")
        .with("A")
        .breaks(Rule::ArrayType, "a reference to A");
    method("aload_0; arraylength; pop; return")
        .with("Object")
        .breaks(Rule::ArrayType, "Object");
    method("aload_0; sconst_0; baload; pop; return")
        .with("Object")
        .breaks(Rule::ArrayType, "Object");
    method("aload_0; arraylength; pop; return").with("int[]").passes();
    method("aload_0; getfield_s A.short; pop; return")
        .with("byte[]")
        .breaks(Rule::FieldObject, "an array");
}

#[test]
fn null_is_an_array_too() {
    method("aconst_null; arraylength; pop; return").passes();
    method("aconst_null; sconst_0; iaload; pop2; return").passes();
    method("aconst_null; sconst_0; aaload; getfield_s A.short; pop; return").passes();
    method("aconst_null; sconst_0; sconst_0; sastore; return").passes();
}

#[test]
fn new_arrays_are_what_they_say() {
    method("sconst_1; newarray short; sconst_0; saload; pop; return").passes();
    method("sconst_1; newarray byte; sconst_0; saload; pop; return")
        .breaks(Rule::ArrayType, "an array of byte");
    method("sconst_1; anewarray I; sconst_0; aaload; invokestatic A.take_i; return").passes();
    method("sconst_1; anewarray A; sconst_0; aaload; invokestatic A.take_i; return")
        .breaks(Rule::ArgumentType, "");
    method("aload_0; newarray byte; pop; return")
        .with("A")
        .breaks(Rule::OperandKind, "");
}

#[test]
fn arrays_are_assigned_by_their_elements() {
    method("aload_0; areturn").with("B[]").giving("A[]").passes();
    method("aload_0; areturn").with("B[]").giving("Object").passes();
    method("aload_0; areturn").with("C[]").giving("I[]").passes();
    method("aload_0; areturn")
        .with("A[]")
        .giving("B[]")
        .breaks(Rule::ReturnType, "an array of A");
    method("aload_0; areturn")
        .with("byte[]")
        .giving("short[]")
        .breaks(Rule::ReturnType, "an array of byte");
    method("aload_0; areturn")
        .with("boolean[]")
        .giving("byte[]")
        .breaks(Rule::ReturnType, "");
    method("aload_0; areturn")
        .with("byte[]")
        .giving("Object[]")
        .breaks(Rule::ReturnType, "");
    method("aload_0; areturn")
        .with("byte[]")
        .giving("I")
        .breaks(Rule::ReturnType, "");
}

#[test]
fn a_check_makes_a_type() {
    method("aload_0; checkcast A; getfield_s A.short; pop; return")
        .with("Object")
        .passes();
    method("aload_0; checkcast I; invokestatic A.take_i; return")
        .with("A")
        .passes();
    method("aload_0; checkcast byte[]; sconst_0; baload; pop; return")
        .with("Object")
        .passes();
    method("aload_0; checkcast A[]; sconst_0; aaload; getfield_s A.short; pop; return")
        .with("Object")
        .passes();
    method("aload_0; checkcast A; getfield_a B.own; pop; return")
        .with("Object")
        .breaks(Rule::FieldObject, "A");
    method("aload_0; instanceof A; ifeq l; aload_0; getfield_s A.short; pop; l: return")
        .with("Object")
        .breaks(Rule::FieldObject, "Object");
    method("aload_0; checkcast byte[] A; pop; return")
        .with("Object")
        .breaks(Rule::CheckedType, "`checkcast`");
    method("aload_0; instanceof int[] A; pop; return")
        .with("Object")
        .breaks(Rule::CheckedType, "`instanceof`");
    method("sconst_0; checkcast A; pop; return").breaks(Rule::OperandKind, "a short");
    method("new A; checkcast A; pop; return").breaks(Rule::UninitializedObject, "`checkcast`");
}

#[test]
fn only_throwables_are_thrown() {
    method("aload_0; athrow").with("Exception").passes();
    method("aconst_null; athrow").passes();
    method("aload_0; athrow")
        .with("A")
        .breaks(Rule::ThrownType, "a reference to A");
    method("aload_0; athrow")
        .with("Object")
        .breaks(Rule::ThrownType, "Object");
    method("aload_0; athrow")
        .with("byte[]")
        .breaks(Rule::ThrownType, "an array");
    method("new Exception; athrow").breaks(Rule::UninitializedObject, "");
    method("new Exception; dup; invokespecial Exception.<init>; athrow").passes();
}
