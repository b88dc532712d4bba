// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes

/// Gives any part of a compressed day as if its file were plain (O42): offsets are those of the plain file.
///
/// Borrows its descriptor. Keeps the member that was inflated last, so that reading on from it costs nothing. What
/// cannot be inflated reads as zeros, which no reader takes for a hit; the members behind it keep their places.
final class DayContent {
    /// A gzip file that is not of our making is inflated whole, up to 1 GiB.
    static let maximumForeignBytes = 1 << 30

    /// A member, and what part of the whole it holds.
    private struct Member {
        var file: Range<Int>
        var whole: Range<Int>
    }

    /// Of the plain content.
    let size: Int
    private let descriptor: Int32
    private let members: [Member]
    /// The content, where the file is not of our making.
    private let foreign: [UInt8]?
    private var inflated: (index: Int, bytes: [UInt8])?
    /// What reading the file met.
    let fault = ReadFault()
    /// The first stretch that could not be inflated, of those that were asked for.
    private(set) var damaged: Range<Int>?

    /// Finds the members; nil where the file is no gzip.
    init?(_ descriptor: Int32, fileBytes: Int) {
        self.descriptor = descriptor
        let found = Self.members(descriptor, fileBytes)
        if !found.isEmpty || fileBytes == 0 {
            members = found
            foreign = nil
            size = found.last?.whole.upperBound ?? 0
            return
        }
        guard fileBytes <= Self.maximumForeignBytes,
            let whole = try? Gzip.inflate(
                Self.read(descriptor, 0..<fileBytes), limit: Self.maximumForeignBytes)
        else { return nil }
        members = []
        foreign = whole
        size = whole.count
    }

    /// The bytes of a range, up to the end.
    func bytes(_ range: Range<Int>) -> [UInt8] {
        let range = range.clamped(to: 0..<size)
        if let foreign { return Array(foreign[range]) }
        var result: [UInt8] = []
        result.reserveCapacity(range.count)
        var index = firstMember(behind: range.lowerBound)
        while index < members.count, members[index].whole.lowerBound < range.upperBound {
            let whole = members[index].whole
            let part = range.clamped(to: whole)
            let block = inflate(index)
            result += block[(part.lowerBound - whole.lowerBound)..<(part.upperBound - whole.lowerBound)]
            index += 1
        }
        return result
    }

    /// The stretches of the content whose members are damaged.
    func damage() -> [Range<Int>] {
        members.filter { !Self.inflate(descriptor, $0).isWhole }.map(\.whole)
    }

    private func firstMember(behind offset: Int) -> Int {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].whole.upperBound > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private func inflate(_ index: Int) -> [UInt8] {
        if let inflated, inflated.index == index { return inflated.bytes }
        var (bytes, isWhole) = Self.inflate(descriptor, members[index], fault)
        if !isWhole { damaged = damaged ?? members[index].whole }
        bytes += [UInt8](repeating: 0, count: members[index].whole.count - bytes.count)
        inflated = (index, bytes)
        return bytes
    }

    private static func inflate(
        _ descriptor: Int32, _ member: Member, _ fault: ReadFault? = nil
    ) -> (bytes: [UInt8], isWhole: Bool) {
        GzipMembers.inflate(read(descriptor, member.file, fault), count: member.whole.count)
    }

    /// Finds all members by their headers; where one is damaged, by the header that follows. None where the file has
    /// no header of ours.
    private static func members(_ descriptor: Int32, _ fileBytes: Int) -> [Member] {
        var members: [Member] = []
        var position = 0
        var offset = 0
        var isOurs = false
        while position < fileBytes {
            let header = read(descriptor, position..<(position + GzipMembers.headerBytes))
            let lengths = GzipMembers.lengths(inHeader: header)
            var end = fileBytes
            if let lengths, isEnd(position + lengths.member, lengths.inflated, descriptor, fileBytes) {
                isOurs = true
                end = position + lengths.member
            } else if let next = nextHeader(behind: position, descriptor, fileBytes) {
                isOurs = true
                end = next
            }
            let count = contentBytes(descriptor, position..<end, lengths?.inflated)
            members.append(Member(file: position..<end, whole: offset..<(offset + count)))
            position = end
            offset += count
        }
        return isOurs ? members : []
    }

    /// How much a member holds: what header and trailer say, and where they differ, what comes out of it.
    private static func contentBytes(_ descriptor: Int32, _ file: Range<Int>, _ header: Int?) -> Int {
        let end = read(descriptor, max(file.lowerBound, file.upperBound - 4)..<file.upperBound)
        let trailer = GzipMembers.inflatedLength(inTrailer: end)
        if header == trailer { return trailer }
        let most = min(max(header ?? 0, trailer), GzipMembers.maximumInflatedBytes)
        let found = GzipMembers.inflate(read(descriptor, file), count: most).bytes.count
        if found == header || found == trailer { return found }
        return min(header ?? trailer, trailer, GzipMembers.maximumInflatedBytes)
    }

    /// Whether a member that holds so much may end here: behind a trailer that says the same, at the file's end, or
    /// before another member.
    private static func isEnd(_ position: Int, _ count: Int, _ descriptor: Int32, _ fileBytes: Int) -> Bool {
        guard position < fileBytes else { return position == fileBytes }
        let around = read(descriptor, (position - 4)..<(position + 2))
        return GzipMembers.inflatedLength(inTrailer: around.prefix(4)) == count || around.suffix(2) == [0x1F, 0x8B]
    }

    private static func nextHeader(behind position: Int, _ descriptor: Int32, _ fileBytes: Int) -> Int? {
        var start = position + 1
        while start < fileBytes {
            let block = read(descriptor, start..<min(fileBytes, start + 1 << 20))
            if let found = GzipMembers.nextHeader(in: block, from: 0) { return start + found }
            // A header may lie across two blocks.
            guard start + block.count < fileBytes, block.count > GzipMembers.headerBytes else { return nil }
            start += block.count - GzipMembers.headerBytes
        }
        return nil
    }

    /// The bytes of a range of a file; fewer at its end, and where it cannot be read, which `fault` is told.
    static func read(_ descriptor: Int32, _ range: Range<Int>, _ fault: ReadFault? = nil) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            count = 0
            while count < range.count {
                let got = pread(
                    descriptor, buffer.baseAddress.map { $0 + count }, range.count - count,
                    off_t(range.lowerBound + count))
                if got < 0 && errno == EINTR { continue }
                if got < 0, let fault { fault.number = fault.number ?? errno }
                guard got > 0 else { return }
                count += got
            }
        }
    }
}
