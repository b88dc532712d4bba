// SPDX-License-Identifier: Apache-2.0

/// What an incoming webhook takes, and how it answers.
public protocol WebhookRules {
    /// The answer to what it takes.
    static var thanks: ScriptedResponse { get }

    /// Throws for what it does not take.
    static func check(_ request: RecordedRequest) throws(Refusal)

    /// The answer to what it does not take.
    static func answer(to refusal: Refusal) -> ScriptedResponse
}

/// An incoming webhook, which keeps the messages that it takes.
public final class WebhookTarget<Rules: WebhookRules>: StrictTarget {
    private let memory = TargetMemory<[UInt8]>()

    /// A webhook without messages.
    public init() {}

    /// The bodies that were taken.
    public var messages: [[UInt8]] { memory.messages }

    /// Gives these answers to the next requests.
    public func script(_ responses: ScriptedResponse...) { memory.add(responses) }

    /// What the rules say.
    public func answer(to request: RecordedRequest) -> ScriptedResponse {
        if let scripted = memory.nextScripted() { return scripted }
        do throws(Refusal) {
            try Rules.check(request)
        } catch {
            return Rules.answer(to: error)
        }
        memory.change { $0.append(request.body) }
        return Rules.thanks
    }
}
