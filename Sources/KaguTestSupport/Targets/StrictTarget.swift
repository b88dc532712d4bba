// SPDX-License-Identifier: Apache-2.0

import KaguLoopback
import Synchronization

/// A stand-in of a target that takes nothing its real counterpart would refuse, and refuses as that does: written from
/// its documentation. Where markup would do something (a mention, a tag, a link that is none) it refuses too: text
/// from feeds is inert (W16).
public protocol StrictTarget: Sendable {
    /// Answers a request as the target would.
    func answer(to request: RecordedRequest) -> ScriptedResponse
}

extension StrictTarget {
    /// An origin that answers every request as this target.
    public func listen() throws -> LoopbackOrigin {
        let origin = try LoopbackOrigin()
        origin.otherwise { answer(to: $0) }
        return origin
    }

    /// Answers a request that never went over a wire.
    public func answer(
        _ method: String = "POST", _ target: String, token: String? = nil, body: [UInt8]
    ) -> ScriptedResponse {
        var head = "\(method) \(target) HTTP/1.1\r\ncontent-type: application/json\r\n"
        if let token { head += "authorization: Bearer \(token)\r\n" }
        return answer(
            to: RecordedRequest(
                LoopbackRequest(
                    connection: 1, method: method, target: target, head: Array(head.utf8), body: body),
                time: wallClock()))
    }
}

extension ScriptedResponse {
    /// The body's bytes as text.
    public var bodyText: String {
        String(
            decoding: parts.flatMap { part in (0..<part.repetitions).flatMap { _ in part.bytes } }, as: UTF8.self)
    }
}

/// Why a target refuses.
public struct Refusal: Error {
    var status: Int
    var words: String

    init(_ words: String, status: Int = 400) {
        self.words = words
        self.status = status
    }
}

/// What a target has taken, and what it answers out of turn; shared between the test and the target's queue.
final class TargetMemory<Message: Sendable>: Sendable {
    private let state = Mutex((messages: [Message](), script: [ScriptedResponse]()))

    var messages: [Message] { state.withLock { $0.messages } }

    func change<Result: Sendable>(_ body: (inout [Message]) throws -> Result) rethrows -> Result {
        try state.withLock { try body(&$0.messages) }
    }

    func add(_ responses: [ScriptedResponse]) { state.withLock { $0.script += responses } }

    func nextScripted() -> ScriptedResponse? {
        state.withLock { $0.script.isEmpty ? nil : $0.script.removeFirst() }
    }
}
