//! CV4xx: classes and interfaces: what is above them, their method tables, the interfaces they implement.

pub(crate) mod hierarchy;
pub(crate) mod interface_tables;
pub(crate) mod method_tables;
pub(crate) mod remote;
