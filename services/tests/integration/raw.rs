//! Calls by path and bytes, for tests that look at every rpc alike.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes};
use coffret_proto::DESCRIPTOR;
use http::uri::PathAndQuery;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MethodDescriptor, ReflectMessage, Value};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Request, Status};

struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, source: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        let length = source.remaining();
        Ok(Some(source.copy_to_bytes(length)))
    }
}

/// A connection with a credential.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) channel: Channel,
    pub(crate) token: Option<String>,
}

impl Client {
    /// A request with the token, if there is one.
    pub(crate) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        if let Some(token) = &self.token {
            request.metadata_mut().insert("authorization", format!("Bearer {token}").parse().expect("a header"));
        }
        request
    }

    /// Calls, and gives the first message of the answer; an open stream that says nothing for a while counts as an empty one.
    pub(crate) async fn call(&self, path: &str, message: Bytes) -> Result<Bytes, Status> {
        self.send(path, vec![message]).await
    }

    /// As [`Self::call`], with several messages.
    pub(crate) async fn send(&self, path: &str, messages: Vec<Bytes>) -> Result<Bytes, Status> {
        let mut grpc = tonic::client::Grpc::new(self.channel.clone());
        grpc.ready().await.map_err(|cause| Status::unknown(cause.to_string()))?;
        let path: PathAndQuery = path.parse().expect("a path");
        let asked = self.request(tokio_stream::iter(messages));
        let call = async {
            let mut answers = grpc.streaming(asked, path, Raw).await?.into_inner();
            answers.message().await
        };
        tokio::time::timeout(Duration::from_secs(2), call).await.unwrap_or(Ok(None)).map(Option::unwrap_or_default)
    }
}

/// Every method of the contract.
pub(crate) fn methods() -> Vec<MethodDescriptor> {
    let pool = DescriptorPool::decode(DESCRIPTOR).expect("decodes");
    pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()).collect()
}

/// A method's message with these fields, written `a.b=text;c=7`. Of a list the one entry is meant.
pub(crate) fn message(method: &MethodDescriptor, fields: &str) -> Bytes {
    let mut message = DynamicMessage::new(method.input());
    for (path, text) in fields.split(';').filter_map(|field| field.split_once('=')) {
        set(&mut message, path, text);
    }
    message.encode_to_vec().into()
}

fn set(message: &mut DynamicMessage, path: &str, text: &str) {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let field = message.descriptor().get_field_by_name(name).unwrap_or_else(|| panic!("no field {name}"));
    match (field.kind(), rest) {
        (Kind::Message(inner), Some(rest)) => match message.get_field_mut(&field) {
            Value::Message(inner) => set(inner, rest, text),
            Value::List(entries) => {
                if entries.is_empty() {
                    entries.push(Value::Message(DynamicMessage::new(inner)));
                }
                let Some(Value::Message(entry)) = entries.first_mut() else { panic!("{name} holds no messages") };
                set(entry, rest, text);
            }
            _ => panic!("{name} is no message"),
        },
        (Kind::String, None) => message.set_field(&field, Value::String(text.to_owned())),
        (Kind::Int64, None) => message.set_field(&field, Value::I64(text.parse().expect("a number"))),
        (Kind::Enum(_), None) => message.set_field(&field, Value::EnumNumber(text.parse().expect("a number"))),
        (kind, _) => panic!("{name} is {kind:?}"),
    }
}
