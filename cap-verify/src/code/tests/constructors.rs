//! Objects between `new` and the end of their constructor.

use super::{Case, Rule, method};

fn constructor(code: &str) -> Case {
    method(code).constructor()
}

#[test]
fn a_new_object_is_used_behind_its_constructor() {
    method("new A; dup; invokespecial A.<init>; getfield_s A.short; pop; return").passes();
    method("new A; astore_0; aload_0; invokespecial A.<init>; aload_0; invokevirtual A.run; return").passes();
    method("new C; dup; sconst_1; invokespecial C.<init>; areturn")
        .giving("I")
        .passes();
    method("new A; pop; return").passes();
    method("new A; dup; invokespecial A.<init>; dup; invokespecial A.<init>; pop; return")
        .breaks(Rule::ConstructorCall, "a reference to A");
    for use_ in [
        "getfield_s A.short; pop",
        "sconst_0; putfield_s A.short",
        "putstatic_a A.static_a",
        "invokevirtual A.run",
        "aload_0; if_acmpeq l",
        "ifnull l",
        "instanceof A; pop",
        "aload_0; swap_x 1 1; putfield_a A.next",
    ] {
        method(format!("new A; {use_}; l: return"))
            .with("A")
            .breaks(Rule::UninitializedObject, "constructor");
    }
}

#[test]
fn a_constructor_is_called_on_exactly_its_class() {
    method("new B; invokespecial A.<init>; return").breaks(Rule::ConstructorCall, "B");
    method("new A; invokespecial B.<init>; return").breaks(Rule::ConstructorCall, "A");
    method("aload_0; invokespecial A.<init>; return")
        .with("A")
        .breaks(Rule::ConstructorCall, "a reference to A");
    method("aconst_null; invokespecial A.<init>; return").breaks(Rule::ConstructorCall, "null");
    method("sconst_0; invokespecial A.<init>; return").breaks(Rule::ConstructorCall, "a short");
    method("new C; dup; invokespecial C.<init>; return").breaks(Rule::UninitializedObject, "argument 1");
}

#[test]
fn new_makes_instances_of_classes_that_have_some() {
    method("new Abstract; pop; return").breaks(Rule::AbstractNew, "Abstract");
    method("new I; pop; return").breaks(Rule::AbstractNew, "I");
    method("sconst_0; anewarray Abstract; pop; return").passes();
}

#[test]
fn a_constructor_calls_another_one_first() {
    constructor("aload_0; invokespecial A.<init>; return").passes();
    constructor("aload_0; invokespecial B.<init>; return").passes();
    constructor("aload_0; invokespecial A.<init>; aload_0; invokevirtual A.run; return").passes();
    constructor("return").breaks(Rule::ConstructorReturn, "`return`");
    constructor("aload_0; ifnull l; l: return").breaks(Rule::UninitializedObject, "`ifnull`");
    constructor("aload_0; invokespecial Object.<init>; return").breaks(Rule::ConstructorCall, "`this`");
    constructor("aload_0; invokespecial C.<init>; return").breaks(Rule::UninitializedObject, "argument 1");
    constructor("aload_0; sconst_0; invokespecial C.<init>; return").breaks(Rule::ConstructorCall, "`this`");
    constructor("new A; invokespecial A.<init>; return").breaks(Rule::ConstructorReturn, "");
    constructor("aload_0; invokespecial A.<init>; aload_0; invokespecial A.<init>; return")
        .breaks(Rule::ConstructorCall, "a reference to B");
    constructor("sload_1; ifeq l; aload_0; invokespecial A.<init>; l: return")
        .with("short")
        .breaks(Rule::ConstructorReturn, "");
    constructor("sload_1; ifeq l; aload_0; invokespecial A.<init>; return; l: aload_0; invokespecial B.<init>; return")
        .with("short")
        .passes();
    constructor("aload_0; invokespecial A.<init>; l: goto l").passes();
    constructor("aconst_null; athrow").passes();
    constructor("return").in_class("Object").passes();
}

#[test]
fn this_is_not_used_before_another_constructor_has_been_called() {
    for use_ in [
        "invokevirtual A.run",
        "putstatic_a A.static_a",
        "getfield_s B.secret; pop",
        "sconst_0; putfield_s A.short",
        "instanceof A; pop",
        "invokespecial B.hide",
        "invokespecial B.super.run",
    ] {
        let code = format!("aload_0; {use_}; aload_0; invokespecial A.<init>; return");
        constructor(&code).breaks(Rule::UninitializedObject, "`this`");
    }
    constructor("getfield_s_this B.secret; pop; aload_0; invokespecial A.<init>; return")
        .breaks(Rule::UninitializedObject, "`this`");
    constructor("sconst_0; putfield_s_this A.short; aload_0; invokespecial A.<init>; return")
        .breaks(Rule::UninitializedObject, "`this`");
}

#[test]
fn an_inner_class_remembers_its_surroundings_before_it_calls_another_constructor() {
    constructor("aload_1; putfield_a_this B.own; aload_0; invokespecial A.<init>; return")
        .with("A")
        .passes();
    constructor("aload_0; aload_1; putfield_a B.own; aload_0; invokespecial A.<init>; return")
        .with("A")
        .passes();
    constructor("aload_0; sconst_0; putfield_s B.fixed; aload_0; invokespecial A.<init>; return").passes();
}

#[test]
fn a_protected_constructor_of_another_package_is_for_subclasses() {
    constructor("aload_0; invokespecial Foreign.<init>; return")
        .in_class("Child")
        .passes();
    method("new Foreign; invokespecial Foreign.<init>; return")
        .in_class("Child")
        .breaks(Rule::ProtectedAccess, "Foreign");
    method("new Foreign; invokespecial Foreign.<init>; return").breaks(Rule::MemberAccess, "Foreign");
}

#[test]
fn of_one_new_there_is_one_unfinished_object() {
    // Two rounds of the loop: the object of the first one must not become finished with that of the second.
    method("l: new A; sload_0; ifeq l; pop; return")
        .with("short")
        .breaks(Rule::StackMerge, "");
    method("aconst_null; astore_1; l: new A; dup; astore_1; aload_1; astore_2; invokespecial A.<init>; aload_2; getfield_s A.short; ifeq l; return")
        .passes();
    method("l: aload_1; ifnull m; m: new A; astore_1; goto l")
        .with("short A")
        .breaks(Rule::LocalKind, "");
    method("new A; astore_1; goto l; m: return; l: new A; astore_2; aload_2; invokespecial A.<init>; aload_1; invokespecial A.<init>; goto m")
        .passes();
}
