// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// The answer of one request while it streams in, held to its limits (S6).
struct AnswerReader {
    /// Bytes of the decoded body so far.
    private(set) var body: [UInt8] = []
    /// Fields of the latest answer; interim ones are dropped.
    private(set) var headers = HTTPHeaders()
    /// Bytes of all header lines so far.
    private(set) var headerBytes = 0
    /// Whether the latest answer's headers are all there.
    private(set) var isHeadComplete = false
    /// Whether the body was cut at its limit.
    private(set) var isTruncated = false
    /// Why the transfer was ended; libcurl only reports a write error then.
    private(set) var abortion: HTTPFailure?
    private let limits: HTTPLimits

    /// An answer of which nothing has come.
    init(limits: HTTPLimits) { self.limits = limits }

    /// Takes one header line, or the status line that begins a (further) answer; false aborts.
    mutating func take(headerLine line: UnsafeBufferPointer<UInt8>) -> Bool {
        headerBytes += line.count
        guard headerBytes <= limits.headerBytes else {
            abortion = HTTPFailure(
                .headersTooLarge, "the response headers exceed \(ByteCount(bytes: limits.headerBytes))",
                hasAnswered: true)
            return false
        }
        // Trailers come after the body and are of no use here.
        guard body.isEmpty else { return true }
        if Self.isStatusLine(line) {
            headers = HTTPHeaders(capacity: Self.usualHeaderBytes)
            isHeadComplete = false
        } else if line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) {
            isHeadComplete = true
        } else if !isHeadComplete {
            headers.append(line: line)
        }
        return true
    }

    /// Takes a part of the decoded body (at most 16 KiB with libcurl 7.88, CURL_MAX_WRITE_SIZE); false aborts.
    /// `announced` is the body's length as the headers say, asked for once.
    mutating func take(bodyPart part: UnsafeBufferPointer<UInt8>, announced: () -> Int) -> Bool {
        let room = limits.bodyBytes - body.count
        guard part.count > room else {
            keep(part, announced)
            return true
        }
        switch limits.overflow {
        case .truncates:
            keep(UnsafeBufferPointer(rebasing: part.prefix(room)), announced)
            isTruncated = true
        case .fails:
            abortion = HTTPFailure(
                .tooLarge, "the body exceeds \(ByteCount(bytes: limits.bodyBytes))", hasAnswered: true)
        }
        return false
    }

    private mutating func keep(_ part: UnsafeBufferPointer<UInt8>, _ announced: () -> Int) {
        if body.isEmpty {
            // Spares most bodies the doubling; a lie in the header costs at most 1 MiB.
            body.reserveCapacity(min(max(announced(), part.count), limits.bodyBytes, 1 << 20))
        }
        body.append(contentsOf: part)
    }

    private static func isStatusLine(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard line.count >= 5, let start = line.baseAddress else { return false }
        // Five bytes are readable on either side.
        return memcmp(start, "HTTP/", 5) == 0
    }

    private static let usualHeaderBytes = 512
}
