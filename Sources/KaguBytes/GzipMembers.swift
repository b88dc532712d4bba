// SPDX-License-Identifier: Apache-2.0

import CZlib

/// A gzip file made of many small members, so that any part of it can be read by itself (RFC 1952 §2.2).
///
/// Every gzip reader takes it for one stream. Each member has an extra field `KG` with its own length and that of
/// what it holds: members are found without inflating any, and one that is damaged costs only itself.
public enum GzipMembers {
    /// The length of a member's header.
    public static let headerBytes = 24
    /// A member that claims to inflate to more is damaged.
    public static let maximumInflatedBytes = 128 << 20
    private static let trailerBytes = 8
    private static let start: [UInt8] = [0x1F, 0x8B, 8, 4]
    private static let extra: [UInt8] = [12, 0, UInt8(ascii: "K"), UInt8(ascii: "G"), 8, 0]

    /// The lengths that a member's header tells: of the member, and of what it holds.
    public struct Lengths: Hashable, Sendable {
        /// With header and trailer.
        public var member: Int
        /// Inflated.
        public var inflated: Int
    }

    /// Compresses bytes to one member; none where zlib refuses.
    public static func member(_ bytes: some Collection<UInt8>, level: Int32 = 6) -> [UInt8] {
        var stream = z_stream()
        // Raw deflate: header and trailer are ours.
        guard kagu_deflate_init(&stream, level, -15) == Z_OK else { return [] }
        defer { deflateEnd(&stream) }
        var input = Array(bytes)
        let bound = headerBytes + Int(deflateBound(&stream, UInt(input.count))) + trailerBytes
        var output = [UInt8](repeating: 0, count: bound)
        let used = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress.map { $0 + headerBytes }
                stream.avail_out = UInt32(target.count - headerBytes)
                deflate(&stream, Z_FINISH)
                return target.count - Int(stream.avail_out)
            }
        }
        output.removeSubrange(used...)
        output += littleEndian(checksum(input)) + littleEndian(UInt32(input.count))
        let lengths = littleEndian(UInt32(output.count)) + littleEndian(UInt32(input.count))
        output.replaceSubrange(0..<headerBytes, with: start + [0, 0, 0, 0, 0, 0xFF] + extra + lengths)
        return output
    }

    /// What the header of a member tells; nil where it is none of ours.
    public static func lengths(inHeader header: some Collection<UInt8>) -> Lengths? {
        let header = Array(header.prefix(headerBytes))
        guard header.count == headerBytes, header.starts(with: start), header[10..<16].elementsEqual(extra) else {
            return nil
        }
        let lengths = Lengths(member: integer(header[16..<20]), inflated: integer(header[20..<24]))
        guard lengths.member > headerBytes + trailerBytes, lengths.inflated <= maximumInflatedBytes else {
            return nil
        }
        return lengths
    }

    /// The inflated length that stands at the end of a member.
    public static func inflatedLength(inTrailer trailer: some BidirectionalCollection<UInt8>) -> Int {
        integer(trailer.suffix(4))
    }

    /// Where the next header of ours begins, at or behind `offset`; nil where there is none.
    public static func nextHeader(in bytes: [UInt8], from offset: Int) -> Int? {
        guard bytes.count >= offset + headerBytes else { return nil }
        return (offset...(bytes.count - headerBytes)).first { position in
            bytes[position] == start[0] && lengths(inHeader: bytes[position..<(position + headerBytes)]) != nil
        }
    }

    /// Inflates a member whose header may be damaged. What comes out before any damage is given, at most `count`
    /// bytes; `isWhole` tells whether it is all, and its checksum right.
    public static func inflate(_ member: [UInt8], count: Int) -> (bytes: [UInt8], isWhole: Bool) {
        var stream = z_stream()
        guard member.count > headerBytes + trailerBytes, kagu_inflate_init(&stream, -15) == Z_OK else {
            return ([], false)
        }
        defer { inflateEnd(&stream) }
        var input = member
        var output = [UInt8](repeating: 0, count: count)
        let (status, produced) = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.next_in = source.baseAddress.map { $0 + headerBytes }
                stream.avail_in = UInt32(source.count - headerBytes - trailerBytes)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                return (CZlib.inflate(&stream, Z_FINISH), target.count - Int(stream.avail_out))
            }
        }
        output.removeSubrange(produced...)
        let isWhole =
            status == Z_STREAM_END && produced == count && stream.avail_in == 0
            && member.suffix(trailerBytes).elementsEqual(
                littleEndian(checksum(output)) + littleEndian(UInt32(count)))
            && lengths(inHeader: member) == Lengths(member: member.count, inflated: count)
        return (output, isWhole)
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 { UInt32(crc32(0, bytes, UInt32(bytes.count))) }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func integer(_ bytes: some BidirectionalCollection<UInt8>) -> Int {
        bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
