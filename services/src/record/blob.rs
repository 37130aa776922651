//! Photos as streams of pieces, up and down.

use bytes::Bytes;
use coffret_proto::v1;
use coffret_proto::v1::upload_blob_request::Piece;
use coffret_vault::error::{Error, Result};
use coffret_vault::once::Once;
use coffret_vault::record::MOST_BLOB_BYTES;
use futures_util::{Stream, StreamExt};
use tonic::Status;
use zeroize::Zeroizing;

use crate::caller::Caller;
use crate::status::status;

/// Bytes in one piece of an upload at most.
const MOST_PIECE: usize = 1024 * 1024;
/// Bytes in one piece of a download.
const PIECE: usize = 64 * 1024;

/// Takes an upload: its header, which `check` looks at, then exactly as many bytes as the header says. Ends as soon as something is
/// wrong, without reading on.
pub(super) async fn collect<T>(
    pieces: impl Stream<Item = std::result::Result<v1::UploadBlobRequest, Status>>,
    check: impl FnOnce(&v1::BlobHeader) -> Result<T>,
) -> std::result::Result<(v1::BlobHeader, T, Zeroizing<Vec<u8>>), Status> {
    let mut pieces = std::pin::pin!(pieces);
    let first = pieces.next().await.transpose()?.and_then(|first| first.piece);
    let Some(Piece::Header(header)) = first else {
        return Err(status(Error::invalid("header", "HEADER_MISSING", "An upload begins with its header.")));
    };
    let size = size(&header).map_err(status)?;
    let checked = check(&header).map_err(status)?;
    let mut upload = Upload::new(size);
    while let Some(next) = pieces.next().await.transpose()? {
        upload.take(next.piece).map_err(status)?;
    }
    let body = upload.finish().map_err(status)?;
    Ok((header, checked, body))
}

/// The bytes that an upload announces.
pub(super) fn size(header: &v1::BlobHeader) -> Result<usize> {
    let size = usize::try_from(header.size).ok().filter(|size| (1..=MOST_BLOB_BYTES).contains(size));
    size.ok_or_else(|| Error::invalid("header.size", "BLOB_SIZE", "A photo has 1 byte to 20 MB."))
}

/// An upload under way.
struct Upload {
    size: usize,
    body: Zeroizing<Vec<u8>>,
}

impl Upload {
    fn new(size: usize) -> Self {
        // In one piece from the start: a buffer that grows would leave copies of the photo behind.
        Self { size, body: Zeroizing::new(Vec::with_capacity(size)) }
    }

    fn take(&mut self, piece: Option<Piece>) -> Result<()> {
        let content = match piece {
            Some(Piece::Content(content)) => content,
            Some(Piece::Header(_)) => return Err(Error::invalid("header", "HEADER_TWICE", "An upload has one header, at its beginning.")),
            None => return Err(Error::invalid("content", "PIECE_EMPTY", "A piece of an upload carries bytes.")),
        };
        if content.len() > MOST_PIECE {
            return Err(Error::invalid("content", "PIECE_TOO_LONG", "A piece of an upload has at most 1 MiB."));
        }
        if content.len() > self.size - self.body.len() {
            return Err(Error::invalid("content", "BLOB_SIZE_MISMATCH", "There are more bytes than the header says."));
        }
        self.body.extend_from_slice(&content);
        Ok(())
    }

    fn finish(self) -> Result<Zeroizing<Vec<u8>>> {
        if self.body.len() == self.size {
            Ok(self.body)
        } else {
            Err(Error::invalid("header.size", "BLOB_SIZE_MISMATCH", "There are fewer bytes than the header says."))
        }
    }
}

/// The upload as a call that may be repeated: header and bytes together tell whether it is the same one.
pub(super) fn once(caller: &Caller, header: &v1::BlobHeader, body: &[u8]) -> Result<Option<Once>> {
    if header.request_id.is_empty() {
        return Ok(None);
    }
    let text = serde_json::json!([header.customer, header.attribute, header.value_json, header.size]).to_string();
    let whole = prost_types::Any { type_url: text, value: body.to_vec() };
    crate::once::once(caller, "UploadBlob", &header.request_id, &whole)
}

/// The pieces of a photo.
pub(crate) fn pieces(body: Zeroizing<Vec<u8>>) -> impl Iterator<Item = Bytes> + Send {
    let mut start = 0;
    std::iter::from_fn(move || {
        let piece = body.get(start..body.len().min(start + PIECE)).filter(|piece| !piece.is_empty())?;
        start += piece.len();
        Some(Bytes::copy_from_slice(piece))
    })
}

#[cfg(test)]
mod tests {
    use coffret_vault::id::CustomerId;
    use futures_util::stream;
    use tonic_types::StatusExt;
    use uuid::Uuid;

    use super::*;
    use crate::caller::Identity;

