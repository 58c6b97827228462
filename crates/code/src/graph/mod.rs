//! Import cycles of any language: strongly connected components, a shortest cycle of each, and a set of imports whose
//! removal opens it.
//!
//! Everything is deterministic (ties go by path), nothing recurses along the graph, and a component of a thousand
//! modules takes milliseconds. `cut_is_minimum` is only said when it was proved.

mod components;
mod cut;
mod digraph;
mod exact;
mod order;
#[cfg(test)]
mod tests;
mod witness;

pub(crate) use components::{Edge, components};
