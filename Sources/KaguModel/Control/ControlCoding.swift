// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Values to lines of JSON and back, for both ends of the control socket: members in snake case, instants as RFC 3339.
public enum ControlCoding {
    /// A request as a line with its line end.
    public static func line<Verb>(of request: ControlRequest<Verb>) throws -> [UInt8] {
        try encode(request) + [UInt8(ascii: "\n")]
    }

    /// The verb of a request's line; throws a refusal where it is no request of this version.
    public static func verb(of line: [UInt8]) throws(ControlRefusal) -> ControlVerbName {
        let heading: ControlHeading = try decode(line)
        guard heading.version == ControlProtocol.version else { throw .version(heading.version) }
        guard let verb = ControlVerbName(rawValue: heading.verb) else { throw .verb(heading.verb) }
        return verb
    }

    /// The arguments of a request's line; throws a refusal that names the member that is wrong.
    public static func arguments<Verb: ControlVerb>(of line: [UInt8]) throws(ControlRefusal) -> Verb {
        let request: ControlRequest<Verb> = try decode(line)
        return request.arguments
    }

    /// A reply as a line with its line end.
    public static func line<Answer>(of reply: ControlReply<Answer>) -> [UInt8] {
        let bytes = (try? encode(reply)) ?? Array(unwritable.utf8)
        return bytes + [UInt8(ascii: "\n")]
    }

    /// A refusal as a line with its line end.
    public static func line(of refusal: ControlRefusal) -> [UInt8] { line(of: ControlReply<Bool>.refusal(refusal)) }

    /// What a daemon answered; throws its refusal, or one of our own where the line is no reply.
    public static func answer<Answer: Codable & Hashable & Sendable>(
        of line: [UInt8]
    ) throws(ControlRefusal) -> Answer {
        let reply: ControlReply<Answer> = try decode(line)
        switch reply {
        case .answer(let answer): return answer
        case .refusal(let refusal): throw refusal
        }
    }

    private static let unwritable =
        #"{"refusal":{"message":"control: the reply could not be written","reason":"failed"},"version":1}"#

    private static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    private static func decode<Value: Decodable>(_ line: [UInt8]) throws(ControlRefusal) -> Value {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            return try decoder.decode(Value.self, from: Data(line))
        } catch let refusal as ControlRefusal {
            throw refusal
        } catch let error as DecodingError {
            throw ControlRefusal(.malformed, "control: not understood: \(error.place)")
        } catch {
            throw ControlRefusal(.malformed, "control: not understood: it is not a line of JSON")
        }
    }
}

extension DecodingError {
    /// What is wrong with a line, in words that hold nothing of it but names of members.
    fileprivate var place: String {
        func path(_ context: Context, _ last: (any CodingKey)? = nil) -> String {
            (context.codingPath + (last.map { [$0] } ?? [])).map(\.stringValue).joined(separator: ".")
        }
        switch self {
        case .keyNotFound(let key, let context): return "\(path(context, key)) is missing"
        case .typeMismatch(_, let context) where context.codingPath.isEmpty: return "it is no object"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(path(context)) has another type"
        case .dataCorrupted(let context) where !context.codingPath.isEmpty: return "\(path(context)) is not valid"
        case .dataCorrupted: return "it is not a line of JSON"
        @unknown default: return "it is not a line of JSON"
        }
    }
}
