// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguModel

/// What the bytes of a line in a hit file turn out to be (O38, O41).
enum HitLine {
    /// A hit.
    case hit(Hit)
    /// A line of a later version, to be skipped and counted.
    case newer
    /// No hit at all, to be skipped and counted.
    case bad

    /// Decodes a line.
    init(_ bytes: ArraySlice<UInt8>, decoder: JSONDecoder) {
        // As our writer writes them, which is a tenth of the decoder's work.
        if let hit = bytes.withUnsafeBytes({ line in HitLineScan(line).flatMap { $0.hit(line) } }) {
            self = .hit(hit)
            return
        }
        let data = Data(bytes)
        if !bytes.starts(with: Self.currentPrefix) {
            guard let version = try? decoder.decode(Version.self, from: data).v else {
                self = .bad
                return
            }
            if version > Hit.version {
                self = .newer
                return
            }
        }
        guard let hit = try? decoder.decode(Hit.self, from: data) else {
            self = .bad
            return
        }
        self = .hit(hit)
    }

    /// The instant of `seen`, found without decoding the line; nil where the line does not begin as ours do.
    static func seen(_ bytes: some Collection<UInt8>) -> Instant? {
        let head = Array(bytes.prefix(160))
        // As our writer writes it; anything else is searched.
        let plain = head.withUnsafeBytes { head -> Instant? in
            var cursor = LineCursor(head)
            guard cursor.skip("{\"v\":1,\"id\":\""), cursor.string() != nil, cursor.skip(",\"seen\":\"") else {
                return nil
            }
            return cursor.instant()
        }
        if let plain { return plain }
        guard head.count > seenKey.count + 25 else { return nil }
        for start in 0..<(head.count - seenKey.count - 24) where head[start] == UInt8(ascii: "\"") {
            guard head[start..<(start + seenKey.count)].elementsEqual(seenKey) else { continue }
            let value = head[(start + seenKey.count)..<(start + seenKey.count + 24)]
            return Instant(rfc3339: String(decoding: value, as: UTF8.self))
        }
        return nil
    }

    private static let currentPrefix = Array("{\"v\":\(Hit.version),".utf8)
    private static let seenKey = Array("\"seen\":\"".utf8)

    private struct Version: Decodable {
        var v: Int
    }
}

extension HitLocation {
    /// Reads the hit that lies here; nil where it does not. `path` is the directory of the hit files.
    func hit(in path: String, decoder: JSONDecoder = JSONDecoder()) -> Hit? {
        guard let reader = LineReader("\(path)/\(file)"), offset >= 0, length >= 0,
            length <= LineReader.maximumLineBytes, offset <= reader.size - length,
            case .hit(let hit) = HitLine(reader.bytes(offset..<(offset + length))[...], decoder: decoder)
        else { return nil }
        return hit
    }
}
