//! An uploaded artifact on its way in: decoded, hashed and spooled while it arrives, never held in memory.

use std::io;
use std::io::Write;

use actix_web::HttpRequest;
use actix_web::dev;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::web::Payload;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use crate::content;
use crate::content::staging::Staged;
use crate::content::staging::Writer;
use crate::http::kit::multipart::Boundary;
use crate::http::kit::multipart::Limits;
use crate::http::kit::multipart::Multipart;
use crate::http::kit::multipart::MultipartError;
use crate::http::kit::multipart::PartHead;
use crate::http::kit::multipart::Sink;
use crate::kernel::error::Error;
use crate::kernel::error::Result;
use crate::kernel::name::ArtifactName;
use crate::state::App;
use crate::state::blocking;

/// Chunks between the socket and the disk; the socket waits when the disk is behind.
const CHUNKS_AHEAD: usize = 8;
/// Longest `sha256` part that is looked at.
const TEXT_MAX: usize = 256;
/// What is read and thrown away of a refused body. Clients send all of it before they look at the answer,
/// and would otherwise see a broken connection instead of the reason.
const DRAIN_MAX: u64 = 1024 * 1024 * 1024;

/// An upload that arrived whole.
#[derive(Debug)]
pub struct Received {
    /// What the file name says.
    pub name: ArtifactName,
    /// The bytes, on disk but not yet permanent.
    pub staged: Staged,
    /// The digest the client sent along.
    pub announced: Option<String>,
}

/// Reads the multipart body of an upload: checks 1b to 5 of contract 02 §2.4.
pub async fn receive(app: &App, request: &HttpRequest, payload: Payload) -> Result<Received> {
    let mut payload = payload.into_inner();
    let received = match begin(app, request) {
        Ok(intake) => pump(intake, &mut payload).await,
        Err(error) => Err(error),
    };
    if received.is_err() {
        drain(payload).await;
    }
    received?.finish()
}

/// Reads what is left of a refused body and forgets it.
pub async fn drain(mut payload: dev::Payload) {
    let mut left = DRAIN_MAX;
    while let Some(Ok(chunk)) = payload.next().await {
        left = left.saturating_sub(chunk.len() as u64);
        if left == 0 {
            return;
        }
    }
}

fn begin(app: &App, request: &HttpRequest) -> Result<Intake> {
    if is_empty(request) {
        return Err(missing_file());
    }
    let content_type = request
        .headers()
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let boundary =
        Boundary::from_content_type(content_type.unwrap_or_default()).map_err(sentence)?;
    let form = Form {
        limit: app.config.storage.max_upload_size,
        writer: app.store.stage().map_err(content::storage)?,
        file: FileField::Absent,
        announced: None,
        open: OpenPart::Other,
        failure: None,
    };
    Ok(Intake {
        parser: Multipart::new(&boundary, Limits::default()),
        form,
    })
}

/// Nothing sent is a missing file, whatever type the nothing claims to be.
fn is_empty(request: &HttpRequest) -> bool {
    match request.headers().get(header::CONTENT_LENGTH) {
        Some(length) => length == "0",
        None => !request.headers().contains_key(header::TRANSFER_ENCODING),
    }
}

/// Feeds the body to `intake`, which parses, hashes and writes off the reactor.
async fn pump(mut intake: Intake, payload: &mut dev::Payload) -> Result<Form> {
    let (sender, mut chunks) = mpsc::channel::<Bytes>(CHUNKS_AHEAD);
    let parsing = blocking(move || {
        while let Some(chunk) = chunks.blocking_recv() {
            intake.push(&chunk)?;
        }
        Ok(intake)
    });
    let sending = async move {
        while let Some(chunk) = payload.next().await {
            let cut_off = |error| Error::Malformed(format!("The body ended early: {error}"));
            if sender.send(chunk.map_err(cut_off)?).await.is_err() {
                break; // the parser has refused; its reason is the answer
            }
        }
        Ok::<(), Error>(())
    };
    let (sent, parsed) = futures_util::future::join(sending, parsing).await;
    let intake = parsed?;
    sent?;
    intake.parser.finish().map_err(sentence)?;
    Ok(intake.form)
}

