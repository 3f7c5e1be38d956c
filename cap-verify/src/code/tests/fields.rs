//! Fields: kinds, objects, values, and who may use them.

use super::{Rule, method};

#[test]
fn a_field_has_the_instruction_of_its_type() {
    let fields = [
        ("A.any", "a"),
        ("A.bytes", "a"),
        ("A.short", "s"),
        ("A.byte", "b"),
        ("A.flag", "b"),
        ("A.int", "i"),
    ];
    for (field, letter) in fields {
        for used in ["a", "s", "b", "i"] {
            let after = if used == "i" { "pop2" } else { "pop" };
            for suffix in ["", "_w"] {
                let case = method(format!(
                    "aload_0; getfield_{used}{suffix} {field}; {after}; return"
                ))
                .with("A");
                match used == letter {
                    true => case.passes(),
                    false => case.breaks(Rule::FieldKind, field_type(field)),
                }
            }
        }
    }
    method("sconst_0; putstatic_b A.static_s; return").breaks(Rule::FieldKind, "short");
    method("sconst_0; putstatic_a A.static_s; return").breaks(Rule::FieldKind, "short");
    method("getstatic_i A.static_s; return").breaks(Rule::FieldKind, "short");
}

fn field_type(field: &str) -> &'static str {
    match field {
        "A.any" => "Object",
        "A.bytes" => "byte[]",
        "A.short" => "short",
        "A.byte" => "byte",
        "A.flag" => "boolean",
        _ => "int",
    }
}

#[test]
fn a_field_belongs_to_its_class() {
    method("aload_0; getfield_s A.short; pop; return")
        .with("B")
        .passes();
    method("aconst_null; getfield_s A.short; pop; return").passes();
    method("aload_0; getfield_s A.short; pop; return")
        .with("C")
        .breaks(Rule::FieldObject, "a reference to C");
    method("aload_0; getfield_a B.own; pop; return")
        .with("A")
        .breaks(Rule::FieldObject, "a reference to A");
    method("aload_0; sconst_0; putfield_s A.short; return")
        .with("C")
        .breaks(Rule::FieldObject, "`putfield_s`");
}

#[test]
fn a_field_is_assigned_a_value_of_its_type() {
    let assign = |value: &str, put: &str| method(format!("aload_0; {value}; {put}; return"));
    assign("aload_1", "putfield_a A.next").with("A B").passes();
    assign("aconst_null", "putfield_a A.next").with("A").passes();
    assign("aload_1", "putfield_a A.i").with("A C").passes();
    assign("aload_1", "putfield_a A.any").with("A byte[]").passes();
    assign("sconst_0", "putfield_b A.flag").with("A").passes();
    assign("iconst_0", "putfield_i A.int").with("A").passes();
    assign("aload_1", "putfield_a A.next")
        .with("A C")
        .breaks(Rule::AssignedValue, "a reference to C");
    assign("aload_1", "putfield_a A.i")
        .with("A A")
        .breaks(Rule::AssignedValue, "a reference to A");
    assign("aload_1", "putfield_a A.bytes")
        .with("A short[]")
        .breaks(Rule::AssignedValue, "an array of short");
    assign("sconst_0", "putfield_a A.next")
        .with("A")
        .breaks(Rule::AssignedValue, "a short");
    assign("aload_0", "putfield_s A.short")
        .with("A")
        .breaks(Rule::AssignedValue, "a reference to A");
    assign("sconst_0", "putfield_i A.int")
        .with("A")
        .breaks(Rule::AssignedValue, "a short");
    assign("iconst_0", "putfield_s A.short")
        .with("A")
        .breaks(Rule::AssignedValue, "a word of an int");
    method("aload_0; putstatic_a A.static_a; return")
        .with("B")
        .passes();
    method("aload_0; putstatic_a A.static_a; return")
        .with("C")
        .breaks(Rule::AssignedValue, "");
    method("getstatic_a A.static_i; invokestatic A.take_i; return").passes();
    method("iconst_0; putstatic_i A.static_int; getstatic_i A.static_int; pop2; return").passes();
}

#[test]
fn the_short_form_takes_this() {
    let case = |code: &str| method(format!("{code}; return")).virtual_();
    case("getfield_a_this A.next; pop; sconst_0; putfield_s_this A.short").passes();
    case("getfield_a_this B.own; pop")
        .in_class("A")
        .breaks(Rule::FieldObject, "a reference to A");
    case("sconst_0; sstore_0; getfield_s_this A.short; pop").breaks(Rule::ThisForm, "a short");
    case("sconst_0; sstore_0; sconst_0; putfield_s_this A.short").breaks(Rule::ThisForm, "a short");
    case("aconst_null; putfield_s_this A.short").breaks(Rule::AssignedValue, "null");
    method("getfield_s_this A.short; pop; return")
        .with("A")
        .breaks(Rule::ThisForm, "static");
}

#[test]
fn final_fields_are_assigned_by_their_class_and_static_ones_by_none() {
    method("aload_0; sconst_0; putfield_s B.fixed; return")
        .with("B")
        .passes();
    method("aload_0; sconst_0; putfield_s A.fixed; return")
        .with("B")
        .breaks(Rule::FinalField, "A");
    method("sconst_0; putfield_s_this A.fixed; return")
        .virtual_()
        .breaks(Rule::FinalField, "A");
    method("sconst_0; putstatic_s A.static_fixed; return").breaks(Rule::FinalField, "A");
    method("sconst_0; putstatic_s A.static_fixed; return")
        .in_class("A")
        .breaks(Rule::FinalField, "A");
    method("aload_0; getfield_s A.fixed; getstatic_s A.static_fixed; pop2; return")
        .with("A")
        .passes();
}

#[test]
fn private_members_are_used_by_their_class() {
    method("aload_0; getfield_s B.secret; pop; return")
        .with("B")
        .passes();
    method("aload_0; getfield_s A.secret; pop; return")
        .with("B")
        .breaks(Rule::MemberAccess, "private member of A");
    method("invokestatic A.static_secret; return").breaks(Rule::MemberAccess, "private member of A");
    method("aload_0; invokespecial B.hide; return").with("B").passes();
    method("aload_0; invokespecial A.hide; return")
        .with("B")
        .breaks(Rule::MemberAccess, "private member of A");
}

#[test]
fn protected_members_of_other_packages_are_used_of_ones_own_kind() {
    let get = || method("aload_0; getfield_s Foreign.guarded; pop; return");
    get().in_class("Child").with("Child").passes();
    get()
        .in_class("Child")
        .with("Foreign")
        .breaks(Rule::ProtectedAccess, "Foreign");
    get()
        .in_class("Child")
        .with("Sibling")
        .breaks(Rule::ProtectedAccess, "Foreign");
    get()
        .in_class("B")
        .with("Child")
        .breaks(Rule::MemberAccess, "protected member of Foreign");
    let call = || method("aload_0; invokevirtual Foreign.guard; return");
    call().in_class("Child").with("Child").passes();
    call()
        .in_class("Child")
        .with("Sibling")
        .breaks(Rule::ProtectedAccess, "Foreign");
    method("getstatic_s Foreign.static_guarded; pop; invokestatic Foreign.static_guard; return")
        .in_class("Child")
        .passes();
    method("invokestatic Foreign.static_guard; return").breaks(Rule::MemberAccess, "protected");
    method("getstatic_s Foreign.static_guarded; pop; return").breaks(Rule::MemberAccess, "protected");
    method("aload_0; getfield_s Foreign.hidden; pop; return")
        .in_class("Child")
        .with("Child")
        .breaks(Rule::MemberAccess, "package-visible");
}
