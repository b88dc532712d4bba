// SPDX-License-Identifier: Apache-2.0

/// What two addresses have in common that lead to the same request (P20): scheme and host in lower case, the default
/// port left out, no fragment, since none is sent. Everything else, byte for byte (P4).
struct RequestAddress: Hashable {
    private let address: WebAddress

    /// The request that an address leads to.
    init(_ address: WebAddress) { self.address = address }

    /// The request that an http or https URL leads to; nil for what is no URL.
    init?(_ url: String) {
        guard let address = WebAddress(url) else { return nil }
        self.init(address)
    }

    /// Path and query without the first slash, which is sent where it is not written.
    private var target: Substring.UTF8View {
        let sent = address.rest.utf8.prefix { $0 != UInt8(ascii: "#") }
        return sent.first == UInt8(ascii: "/") ? sent.dropFirst() : sent
    }

    static func == (left: RequestAddress, right: RequestAddress) -> Bool {
        left.address.host == right.address.host && left.address.port == right.address.port
            && left.address.scheme == right.address.scheme && left.target.elementsEqual(right.target)
            && left.address.userInfo.utf8.elementsEqual(right.address.userInfo.utf8)
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(address.host)
        hasher.combine(address.port)
        // What else `==` compares hardly ever tells two addresses apart.
        hasher.combine(Substring(target))
    }
}
