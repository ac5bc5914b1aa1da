//! Forms that have texts only.

use std::io;
use std::mem;

use serde_json::Map;
use serde_json::Value;

use crate::http::kit::multipart::Boundary;
use crate::http::kit::multipart::Limits;
use crate::http::kit::multipart::Multipart;
use crate::http::kit::multipart::PartHead;
use crate::http::kit::multipart::Sink;
use crate::kernel::error::Error;
use crate::kernel::error::Result;

/// The text fields of a form that is in memory. Fails if it is malformed.
pub fn read(content_type: &str, bytes: &[u8]) -> Result<Map<String, Value>> {
    let malformed = |error| Error::Malformed(format!("Multipart form parse error - {error}"));
    let boundary = Boundary::from_content_type(content_type).map_err(malformed)?;
    let mut parser = Multipart::new(&boundary, Limits::default());
    let mut texts = Texts::default();
    parser.push(bytes, &mut texts).map_err(malformed)?;
    parser.finish().map_err(malformed)?;
    Ok(texts.fields)
}

/// Collects parts as text; all of them are in memory already.
#[derive(Default)]
struct Texts {
    fields: Map<String, Value>,
    name: String,
    value: Vec<u8>,
}

impl Sink for Texts {
    fn part(&mut self, head: &PartHead) -> io::Result<()> {
        self.name.clone_from(&head.name);
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.value.extend_from_slice(bytes);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let value = String::from_utf8_lossy(&mem::take(&mut self.value)).into_owned();
        self.fields
            .insert(mem::take(&mut self.name), Value::String(value));
        Ok(())
    }
}
