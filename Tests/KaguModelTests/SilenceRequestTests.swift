// SPDX-License-Identifier: Apache-2.0

import KaguModel
import Testing

@Suite("Asking for a silence (C7)")
struct SilenceRequestTests {
    private let now = Instant(seconds: 1_795_338_000)

    private func make(_ request: AddSilence) throws -> Silence {
        try request.silence(id: "sil_1", by: 1000, at: now) { text in
            guard text == "watch=gib" else { throw ControlRefusal(.malformed, "no matcher") }
            return LabelMatcher(label: .watch, operation: .equals, value: "gib")
        }
    }

    private func request(
        _ matchers: [String] = ["watch=gib"], from: Int? = nil, to: Int = 3600, author: String = "ana",
        comment: String = "why"
    ) -> AddSilence {
        AddSilence(
            matchers: matchers, starts: from.map { now + .seconds($0) }, ends: now + .seconds(to), author: author,
            comment: comment)
    }

    @Test("it begins now unless told otherwise, never before, and names who asked as the kernel knows him")
    func accepted() throws {
        let silence = try make(request())
        #expect(silence.starts == now && silence.ends == now + .seconds(3600) && silence.created == now)
        #expect(silence.author == "ana (uid 1000)")
        #expect(try make(request(from: -60)).starts == now)
        #expect(try make(request(from: 60)).starts == now + .seconds(60))
        #expect(try make(request(author: "")).author == "uid 1000")
    }

    @Test("without matcher, comment or time it is refused, as are texts and lists that are too long")
    func refused() {
        for (request, word) in [
            (request([]), "everything"), (request(to: 0), "end"), (request(from: 7200), "end"),
            (request(comment: " "), "comment"), (request(["nonsense"]), "no matcher"),
            (request(Array(repeating: "watch=gib", count: 21)), "at most 20"),
            (request(comment: String(repeating: "x", count: 1001)), "longer than 1000"),
        ] {
            do {
                _ = try make(request)
                Issue.record("\(request) was accepted")
            } catch {
                #expect("\(error)".contains(word), "\(error)")
            }
        }
    }
}
