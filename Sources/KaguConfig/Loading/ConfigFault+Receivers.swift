// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// What may be wrong with a receiver.
extension ConfigFault {
    static func duplicateReceiver(_ name: String, _ place: SourceLocation) -> Self {
        Self("the name \"\(name)\" is taken by the receiver at \(place); change one")
    }

    static let receiverNamedNone = Self("\"none\" means that nobody is told; choose another name")
    static func keyOfOtherType(_ key: String, type: String, known: [String]) -> Self {
        Self(
            "a receiver of type \(type) has no key \"\(key)\""
                + suggestion(key, known, "known here: \(known.joined(separator: ", "))"))
    }

    static func unknownReceiver(_ name: String, known: [String]) -> Self {
        Self(
            "no receiver is named \"\(name)\""
                + suggestion(name, known + ["none"], "define it under alerts.receivers, or write none"))
    }

    static func unknownFallback(_ name: String, known: [String]) -> Self {
        Self(
            "no receiver is named \"\(name)\"" + suggestion(name, known, "define it under alerts.receivers"))
    }

    static func noReceiverURL(schemes: [String]) -> Self {
        Self("is no address of this type; write \(schemes.map { "\($0)://…" }.joined(separator: " or "))")
    }

    static func noTopic(_ text: String) -> Self {
        Self("\"\(text)\" is no topic; use 1 to 64 letters, digits, \"-\" and \"_\"")
    }

    static let unsigned = Self(
        "messages go unsigned; add secret_file so that the receiver can tell them from forgeries")

    static func noRoom(_ text: String) -> Self {
        Self("\"\(text)\" is no room id; it begins with \"!\" and is shown in the room's settings under Advanced")
    }

    static func noChat(_ text: String) -> Self {
        Self("\"\(text)\" is no chat; write its number, such as -1001234567890, or @channel")
    }

    static func noThread(_ text: String) -> Self { Self("\"\(text)\" is no thread; write its number") }

    static func noMailAddress(_ text: String) -> Self {
        Self("\"\(text)\" is no mail address; write it alone, such as ops@example.org")
    }

    static let tlsNoneWithSmtps = Self("smtps is always encrypted; remove tls, or write the url with smtp://")
    static let passwordInTheClear = Self("the password goes over the network unencrypted; remove tls: none")
}
