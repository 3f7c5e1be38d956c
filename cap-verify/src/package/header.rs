//! The header, and which components there are (JCVM §6.4).

use cap_format::cap::Cap;
use cap_format::component::Tag;
use cap_format::component::header::HeaderFlags;

use crate::finding::{Place, Report};
use crate::rule::Rule;

/// Offset of the flags in the Header component, after magic number and format version.
const FLAGS: usize = 6;

pub(crate) fn check(cap: &Cap, report: &mut Report) {
    let flags = cap.header.flags;
    let place = Place::at(Tag::Header, FLAGS);
    // JCVM §6.4: all other bits are zero.
    let known = HeaderFlags::INT | HeaderFlags::EXPORT | HeaderFlags::APPLET;
    if !known.contains(flags) {
        let found = format!("flags {:02X}", flags.0);
        report.add(
            Rule::HeaderFlags,
            place,
            found,
            "the flags int, export and applet",
        );
    }
    // JCVM §6.4: the flags tell whether there are an Export and an Applet component.
    for (flag, tag, present) in [
        (HeaderFlags::EXPORT, Tag::Export, cap.exports.is_some()),
        (HeaderFlags::APPLET, Tag::Applet, cap.applets.is_some()),
    ] {
        if flags.contains(flag) == present {
            continue;
        }
        let name = tag.name();
        let (found, wanted) = match present {
            true => (
                format!("an {name} component without its flag"),
                "the flag with the component",
            ),
            false => (
                format!("the flag of an {name} component that is not there"),
                "the flag only with the component",
            ),
        };
        report.add(Rule::HeaderFlags, place, found, wanted);
    }
}
