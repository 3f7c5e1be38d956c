//! The section `applets`.

use serde::Serialize;

use crate::package::{ClassTarget, Package};

/// An applet.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Applet {
    pub(super) aid: String,
    pub(super) class: Option<String>,
    /// The method that makes an instance.
    pub(super) install: Option<String>,
    /// Its offset in the Method component.
    pub(super) install_offset: u16,
}

pub(super) fn applets(package: &Package) -> Vec<Applet> {
    let applets = package.applets.iter();
    applets
        .map(|applet| Applet {
            aid: applet.aid.to_string(),
            class: applet
                .class
                .map(|class| package.class_name(ClassTarget::Own(class))),
            install: applet.method.map(|method| package.method_name(method)),
            install_offset: applet.offset,
        })
        .collect()
}
