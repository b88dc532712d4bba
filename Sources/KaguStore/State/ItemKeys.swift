// SPDX-License-Identifier: Apache-2.0

import GRDB
import KaguBytes
import KaguModel

/// Turns ids and canonical URLs into the 64-bit numbers under which the database knows them.
///
/// Ids: the first 8 bytes of their SHA-256; they share no table with other feeds' ids. URLs: 16 bits from the
/// authority, so that the addresses of one site lie side by side in the table `url` and a new feed's items touch a
/// page or two instead of one page each; 48 bits from the whole address. Both are keyed with random bytes of the
/// database, so that no feed can publish an address that passes for another's. A database of version 1 keeps the
/// form that its rows have: 64 bits of the address, without a key.
struct ItemKeys: Hashable, Sendable {
    /// Random bytes; empty for a database of version 1.
    private let salt: [UInt8]

    /// The form of version 1.
    static let unsalted = ItemKeys(salt: [])

    init(salt: [UInt8]) { self.salt = salt }

    /// The form that a database's rows have.
    init(_ database: Database) throws {
        let select = try PreparedStatement(database, "SELECT value FROM setting WHERE name = 'url_key'")
        defer { select.reset() }
        salt = try select.step() ? select.blob(0) : []
    }

    /// The number of an item's key (I1).
    static func key(_ text: String) -> Int64 { Int64(bitPattern: SHA256.first8Bytes(of: text)) }

    /// The number of a canonical URL (I2).
    func url(_ url: CanonicalURL) -> Int64 {
        var numbers = urlNumbers()
        return numbers.number(of: url)
    }

    /// Numbers the URLs of one document, most of which are of one site.
    func urlNumbers() -> URLNumbers { URLNumbers(salt: salt) }

    /// Numbers URLs in a row, and hashes the authority only where it is not that of the URL before.
    struct URLNumbers {
        private let salt: [UInt8]
        /// The last URL up to the end of its authority.
        private var prefix: [UInt8] = []
        private var site: UInt64 = 0

        fileprivate init(salt: [UInt8]) { self.salt = salt }

        mutating func number(of url: CanonicalURL) -> Int64 {
            let whole = SHA256.first8Bytes(of: url.text, key: salt)
            guard !salt.isEmpty else { return Int64(bitPattern: whole) }
            if !isOfLastSite(url) {
                let authority = url.authority
                prefix = Array("https://\(authority)".utf8)
                site = SHA256.first8Bytes(of: authority, key: salt) & 0xFFFF_0000_0000_0000
            }
            return Int64(bitPattern: site | whole & 0x0000_FFFF_FFFF_FFFF)
        }

        private func isOfLastSite(_ url: CanonicalURL) -> Bool {
            guard !prefix.isEmpty else { return false }
            var text = url.text
            return text.withUTF8 { bytes in
                guard bytes.count >= prefix.count else { return false }
                for index in prefix.indices where bytes[index] != prefix[index] { return false }
                guard bytes.count > prefix.count else { return true }
                let next = bytes[prefix.count]
                return next == UInt8(ascii: "/") || next == UInt8(ascii: "?") || next == UInt8(ascii: "#")
            }
        }
    }
}
