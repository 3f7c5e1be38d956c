//! What the Class component says of remote methods (JCVM §6.9.2.5).

use cap_format::component::class::{RemoteInfo, RemoteMethod};
use cap_format::type_descriptor::{TypeDescriptor, TypeDescriptors};

use crate::assembler::layout::{REMOTE, interface_methods, is_below};
use crate::assembler::pool::Places;
use crate::assembler::text::Trouble;
use crate::assembler::world::{ClassId, World};

/// The types of remote methods, each once.
#[derive(Default)]
pub(super) struct Signatures {
    /// As class files write them.
    known: Vec<String>,
    pub(super) types: TypeDescriptors,
}

impl Signatures {
    /// The offset in the signature pool.
    fn offset(&mut self, places: &Places<'_>, descriptor: &str) -> Result<u16, String> {
        let place = match self.known.iter().position(|known| known == descriptor) {
            Some(place) => place,
            None => {
                let types = places.world.types(descriptor, &|id| places.class_ref(id))?;
                self.types.0.push(TypeDescriptor(types));
                self.known.push(descriptor.to_owned());
                self.known.len() - 1
            }
        };
        let offset = self.types.offsets().nth(place).map_or(0, |(offset, _)| offset);
        u16::try_from(offset).map_err(|error| error.to_string())
    }
}

/// What a class offers: the methods of all its remote interfaces.
///
/// A hash is that of the name and the types of a method. A CAP file has no names, so that nothing can tell it from another number:
/// here the methods are counted.
pub(super) fn info(
    places: &Places<'_>,
    index: usize,
    signatures: &mut Signatures,
) -> Result<RemoteInfo, Trouble> {
    let class = places.world.own(index);
    let public = &places.layouts[index].public;
    let interfaces = interfaces(places.world, index);
    let mut methods: Vec<RemoteMethod> = Vec::new();
    for id in &interfaces {
        for signature in interface_methods(places.world, places.layouts, *id) {
            let token = public.find(&signature).and_then(|token| u8::try_from(token).ok());
            let Some(token) = token.filter(|token| methods.iter().all(|known| known.token != *token)) else {
                continue;
            };
            methods.push(RemoteMethod {
                hash: u16::try_from(methods.len() + 1).unwrap_or(u16::MAX),
                signature_offset: signatures
                    .offset(places, &signature.descriptor)
                    .map_err(|what| class.line.trouble(what))?,
                token,
            });
        }
    }
    Ok(RemoteInfo {
        methods,
        hash_modifier: String::new(),
        class_name: class.name.clone(),
        interfaces: interfaces.into_iter().map(|id| places.class_ref(id)).collect(),
    })
}

/// The remote interfaces of a class and its superclasses, without the one above all.
fn interfaces(world: &World<'_>, index: usize) -> Vec<ClassId> {
    let mut all = Vec::new();
    let mut next = Some(ClassId::Own(index));
    while let Some(class) = next {
        for id in world.interfaces(class) {
            if is_below(world, id, REMOTE) && world.name(id) != REMOTE && !all.contains(&id) {
                all.push(id);
            }
        }
        next = world.superclass(class);
    }
    all
}