struct Intake {
    parser: Multipart,
    form: Form,
}

impl Intake {
    fn push(&mut self, chunk: &[u8]) -> Result<()> {
        self.parser
            .push(chunk, &mut self.form)
            .map_err(|error| match error {
                MultipartError::Sink(error) => self
                    .form
                    .failure
                    .take()
                    .unwrap_or_else(|| content::storage(error)),
                other => sentence(other),
            })
    }
}

/// What a fault of the sender is answered with.
fn sentence(error: MultipartError) -> Error {
    match error {
        MultipartError::NotFormData(media_type) => Error::UnsupportedMediaType(media_type),
        MultipartError::Empty => missing_file(),
        other => Error::Malformed(format!("Multipart form parse error - {other}")),
    }
}

fn missing_file() -> Error {
    Error::invalid("file", "required", "No file was submitted.")
}

/// The parts as they come in.
struct Form {
    limit: u64,
    writer: Writer,
    file: FileField,
    announced: Option<String>,
    open: OpenPart,
    /// Why the sink refused, when it was not the disk.
    failure: Option<Error>,
}

/// What has been seen of the `file` field.
enum FileField {
    Absent,
    Text,
    Named(String),
}

/// The part that is being read.
enum OpenPart {
    File,
    Digest(Vec<u8>),
    Other,
}

impl Form {
    fn refuse(&mut self, error: Error) -> io::Error {
        self.failure = Some(error);
        io::Error::other("refused")
    }

    /// Checks 2 to 5.
    fn finish(self) -> Result<Received> {
        let file_name = match self.file {
            FileField::Absent => return Err(missing_file()),
            FileField::Text => {
                let message =
                    "The submitted data was not a file. Check the encoding type on the form.";
                return Err(Error::invalid("file", "invalid", message));
            }
            FileField::Named(name) => name,
        };
        let staged = self.writer.finish().map_err(content::storage)?;
        if staged.size == 0 {
            return Err(Error::invalid(
                "file",
                "empty",
                "The submitted file is empty.",
            ));
        }
        let name = ArtifactName::parse(&file_name)
            .map_err(|error| Error::invalid("filename", "invalid", error.to_string()))?;
        Ok(Received {
            name,
            staged,
            announced: self.announced,
        })
    }
}

impl Sink for Form {
    fn part(&mut self, head: &PartHead) -> io::Result<()> {
        self.open = match (head.name.as_str(), &head.file_name, &self.file) {
            ("file", _, FileField::Text | FileField::Named(_)) => {
                let message = "More than one file was submitted. Send one at a time.";
                return Err(self.refuse(Error::invalid("file", "invalid", message)));
            }
            ("file", Some(name), FileField::Absent) => {
                self.file = FileField::Named(name.clone());
                OpenPart::File
            }
            ("file", None, FileField::Absent) => {
                self.file = FileField::Text;
                OpenPart::Other
            }
            ("sha256", ..) => OpenPart::Digest(Vec::new()),
            _ => OpenPart::Other,
        };
        Ok(())
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        match &mut self.open {
            OpenPart::File if self.writer.size() + bytes.len() as u64 > self.limit => {
                let limit = self.limit;
                Err(self.refuse(Error::TooLarge { limit }))
            }
            OpenPart::File => self.writer.write_all(bytes),
            OpenPart::Digest(text) => {
                let room = TEXT_MAX.saturating_sub(text.len());
                text.extend_from_slice(&bytes[..bytes.len().min(room)]);
                Ok(())
            }
            OpenPart::Other => Ok(()),
        }
    }

    fn end(&mut self) -> io::Result<()> {
        if let OpenPart::Digest(text) = &self.open {
            let text = String::from_utf8_lossy(text).trim().to_owned();
            self.announced = Some(text).filter(|text| !text.is_empty());
        }
        Ok(())
    }
}