    fn header(size: i64) -> Message {
        Message(Some(Piece::Header(v1::BlobHeader { size, ..v1::BlobHeader::default() })))
    }

    fn content(bytes: usize) -> Message {
        Message(Some(Piece::Content(Bytes::from(vec![7; bytes]))))
    }

    const EMPTY: Message = Message(None);

    struct Message(Option<Piece>);

    /// What an upload gives, and how many of its messages were left unread.
    async fn upload(messages: Vec<Message>) -> (std::result::Result<usize, (String, String)>, usize) {
        upload_checked(messages, |_| Ok(())).await
    }

    async fn upload_checked(
        messages: Vec<Message>,
        check: impl FnOnce(&v1::BlobHeader) -> Result<()>,
    ) -> (std::result::Result<usize, (String, String)>, usize) {
        let mut left = messages.into_iter();
        let read = collect(stream::iter(left.by_ref().map(|Message(piece)| Ok(v1::UploadBlobRequest { piece }))), check).await;
        let read = read.map(|(_, (), body)| body.len()).map_err(|status| {
            let details = status.get_error_details();
            let violation = &details.bad_request().expect("a field is named").field_violations[0];
            (violation.field.clone(), violation.reason.clone())
        });
        (read, left.count())
    }

    #[tokio::test]
    async fn an_upload_has_as_many_bytes_as_its_header_says() {
        assert_eq!(upload(vec![header(5), content(2), content(0), content(3)]).await.0, Ok(5));
        assert_eq!(upload(vec![header(5), content(4)]).await.0, Err(("header.size".to_owned(), "BLOB_SIZE_MISMATCH".to_owned())));
    }

    #[tokio::test]
    async fn what_is_wrong_is_refused_at_once_and_nothing_further_is_read() {
        let most = MOST_BLOB_BYTES as i64;
        for (messages, field, reason, left) in [
            (vec![], "header", "HEADER_MISSING", 0),
            (vec![content(1), header(1)], "header", "HEADER_MISSING", 1),
            (vec![EMPTY, content(1)], "header", "HEADER_MISSING", 1),
            (vec![header(0), content(1)], "header.size", "BLOB_SIZE", 1),
            (vec![header(-1), content(1)], "header.size", "BLOB_SIZE", 1),
            (vec![header(most + 1), content(1)], "header.size", "BLOB_SIZE", 1),
            (vec![header(9), header(9), content(9)], "header", "HEADER_TWICE", 1),
            (vec![header(9), EMPTY, content(9)], "content", "PIECE_EMPTY", 1),
            (vec![header(most), content(MOST_PIECE + 1), content(1)], "content", "PIECE_TOO_LONG", 1),
            (vec![header(5), content(3), content(3), content(1)], "content", "BLOB_SIZE_MISMATCH", 1),
        ] {
            assert_eq!(upload(messages).await, (Err((field.to_owned(), reason.to_owned())), left), "{reason}");
        }
    }

    #[tokio::test]
    async fn a_header_that_is_refused_leaves_every_byte_unread() {
        let refuse = |_: &v1::BlobHeader| Err(Error::invalid("header.attribute", "ATTRIBUTE_UNKNOWN", "No."));
        let (refused, left) = upload_checked(vec![header(5), content(2), content(3)], refuse).await;
        assert_eq!((refused, left), (Err(("header.attribute".to_owned(), "ATTRIBUTE_UNKNOWN".to_owned())), 2));
    }

    #[test]
    fn a_repeated_upload_is_the_same_only_with_the_same_header_and_bytes() {
        let caller = Caller::new(Identity::Customer(CustomerId(Uuid::from_u128(1))), Vec::new());
        let header = v1::BlobHeader { request_id: Uuid::from_u128(5).to_string(), ..v1::BlobHeader::default() };
        let call = |header: &v1::BlobHeader, body: &[u8]| once(&caller, header, body).expect("valid").expect("may be repeated");
        assert_eq!(call(&header, b"one"), call(&header, b"one"));
        assert_ne!(call(&header, b"one"), call(&header, b"two"));
        let other = v1::BlobHeader { attribute: "photo.look".to_owned(), ..header.clone() };
        assert_ne!(call(&header, b"one"), call(&other, b"one"));
        assert_eq!(once(&caller, &v1::BlobHeader::default(), b"one").expect("valid"), None);
    }

    #[test]
    fn a_download_is_cut_into_pieces_of_64_kib() {
        let whole: Vec<u8> = (0..=PIECE * 2).map(|place| (place % 251) as u8).collect();
        let cut: Vec<Bytes> = pieces(Zeroizing::new(whole.clone())).collect();
        assert_eq!(cut.iter().map(Bytes::len).collect::<Vec<_>>(), [PIECE, PIECE, 1]);
        assert_eq!(cut.concat(), whole);
        assert_eq!(pieces(Zeroizing::new(Vec::new())).count(), 0);
    }
}
