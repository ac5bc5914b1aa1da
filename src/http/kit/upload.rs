//! An uploaded artifact on its way in: decoded, hashed and spooled while it arrives, never held in memory.

use std::fmt::Display;
use std::io;
use std::io::Write;
use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::dev;
use actix_web::http::header;
use actix_web::web::BytesMut;
use actix_web::web::Payload;
use futures_util::StreamExt;
use tokio::time::Instant;

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

/// Bytes gathered before they are handed to the disk: a few trips for a large file, little memory for each upload.
const BATCH: usize = 256 * 1024;
const LARGER: &str = "Publish a smaller file, or raise GALAXY_MAX_UPLOAD_SIZE on the server.";
/// Bytes in a second that a sender must bring on the whole, after a grace as long as the silence that is allowed:
/// a tenth of what a mobile telephone does, and no byte every now and then that holds a connection for days.
const RATE_MIN: f64 = 4096.0;
/// How long a refused body is read on.
const DRAIN_TIME: Duration = Duration::from_secs(5);
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
        Ok(intake) => pump(intake, &mut payload, app.config.listen.body_timeout).await,
        Err(error) => Err(error),
    };
    if received.is_err() {
        drain(payload).await;
    }
    received?.finish()
}

/// Reads what is left of a refused body and forgets it, for a while.
pub async fn drain(mut payload: dev::Payload) {
    let reading = async {
        let mut left = DRAIN_MAX;
        while let Some(Ok(chunk)) = payload.next().await {
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                return;
            }
        }
    };
    // Whoever is slower than this sees a closed connection instead of the reason.
    let _in_time = tokio::time::timeout(DRAIN_TIME, reading).await;
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

/// Feeds the body to `intake`, in batches: each is parsed, hashed and written off the reactor, and between
/// them an upload holds no thread, however slow its sender is.
async fn pump(mut intake: Intake, payload: &mut dev::Payload, silence: Duration) -> Result<Form> {
    let (began, mut received) = (Instant::now(), 0.0);
    let mut batch = BytesMut::new();
    loop {
        let due = began + silence + Duration::from_secs_f64(received / RATE_MIN);
        let patience = due.min(Instant::now() + silence);
        let chunk = tokio::time::timeout_at(patience, payload.next()).await;
        let chunk = chunk.map_err(|_slow| cut_off("it did not come in time"))?;
        let is_last = chunk.is_none();
        if let Some(chunk) = chunk {
            let chunk = chunk.map_err(cut_off)?;
            received += chunk.len() as f64;
            batch.extend_from_slice(&chunk);
        }
        if is_last || batch.len() >= BATCH {
            let bytes = batch.split();
            let parse = move || intake.push(&bytes).map(|()| intake);
            intake = blocking(parse).await?;
        }
        if is_last {
            intake.parser.finish().map_err(sentence)?;
            return Ok(intake.form);
        }
    }
}

fn cut_off(why: impl Display) -> Error {
    Error::Malformed(format!("The body ended early: {why}"))
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
                Err(self.refuse(Error::TooLarge {
                    limit,
                    advice: LARGER,
                }))
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
