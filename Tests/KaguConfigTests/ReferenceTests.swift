// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import Testing

@Suite("The reference")
struct ReferenceTests {
    @Test("docs/configuration.md names every type of receiver and every key of it (rule 20)")
    func receivers() throws {
        let text = try #require(Fixtures.text(Fixtures.repository + "docs/configuration.md"))
        for kind in ReceiverSettings.Kind.allCases {
            #expect(text.contains("| `\(kind.rawValue)` |"))
            for key in kind.keys where !key.hasSuffix("_file") {
                #expect(text.contains("`\(key)`") || text.contains("`\(key):"))
            }
        }
    }

    @Test("docs/configuration.md names every key of config/kagu.yaml (rule 20)")
    func keys() throws {
        let reference = try #require(Fixtures.text(Fixtures.repository + "docs/configuration.md"))
        let shipped = try #require(Fixtures.text(Fixtures.repository + "config/kagu.yaml"))
        for line in shipped.split(separator: "\n") {
            let key = line.drop { $0 == " " }.prefix { $0.isLetter || $0 == "_" }
            guard !key.isEmpty, line.contains("\(key):") else { continue }
            #expect(reference.contains(key), "\(key) is missing")
        }
    }
}
