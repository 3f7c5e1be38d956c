//! The section `sizes`.

use cap_format::cap::RawComponents;
use cap_format::component::Tag;
use card_proto::gp::load::{data_block, load_commands};
use serde::Serialize;

use crate::package::Package;

/// Octets of the file.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Sizes {
    /// In the order of loading; Debug last.
    pub(super) components: Vec<ComponentSize>,
    /// All that is sent to a card, without and with the Descriptor.
    pub(super) load_file: usize,
    pub(super) load_file_with_descriptor: usize,
    /// The load file with the tag of a Load File Data Block before it.
    pub(super) data_block: usize,
    /// LOAD commands with [`BLOCK`] octets each; `null` when there would be too many.
    pub(super) load_commands: Option<usize>,
    /// What a card keeps of it once it is linked: classes, methods, exports.
    pub(super) kept_code: usize,
    /// What it adds to that for static fields and initialized arrays.
    pub(super) kept_data: usize,
}

/// A component.
#[derive(Debug, Clone, Serialize)]
pub(super) struct ComponentSize {
    pub(super) component: &'static str,
    /// Tag and size included.
    pub(super) octets: usize,
}

/// Octets of a LOAD command under secure messaging: 255 without a C-MAC of 8.
pub(super) const BLOCK: usize = 247;

pub(super) fn sizes(package: &Package, components: &RawComponents) -> Sizes {
    let framed = |tag: &Tag| {
        let info = components.defined.get(tag)?;
        Some(1 + tag.size_octets() + info.len())
    };
    let order = Tag::LOAD_ORDER.iter().chain([&Tag::Debug]);
    let load_file_with_descriptor = Tag::LOAD_ORDER.iter().filter_map(framed).sum::<usize>();
    let load_file = load_file_with_descriptor - framed(&Tag::Descriptor).unwrap_or_default();
    let zeros = vec![0; load_file];
    let statics = &package.cap.static_fields;
    let kept = [Tag::Class, Tag::Method, Tag::Export];
    Sizes {
        components: order
            .filter_map(|tag| {
                Some(ComponentSize {
                    component: tag.name(),
                    octets: framed(tag)?,
                })
            })
            .collect(),
        load_file,
        load_file_with_descriptor,
        data_block: data_block(&zeros).len(),
        load_commands: load_commands(&zeros, BLOCK).ok().map(|commands| commands.len()),
        kept_code: kept
            .iter()
            .filter_map(|tag| components.defined.get(tag))
            .map(Vec::len)
            .sum(),
        kept_data: statics.image_size() + statics.array_init_size(),
    }
}
