// SPDX-License-Identifier: Apache-2.0

import CZlib

/// Why a gzip file could not be read or written.
public enum GzipFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The file cannot be opened or created.
    case cannotOpen
    /// The file is damaged.
    case damaged
    /// The file ends before its end mark.
    case truncated
    /// The disk does not take the bytes.
    case cannotWrite

    /// One sentence for a log line.
    public var description: String {
        switch self {
        case .cannotOpen: "the file cannot be opened"
        case .damaged: GzipError.damaged.description
        case .truncated: GzipError.truncated.description
        case .cannotWrite: "the file cannot be written"
        }
    }
}

/// Reads a file block by block, inflating it where it is gzip; all its members, one after the other (RFC 1952 §2.2).
///
/// Owns the open file.
public struct GzipFileReader: ~Copyable {
    private let file: gzFile

    /// Opens a file, gzip or not; throws `cannotOpen`.
    public init(_ path: String) throws(GzipFileError) {
        guard let file = gzopen(path, "rb") else { throw .cannotOpen }
        self.file = file
        // 256 KiB: the default of 8 KiB costs a call for each.
        gzbuffer(file, 256 << 10)
    }

    deinit { gzclose_r(file) }

    /// The next bytes, at most `count`; none at the end.
    public func read(upTo count: Int) throws(GzipFileError) -> [UInt8] {
        var got: Int32 = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
            got = gzread(file, buffer.baseAddress, UInt32(clamping: count))
            used = max(0, Int(got))
        }
        var number: Int32 = 0
        if got < Int32(clamping: count) { _ = gzerror(file, &number) }
        // What came before the damage is given first.
        guard bytes.isEmpty else { return bytes }
        switch number {
        case Z_OK, Z_STREAM_END: return []
        case Z_BUF_ERROR: throw .truncated
        default: throw .damaged
        }
    }
}

/// Writes a file as one gzip member.
///
/// Owns the open file; `finish` completes it.
public struct GzipFileWriter: ~Copyable {
    private let file: gzFile
    private var isFinished = false

    /// Creates a file, or empties it; throws `cannotOpen`. `level` is 1 (fast) to 9 (small).
    public init(_ path: String, level: Int = 6) throws(GzipFileError) {
        guard let file = gzopen(path, "wb\(level)") else { throw .cannotOpen }
        self.file = file
        gzbuffer(file, 256 << 10)
    }

    deinit {
        if !isFinished { gzclose_w(file) }
    }

    /// Adds bytes; throws `cannotWrite`, with the reason in `errno`.
    public func write(_ bytes: some Collection<UInt8>) throws(GzipFileError) {
        let whole = bytes.withContiguousStorageIfAvailable {
            gzfwrite($0.baseAddress, 1, $0.count, file) == $0.count
        }
        guard whole ?? Array(bytes).withUnsafeBytes({ gzfwrite($0.baseAddress, 1, $0.count, file) == $0.count })
        else {
            throw .cannotWrite
        }
    }

    /// Writes what is buffered and the end mark, and closes the file; throws `cannotWrite`. The file is not synced.
    public consuming func finish() throws(GzipFileError) {
        isFinished = true
        guard gzclose_w(file) == Z_OK else { throw .cannotWrite }
    }
}
