// SPDX-License-Identifier: Apache-2.0

/// The `ETag` and `Last-Modified` of an answer, opaque: echoed byte for byte and independently of each other,
/// illegal dates and all (P7). Never derived from anything else.
///
/// The strings hold one scalar a byte (see `HTTPHeaders`), so they may be stored as text and come back unharmed.
public struct Validators: Hashable, Sendable {
    /// `ETag` as sent, with `W/`, quotes and suffixes; nil where the answer had none.
    public var etag: String?
    /// `Last-Modified` as sent; nil where the answer had none.
    public var lastModified: String?

    /// A pair, for instance as stored.
    public init(etag: String? = nil, lastModified: String? = nil) {
        self.etag = etag
        self.lastModified = lastModified
    }

    /// The validators that an answer carries; an empty value counts as none.
    public init(of headers: HTTPHeaders) {
        etag = headers["ETag"].flatMap { $0.isEmpty ? nil : $0 }
        lastModified = headers["Last-Modified"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Whether there is nothing to echo, which makes the request unconditional (P6).
    public var isEmpty: Bool { etag == nil && lastModified == nil }

    /// `If-None-Match` and `If-Modified-Since` for those that are present.
    public var requestHeaders: [HTTPHeader] {
        var headers: [HTTPHeader] = []
        if let etag { headers.append(HTTPHeader("If-None-Match", bytes: isomorphicBytes(etag))) }
        if let lastModified {
            headers.append(HTTPHeader("If-Modified-Since", bytes: isomorphicBytes(lastModified)))
        }
        return headers
    }

    /// What is held after a 304: what it carries replaces, the rest is kept (P8).
    public func updated(by notModified: Validators) -> Validators {
        Validators(
            etag: notModified.etag ?? etag, lastModified: notModified.lastModified ?? lastModified)
    }
}
