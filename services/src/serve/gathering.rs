//! Answers that are ready at the same time leave in one write.
//!
//! Reads that share a commit are answered together, and each answer has a connection's task flush what it adds: a TLS record and a system
//! call for every frame. So a flush first lets the other tasks run that are ready, once, and then sends all that has come together.
//! There is no timer: on a quiet server a flush is delayed by nothing but an empty queue.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes that are gathered at most; what comes then waits until they are sent.
const MOST: usize = 64 * 1024;
/// Room that a quiet connection keeps.
const KEPT: usize = 4 * 1024;

/// A stream whose writes are gathered until it is flushed.
pub(super) struct Gathering<S> {
    inner: S,
    gathered: Vec<u8>,
    /// How much of it is sent.
    sent: usize,
    /// Whether this flush has let others run.
    waited: bool,
}

impl<S: AsyncWrite + Unpin> Gathering<S> {
    pub(super) fn new(inner: S) -> Self {
        Self { inner, gathered: Vec::new(), sent: 0, waited: false }
    }

    /// Hands over everything that is gathered.
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.sent < self.gathered.len() {
            match ready!(Pin::new(&mut self.inner).poll_write(cx, &self.gathered[self.sent..]))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.sent += written,
            }
        }
        self.sent = 0;
        self.gathered.clear();
        if self.gathered.capacity() > KEPT {
            self.gathered = Vec::new();
        }
        Poll::Ready(Ok(()))
    }

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.gathered.len() >= MOST {
            ready!(self.poll_send(cx))?;
        }
        Poll::Ready(Ok(MOST - self.gathered.len()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Gathering<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Gathering<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let room = ready!(self.poll_room(cx))?;
        let taken = &bytes[..bytes.len().min(room)];
        self.gathered.extend_from_slice(taken);
        Poll::Ready(Ok(taken.len()))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, cx: &mut Context<'_>, pieces: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let room = ready!(self.poll_room(cx))?;
        let mut taken = 0;
        for piece in pieces {
            let some = &piece[..piece.len().min(room - taken)];
            self.gathered.extend_from_slice(some);
            taken += some.len();
        }
        Poll::Ready(Ok(taken))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.gathered.is_empty() && !self.waited {
            self.waited = true;
            // Behind all that is ready now.
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        ready!(self.poll_send(cx))?;
        ready!(Pin::new(&mut self.inner).poll_flush(cx))?;
        self.waited = false;
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_send(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    /// Takes at most so many bytes at a time, and remembers each write.
    struct Slow {
        most: usize,
        writes: Vec<Vec<u8>>,
        shut: bool,
    }

    impl AsyncWrite for Slow {
        fn poll_write(mut self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
            let taken = bytes.len().min(self.most);
            self.writes.push(bytes[..taken].to_vec());
            Poll::Ready(Ok(taken))
        }

        fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            Poll::Ready(Ok(()))
        }

        fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
            self.shut = true;
            Poll::Ready(Ok(()))
        }
    }

    fn slow(most: usize) -> Gathering<Slow> {
        Gathering::new(Slow { most, writes: Vec::new(), shut: false })
    }

    #[tokio::test]
    async fn what_is_written_before_a_flush_leaves_in_one_write() {
        let mut stream = slow(usize::MAX);
        for piece in [&b"one "[..], b"two ", b"three"] {
            stream.write_all(piece).await.expect("gathered");
        }
        assert!(stream.inner.writes.is_empty(), "nothing leaves before the flush");
        stream.flush().await.expect("sent");
        assert_eq!(stream.inner.writes, [b"one two three"]);
        stream.flush().await.expect("nothing to send");
        assert_eq!(stream.inner.writes.len(), 1);
    }

    #[tokio::test]
    async fn a_shutdown_sends_what_was_not_flushed() {
        let mut stream = slow(3);
        stream.write_all(b"not yet flushed").await.expect("gathered");
        stream.shutdown().await.expect("shut");
        assert_eq!(stream.inner.writes.concat(), b"not yet flushed");
        assert!(stream.inner.shut);
    }

    #[tokio::test]
    async fn a_broken_stream_tells_so() {
        let (near, far) = tokio::io::duplex(8);
        drop(far);
        let mut stream = Gathering::new(near);
        stream.write_all(b"for nobody").await.expect("gathered");
        assert_eq!(stream.flush().await.expect_err("broken").kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn reading_is_passed_through() {
        let (near, mut far) = tokio::io::duplex(64);
        far.write_all(b"hello").await.expect("written");
        let mut read = [0; 5];
        Gathering::new(near).read_exact(&mut read).await.expect("read");
        assert_eq!(&read, b"hello");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_changed_or_reordered(
            pieces in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..40_000), any::<bool>(), any::<bool>()), 0..8),
            most in 1..70_000_usize,
        ) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
            let mut stream = slow(most);
            let written: Vec<u8> = pieces.iter().flat_map(|(bytes, ..)| bytes.clone()).collect();
            runtime.block_on(async {
                for (bytes, in_two, flush) in &pieces {
                    if *in_two {
                        let (first, second) = bytes.split_at(bytes.len() / 2);
                        let slices = [io::IoSlice::new(first), io::IoSlice::new(second)];
                        let taken = stream.write_vectored(&slices).await.expect("gathered");
                        stream.write_all(&bytes[taken..]).await.expect("gathered");
                    } else {
                        stream.write_all(bytes).await.expect("gathered");
                    }
                    if *flush {
                        stream.flush().await.expect("sent");
                        prop_assert!(stream.gathered.is_empty() && stream.gathered.capacity() <= KEPT);
                    }
                }
                stream.shutdown().await.expect("shut");
                Ok(())
            })?;
            prop_assert_eq!(stream.inner.writes.concat(), written);
        }
    }
}
