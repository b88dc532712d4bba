// SPDX-License-Identifier: Apache-2.0

/// A JSON value with what a reader of feeds asks of it. Numbers keep their text.
enum JSONValue: Sendable {
    case null
    case bool(Bool)
    case number(String)
    /// Decoded UTF-8.
    case string(TextRun)
    case array([JSONNode])
    case object(JSONObject)
    /// Deeper than the limit.
    case skipped

    /// The members of an object.
    var object: JSONObject? {
        if case .object(let object) = self { return object }
        return nil
    }

    /// The elements of an array.
    var array: [JSONNode]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// The bytes of a string, or the text of a number.
    var text: TextRun? {
        switch self {
        case .string(let run): run
        case .number(let digits): TextRun(Array(digits.utf8))
        default: nil
        }
    }
}

/// A value and where it begins; whether the input ends inside it.
struct JSONNode: Sendable {
    var value: JSONValue
    var start: Int
    var isCut = false
}

/// Members in document order; the last of a name counts.
struct JSONObject: Sendable {
    var members: [(name: String, node: JSONNode)] = []

    subscript(name: String) -> JSONNode? { members.last { $0.name == name }?.node }
}
