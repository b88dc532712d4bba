// SPDX-License-Identifier: Apache-2.0

/// A text where a feed list wants the URL of a feed.
enum FeedAddress {
    /// An http or https URL with a host.
    case usable(WebAddress)
    /// Anything else, with what is wrong and whether it may hold a password.
    case unusable(ConfigFault, mayHoldPassword: Bool)

    /// Judges a text.
    init(_ text: String) {
        let address = WebAddress(text)
        if let address, address.isHTTP {
            self = .usable(address)
        } else {
            let mayHoldPassword = address?.hasUserInfo ?? text.utf8.contains(UInt8(ascii: "@"))
            self = .unusable(Self.fault(of: text), mayHoldPassword: mayHoldPassword)
        }
    }

    /// Whether it has user info; of what is no URL, whether it may.
    var mayHoldPassword: Bool {
        switch self {
        case .usable(let address): address.hasUserInfo
        case .unusable(_, let mayHoldPassword): mayHoldPassword
        }
    }

    /// What keeps `text` from being an http or https URL with a host.
    private static func fault(of text: String) -> ConfigFault {
        if text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F }) { return .spaceInURL }
        let scheme = text.firstRange(of: "://").map { text[..<$0.lowerBound].lowercased() }
        guard scheme == "http" || scheme == "https" else { return .noFeedURL }
        return text.utf8.count > WebAddress.maximumBytes ? .urlTooLong : .noHost
    }
}

extension WebAddress {
    /// Whether feeds may be fetched from it.
    var isHTTP: Bool { scheme == "http" || scheme == "https" }
}
