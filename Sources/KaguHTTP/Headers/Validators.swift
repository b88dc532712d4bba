// SPDX-License-Identifier: Apache-2.0

/// The `ETag` and `Last-Modified` of an answer, opaque: echoed byte for byte and independently of each other,
/// illegal dates and all (P7). Never derived from anything else.
///
/// Bytes, not text: a validator need not be UTF-8.
public struct Validators: Hashable, Sendable {
    /// `ETag` as sent, with `W/`, quotes and suffixes; nil where the answer had none.
    public var etag: [UInt8]?
    /// `Last-Modified` as sent; nil where the answer had none.
    public var lastModified: [UInt8]?

    /// A pair, for instance as stored.
    public init(etag: [UInt8]? = nil, lastModified: [UInt8]? = nil) {
        self.etag = etag
        self.lastModified = lastModified
    }

    /// The validators that an answer carries; an empty value counts as none.
    public init(of headers: HTTPHeaders) {
        etag = headers.bytes("ETag").flatMap { $0.isEmpty ? nil : $0 }
        lastModified = headers.bytes("Last-Modified").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether there is nothing to echo, which makes the request unconditional (P6).
    public var isEmpty: Bool { etag == nil && lastModified == nil }

    /// `If-None-Match` and `If-Modified-Since` for those that are present.
    public var requestHeaders: [HTTPHeader] {
        [("If-None-Match", etag), ("If-Modified-Since", lastModified)]
            .compactMap { name, value in value.map { HTTPHeader(name, bytes: $0) } }
    }

    /// What is held after a 304: what it carries replaces, the rest is kept (P8).
    public func updated(by notModified: Validators) -> Validators {
        Validators(
            etag: notModified.etag ?? etag, lastModified: notModified.lastModified ?? lastModified)
    }
}
