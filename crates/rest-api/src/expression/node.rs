//! JSON nodes as minijinja objects. They read from the document and copy only the values that are accessed.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use catchment_json::{Document, Node, NodeId, NodeKind};
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, Value};

use super::input_budget::InputBudget;
use super::value::number;

/// An object or a list in a document.
#[derive(Debug)]
pub(crate) struct JsonNode {
    document: Document,
    id: NodeId,
    work: InputBudget,
    /// The positions of list elements, cached at the first access: minijinja accesses them by index.
    elements: OnceLock<Vec<NodeId>>,
    /// The positions of object values, cached when the object is iterated.
    values: OnceLock<HashMap<String, NodeId>>,
}

impl JsonNode {
    /// Returns the value at `id`, and counts it and the values read from it as `work`. Values beyond the limit are invalid.
    pub(crate) fn value(document: &Document, id: NodeId, work: &InputBudget) -> Value {
        let node = document.node(id);
        let text = node.as_str().unwrap_or_default();
        if !work.add(Document::VALUE_BYTES + text.len()) {
            return Value::from(Error::from(ErrorKind::OutOfFuel));
        }
        match node.kind() {
            NodeKind::Null => Value::from(()),
            NodeKind::Bool => Value::from(node.as_bool().unwrap_or_default()),
            NodeKind::Integer | NodeKind::Float => number(node.as_number().unwrap_or_default()),
            NodeKind::String => Value::from(text.into_owned()),
            NodeKind::Array | NodeKind::Object => Value::from_object(JsonNode {
                document: document.clone(),
                id,
                work: work.clone(),
                elements: OnceLock::new(),
                values: OnceLock::new(),
            }),
        }
    }

    pub(crate) fn document(&self) -> (&Document, NodeId) {
        (&self.document, self.id)
    }

    fn is_list(&self) -> bool {
        self.document.node(self.id).kind() == NodeKind::Array
    }

    fn element(&self, index: usize) -> Option<NodeId> {
        let elements = || self.document.node(self.id).elements().map(Node::id).collect();
        self.elements.get_or_init(elements).get(index).copied()
    }

    fn value_of(&self, key: &str) -> Option<NodeId> {
        match self.values.get() {
            Some(values) => values.get(key).copied(),
            None => self.document.node(self.id).get(key).map(Node::id),
        }
    }
}

impl Object for JsonNode {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        if self.is_list() { ObjectRepr::Seq } else { ObjectRepr::Map }
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let found = if self.is_list() { self.element(key.as_usize()?)? } else { self.value_of(key.as_str()?)? };
        Some(JsonNode::value(&self.document, found, &self.work))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let node = self.document.node(self.id);
        if self.work.check().is_err() {
            return Enumerator::NonEnumerable;
        }
        if self.is_list() {
            return Enumerator::Seq(node.elements().count());
        }
        let (mut keys, mut values) = (Vec::new(), HashMap::new());
        for (key, value) in node.entries() {
            let key = key.name().into_owned();
            // the last of several equal keys takes precedence
            if values.insert(key.clone(), value.id()).is_none() {
                keys.push(Value::from(key));
            }
        }
        self.values.get_or_init(|| values);
        Enumerator::Values(keys)
    }
}
