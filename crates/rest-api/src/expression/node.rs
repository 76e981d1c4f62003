//! JSON as expressions see it: looked at where it stands, and copied as far as it is asked for.

use std::sync::Arc;

use catchment_json::{Document, Kind, NodeId};
use minijinja::Value;
use minijinja::value::{Enumerator, Object, ObjectRepr};

use super::value::number;

/// An object or a list in a document.
#[derive(Debug)]
pub(crate) struct JsonNode {
    document: Document,
    id: NodeId,
}

impl JsonNode {
    /// The value at `id`.
    pub(crate) fn value(document: &Document, id: NodeId) -> Value {
        let node = document.node(id);
        match node.kind() {
            Kind::Null => Value::from(()),
            Kind::Bool => Value::from(node.bool().unwrap_or_default()),
            Kind::Integer | Kind::Fraction => number(node.number().unwrap_or_default()),
            Kind::Text => Value::from(node.text().unwrap_or_default().into_owned()),
            Kind::Array | Kind::Object => Value::from_object(JsonNode { document: document.clone(), id }),
        }
    }

    pub(crate) fn document(&self) -> (&Document, NodeId) {
        (&self.document, self.id)
    }

    fn is_list(&self) -> bool {
        self.document.node(self.id).kind() == Kind::Array
    }
}

impl Object for JsonNode {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        if self.is_list() { ObjectRepr::Seq } else { ObjectRepr::Map }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let node = self.document.node(self.id);
        let found = if self.is_list() { node.elements().nth(key.as_usize()?)? } else { node.get(key.as_str()?)? };
        Some(JsonNode::value(&self.document, found.id()))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let node = self.document.node(self.id);
        if self.is_list() {
            return Enumerator::Seq(node.elements().count());
        }
        let mut keys: Vec<Value> = Vec::new();
        for (key, _) in node.entries() {
            let key = Value::from(key.name().into_owned());
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        Enumerator::Values(keys)
    }
}
