//! CV2xx: what the components say of each other: header, imports, applets, fields, methods, exports.

pub(crate) mod applets;
pub(crate) mod constant_types;
pub(crate) mod exports;
pub(crate) mod fields;
pub(crate) mod header;
pub(crate) mod imports;
pub(crate) mod listed;
pub(crate) mod methods;
pub(crate) mod own_export;
pub(crate) mod static_tokens;
pub(crate) mod statics;
