//! How much may come in, and in what coding.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use flinks_pay::client::MAX_BODY_BYTES;

use super::host::{Host, whole};
use super::*;

fn gzip(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

fn zlib(plain: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(plain).unwrap();
    encoder.finish().unwrap()
}

/// A brotli stream of one raw block, which is all that this test needs of the format (RFC 7932, section 9).
fn brotli(plain: &[u8]) -> Vec<u8> {
    let length = u32::try_from(plain.len()).unwrap() - 1;
    assert!(length <= 0xffff);
    // A window of 16 bits (0), not the last block (0), length in four nibbles (00), length less one, not compressed (1).
    let head = length << 4 | 1 << 20;
    let mut stream = head.to_le_bytes()[..3].to_vec();
    stream.extend(plain);
    // The last block, empty.
    stream.push(3);
    stream
}

/// A zstd frame of one raw block (RFC 8878, section 3).
fn zstd(plain: &[u8]) -> Vec<u8> {
    let length = u32::try_from(plain.len()).unwrap();
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd];
    // One segment, whose size stands in four bytes.
    frame.push(0b1010_0000);
    frame.extend(length.to_le_bytes());
    // The last block, raw.
    frame.extend(&(length << 3 | 1).to_le_bytes()[..3]);
    frame.extend(plain);
    frame
}

fn coded(coding: &str, body: &[u8]) -> Answer {
    Answer::Keep(whole(200, &[("content-encoding", coding)], body))
}

fn every_coding() -> [(&'static str, Vec<u8>); 4] {
    let plain = answer();
    let plain = plain.as_bytes();
    [
        ("gzip", gzip(plain)),
        ("deflate", zlib(plain)),
        ("br", brotli(plain)),
        ("zstd", zstd(plain)),
    ]
}

fn own(base: &str) -> Client {
    keys(base).retries(Retries::off()).build().unwrap()
}

fn inflating(base: &str) -> Client {
    let http = plugged_in(|http| http);
    let builder = keys(base).http_client(http).retries(Retries::off());
    builder.build().unwrap()
}

#[tokio::test]
async fn this_crates_own_client_offers_no_compression_and_takes_none() {
    // `reqwest` is built with every coding here, as it may be in any program.
    for (coding, body) in every_coding() {
        let host = Host::plain(move |_| coded(coding, &body)).await;
        let error = own(&host.base()).details(&session()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Encoded, "{coding}");
        assert_eq!(host.asked()[0].header("accept-encoding"), None);
    }
}

#[tokio::test]
async fn a_plugged_in_client_may_inflate_what_it_has_asked_for() {
    for (coding, body) in every_coding() {
        let host = Host::plain(move |_| coded(coding, &body)).await;
        let answer = inflating(&host.base()).details(&session()).await;
        let answer = answer.unwrap_or_else(|error| panic!("{coding}: {}", chain(&error)));
        assert_eq!(answer.session_id, session(), "{coding}");
        let offered = host.asked()[0]
            .header("accept-encoding")
            .unwrap()
            .to_owned();
        assert!(offered.contains(coding), "{offered}");
    }
}

#[tokio::test]
async fn a_coding_that_was_not_negotiated_is_refused() {
    let [_, _, (_, br), _] = every_coding();
    let host = Host::plain(move |_| coded("br", &br)).await;
    let http = plugged_in(reqwest::ClientBuilder::no_brotli);
    let client = keys(&host.base()).http_client(http).build().unwrap();
    let error = client.create_guaranteed(&request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Encoded);
    assert!(error.maybe_applied());
}

#[tokio::test]
async fn the_limit_is_on_what_has_been_inflated() {
    for (size, fits) in [(MAX_BODY_BYTES, true), (MAX_BODY_BYTES + 1, false)] {
        let mut plain = answer().into_bytes();
        plain.resize(size, b' ');
        let body = gzip(&plain);
        assert!(body.len() < MAX_BODY_BYTES / 50);
        let host = Host::plain(move |_| coded("gzip", &body)).await;
        let outcome = inflating(&host.base()).details(&session()).await;
        match outcome {
            Ok(answer) => assert!(fits && answer.session_id == session()),
            Err(error) => assert!(!fits && error.kind() == ErrorKind::TooLarge, "{error}"),
        }
    }
}

#[tokio::test]
async fn what_cannot_be_inflated_is_an_error_and_one_request() {
    let whole_body = gzip(answer().as_bytes());
    let mut flipped = whole_body.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0xff;
    let mut raw = DeflateEncoder::new(Vec::new(), Compression::fast());
    raw.write_all(answer().as_bytes()).unwrap();
    for (name, coding, body) in [
        ("not gzip at all", "gzip", answer().into_bytes()),
        ("half of it", "gzip", whole_body[..middle].to_vec()),
        ("a bit flipped", "gzip", flipped),
        ("deflate without its frame", "gzip", raw.finish().unwrap()),
        ("not brotli at all", "br", vec![0xff; 64]),
        ("not zstd at all", "zstd", answer().into_bytes()),
    ] {
        let host = Host::plain(move |_| coded(coding, &body)).await;
        let client = inflating(&host.base());
        let error = client.create_guaranteed(&request()).await.expect_err(name);
        assert_eq!(
            error.kind(),
            ErrorKind::Encoded,
            "{name}: {}",
            chain(&error)
        );
        assert!(error.maybe_applied() && error.source().is_some(), "{name}");
        assert_eq!(host.asked().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn half_of_a_compressed_answer_is_a_broken_connection() {
    let body = gzip(answer().as_bytes());
    let mut bytes = whole(200, &[("content-encoding", "gzip")], &body);
    bytes.truncate(bytes.len() - 20);
    let host = Host::plain(move |_| Answer::Close(bytes.clone())).await;
    let client = inflating(&host.base());
    let error = client.create_guaranteed(&request()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Interrupted, "{}", chain(&error));
}

#[tokio::test]
async fn a_refusal_is_one_whatever_its_body_is_like() {
    let body = whole(409, &[("content-encoding", "gzip")], "no gzip");
    let host = Host::plain(move |_| Answer::Keep(body.clone())).await;
    for client in [own(&host.base()), inflating(&host.base())] {
        let error = client.create_guaranteed(&request()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{}", chain(&error));
        assert!(!error.maybe_applied());
    }
}
