// SPDX-License-Identifier: Apache-2.0

import CCurl

/// Confined to the queue of its transfer. The header fields of one request as libcurl wants them; it reads the list
/// during the whole transfer.
final class HeaderList {
    /// The list; nil without fields.
    private(set) var start: UnsafeMutablePointer<curl_slist>?
    private var line: [UInt8] = []

    deinit { curl_slist_free_all(start) }

    /// Lists the fields of a request in place of those before; returns why they cannot be sent, if so.
    func fill(_ request: HTTPRequest) -> HTTPFailure? {
        curl_slist_free_all(start)
        start = nil
        for header in request.headers {
            guard isToken(header.name), !header.value.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D })
            else {
                return HTTPFailure(
                    .other, "request header \(header.name) holds a character that no header may hold")
            }
            append(header)
        }
        if request.method != .get {
            append(order: "Expect:")
            if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                append(order: "Content-Type:")
            }
        }
        return nil
    }

    private func append(_ header: HTTPHeader) {
        line.removeAll(keepingCapacity: true)
        line.append(contentsOf: header.name.utf8)
        // Without a semicolon libcurl takes an empty value as an order to omit the field.
        line.append(contentsOf: header.value.isEmpty ? [0x3B] : [0x3A, 0x20])
        line.append(contentsOf: header.value)
        line.append(0)
        line.withUnsafeBytes { bytes in
            // Copied up to the NUL; nil without memory, which leaves the list as it was.
            start = curl_slist_append(start, bytes.baseAddress?.assumingMemoryBound(to: CChar.self)) ?? start
        }
    }

    /// A field that libcurl shall not add by itself.
    private func append(order: String) { start = curl_slist_append(start, order) ?? start }
}

/// Whether a text may name a header field (RFC 9110 §5.6.2).
private func isToken(_ name: String) -> Bool {
    !name.isEmpty
        && name.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            // ! # $ % & ' * + - . ^ _ ` | ~
            case 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60, 0x7C, 0x7E: true
            default: false
            }
        }
}
