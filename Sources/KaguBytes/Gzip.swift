// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Why a gzip stream could not be read.
public enum GzipError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The inflated bytes would exceed the limit.
    case exceedsLimit(Int)
    /// The stream is damaged or no gzip at all.
    case damaged
    /// The stream ends before its end mark.
    case truncated

    /// One sentence for a log line.
    public var description: String {
        switch self {
        case .exceedsLimit(let limit): "the inflated data exceeds \(limit) bytes"
        case .damaged: "the gzip data is damaged"
        case .truncated: "the gzip data ends too early"
        }
    }
}

/// gzip (RFC 1952) outside HTTP, by zlib.
public enum Gzip {
    /// Whether `bytes` begin with gzip's magic number.
    public static func isGzip(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.prefix(2).elementsEqual([0x1F, 0x8B])
    }

    /// Inflates all members of a gzip stream, at most `limit` bytes.
    public static func inflate(_ bytes: [UInt8], limit: Int) throws(GzipError) -> [UInt8] {
        var stream = z_stream()
        // 15 window bits; + 16 takes the gzip header alone.
        guard kagu_inflate_init(&stream, 15 + 16) == Z_OK else { throw .damaged }
        defer { inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        let failure: GzipError? = input.withUnsafeMutableBufferPointer { buffer in
            stream.next_in = buffer.baseAddress
            stream.avail_in = UInt32(buffer.count)
            return inflateMembers(&stream, into: &output, limit: limit)
        }
        if let failure { throw failure }
        return output
    }

    /// Compresses `bytes` to one gzip member.
    public static func deflate(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        var stream = z_stream()
        guard kagu_deflate_init(&stream, level, 15 + 16) == Z_OK else { return [] }
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        let used = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                CZlib.deflate(&stream, Z_FINISH)
                return target.count - Int(stream.avail_out)
            }
        }
        output.removeSubrange(used...)
        return output
    }

    private static func inflateMembers(_ stream: inout z_stream, into output: inout [UInt8], limit: Int)
        -> GzipError?
    {
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let (status, produced) = chunk.withUnsafeMutableBufferPointer { target in
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return (CZlib.inflate(&stream, Z_NO_FLUSH), target.count - Int(stream.avail_out))
            }
            guard output.count + produced <= limit else { return .exceedsLimit(limit) }
            output.append(contentsOf: chunk[..<produced])
            switch status {
            case Z_STREAM_END:
                // RFC 1952 §2.2: members follow each other without further framing.
                if stream.avail_in == 0 { return nil }
                guard inflateReset(&stream) == Z_OK else { return .damaged }
            case Z_OK where stream.avail_in > 0 || produced == chunk.count: continue
            case Z_OK, Z_BUF_ERROR: return .truncated
            default: return output.isEmpty || stream.total_out > 0 ? .damaged : nil
            }
        }
    }
}
