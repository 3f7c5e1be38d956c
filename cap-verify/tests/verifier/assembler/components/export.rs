//! The Export component: what other packages may use (JCVM §6.13).

use cap_format::component::export::{ClassExport, ExportComponent};
use cap_format::reference::ClassRef;

use super::method::{BuiltMethod, place_of};
use crate::assembler::exports::exported;
use crate::assembler::pool::Places;
use crate::assembler::world::ClassId;

pub(super) fn component(places: &Places<'_>, methods: &[BuiltMethod]) -> Option<ExportComponent> {
    let class = |index: usize| {
        let (class, layout) = (places.world.own(index), &places.layouts[index]);
        let fields = places.statics[index].iter().zip(&layout.field_tokens);
        let direct = class.methods.iter().zip(&layout.method_tokens).enumerate();
        let direct = direct
            .filter(|(_, (method, token))| !method.is_virtual() && token.is_some() && !class.is_interface);
        ClassExport {
            class_offset: match places.class_ref(ClassId::Own(index)) {
                ClassRef::Internal { offset } => offset,
                ClassRef::External { .. } => 0,
            },
            static_fields: fields.filter_map(|(place, token)| token.and(*place)).collect(),
            static_methods: direct
                .map(|(place, _)| place_of(methods, (index, place)))
                .collect(),
        }
    };
    let classes: Vec<_> = exported(places.world, places.layouts)
        .into_iter()
        .map(class)
        .collect();
    (!classes.is_empty()).then_some(ExportComponent { classes })
}
