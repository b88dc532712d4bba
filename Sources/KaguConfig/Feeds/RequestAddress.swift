// SPDX-License-Identifier: Apache-2.0

/// What two addresses have in common that lead to the same request (P20): scheme and host in lower case, the default
/// port left out, no fragment, since none is sent. Everything else, byte for byte (P4).
struct RequestAddress: Hashable {
    private let text: String

    /// The request that an http or https URL leads to; nil for what is no URL.
    init?(_ url: String) {
        guard let address = WebAddress(url) else { return nil }
        let target = address.rest.prefix { $0 != "#" }
        let path = target.hasPrefix("/") ? target : "/" + target
        text = "\(address.scheme)://\(address.userInfo)@\(address.host):\(address.port)\(path)"
    }
}
