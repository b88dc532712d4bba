// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import KaguDaemon

@Suite("Addresses in states and logs")
struct LoggedAddressTests {
    @Test(
        "user info, query and fragment are not shown (S5)",
        arguments: [
            ("https://a.example/rss", "https://a.example/rss"),
            ("https://user:word@a.example:8443/rss?token=1#x", "https://a.example:8443/rss"),
            ("https://a.example?token=1", "https://a.example"), ("HTTP://A.example/Rss", "http://a.example/Rss"),
            ("nonsense", "another address"),
        ])
    func shown(url: String, text: String) {
        #expect(LoggedAddress(url).description == text)
    }
}
