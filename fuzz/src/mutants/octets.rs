//! Changes of single octets, of any component.

use cap_format::cap::RawComponents;
use cap_format::component::Tag;
use fastrand::Rng;

use super::{index, load_file, near8};

/// A load file with some octets changed. The sizes in the Directory follow when octets are put in or taken out, so that what is
/// behind them is looked at.
pub(super) fn changed(original: &RawComponents, changes: usize, rng: &mut Rng) -> Vec<u8> {
    let mut components = original.clone();
    for _ in 0..changes {
        change(&mut components, rng);
    }
    load_file(&components)
}

fn change(components: &mut RawComponents, rng: &mut Rng) {
    let tags: Vec<Tag> = components.defined.keys().copied().collect();
    let Some(tag) = rng.choice(&tags).copied() else {
        return;
    };
    let Some(info) = components.defined.get_mut(&tag) else {
        return;
    };
    let Some(place) = index(info.len(), rng) else {
        return;
    };
    match rng.u8(0..10) {
        0 => {
            info.remove(place);
        }
        1 => info.insert(place, rng.u8(..)),
        2 => info.truncate(place),
        3 => {
            if let Some(other) = index(info.len(), rng) {
                info.swap(place, other);
            }
        }
        _ => {
            if let Some(octet) = info.get_mut(place) {
                *octet = near8(*octet, rng);
            }
        }
    }
    let size = info.len();
    state_size(components, tag, size);
}

/// Writes the size of a component into the Directory (JCVM §6.5: two octets each, by tag).
fn state_size(components: &mut RawComponents, tag: Tag, size: usize) {
    let place = 2 * (usize::from(tag.octet()) - 1);
    let size = u16::try_from(size).unwrap_or(u16::MAX);
    let directory = components.defined.get_mut(&Tag::Directory);
    let field = directory.and_then(|info| info.get_mut(place..place + 2));
    if let Some(field) = field.filter(|_| tag != Tag::StaticResources) {
        field.copy_from_slice(&size.to_be_bytes());
    }
}
