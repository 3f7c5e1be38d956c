//! CV1xx: what reading a CAP file finds. The reader of `cap-format` stops at the first contradiction; here it gets its rule.

use cap_format::component::Tag;
use cap_format::error::{CapError, ErrorKind, Part};

use crate::finding::{Finding, Place};
use crate::rule::Rule;

/// The finding that an error of reading is.
pub(crate) fn finding(error: &CapError) -> Finding {
    let place = match error.component {
        Part::Component(tag) => Place::at(tag, error.offset),
        _ => Place::FILE,
    };
    let rule = rule(error);
    let wanted = match &error.kind {
        ErrorKind::Value { wanted, .. } => (*wanted).to_owned(),
        _ => rule.what().to_owned(),
    };
    let found = match &error.kind {
        ErrorKind::Value { found, .. } => format!("the value {found:02X}"),
        kind => kind.to_string(),
    };
    Finding {
        rule,
        place,
        found,
        wanted,
    }
}

fn rule(error: &CapError) -> Rule {
    match (error.component, &error.kind) {
        // JCVM §6.2: which components there are.
        (_, ErrorKind::Missing(_) | ErrorKind::Twice(_)) => Rule::ComponentMissing,
        (_, ErrorKind::SecondPackage(_) | ErrorKind::Zip { .. }) | (Part::Container | Part::LoadFile, _) => {
            Rule::Container
        }
        (_, ErrorKind::ReferenceLocation { .. }) => Rule::ReferenceLocation,
        (_, ErrorKind::Opcode { .. } | ErrorKind::Operands { .. }) | (Part::Bytecode, _) => Rule::Instruction,
        (_, ErrorKind::Aid(_)) => Rule::AidLength,
        (_, ErrorKind::Text) => Rule::Name,
        (_, ErrorKind::Limit { .. }) => Rule::Limit,
        (_, ErrorKind::NotInFormat { .. }) => Rule::Format,
        (Part::Component(tag), kind) => of_component(tag, kind),
        (Part::ExportFile, _) => Rule::FieldValue,
        // `CapError` may learn other reasons.
        #[expect(
            unreachable_patterns,
            reason = "the reasons of an error are not a closed list"
        )]
        _ => Rule::FieldValue,
    }
}

/// What is wrong in one component.
fn of_component(tag: Tag, kind: &ErrorKind) -> Rule {
    match (tag, kind) {
        (Tag::Directory, ErrorKind::Mismatch { .. }) => Rule::DirectorySize,
        (Tag::StaticField, ErrorKind::Mismatch { .. }) => Rule::StaticImage,
        (Tag::Method, ErrorKind::Mismatch { .. }) => Rule::MethodExtent,
        (Tag::Method, ErrorKind::Value { wanted, .. }) if wanted.contains("another component") => {
            Rule::MethodExtent
        }
        (Tag::Header, ErrorKind::Value { wanted, .. }) if is_format(wanted) => Rule::Format,
        (_, ErrorKind::Ended { .. } | ErrorKind::Leftover { .. }) => Rule::Extent,
        _ => Rule::FieldValue,
    }
}

/// The header is of another version or form of the format (JCVM §6.4).
fn is_format(wanted: &str) -> bool {
    wanted.starts_with("format version") || wanted.contains("compact")
}
