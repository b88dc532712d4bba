// SPDX-License-Identifier: Apache-2.0

import KaguHTTP
import KaguTestSupport
import Testing

/// An origin and a client that may reach it.
struct Fetching {
    let origin: LoopbackOrigin
    let client: HTTPClient

    /// Opens the very address of the origin, as `http.allow_private: [127.0.0.1/32]` does.
    static let loopback = AddressGuard(allowing: [.block(address: [127, 0, 0, 1], prefixLength: 32)])

    init(userAgent: String = "kagu/test (+https://example.org)") throws {
        origin = try LoopbackOrigin()
        client = HTTPClient(settings: HTTPClientSettings(userAgent: userAgent))
    }

    /// GETs a path of the origin.
    func get(
        _ path: String, headers: [HTTPHeader] = [], limits: HTTPLimits = .poll
    ) async -> HTTPOutcome {
        await client.send(
            HTTPRequest(url: origin.url(path), headers: headers, limits: limits, addressGuard: Self.loopback))
    }

    /// Lets go of all sockets.
    func end() async {
        await client.shutdown()
        origin.stop()
    }
}

extension HTTPOutcome {
    /// The answer; a failure fails the test.
    func answer(_ location: Testing.SourceLocation = #_sourceLocation) throws -> HTTPResponse {
        switch self {
        case .response(let response): return response
        case .failure(let failure):
            Issue.record("\(failure.kind): \(failure.message)", sourceLocation: location)
            throw failure
        }
    }

    /// The failure's kind; nil for an answer.
    var failureKind: HTTPFailure.Kind? {
        guard case .failure(let failure) = self else { return nil }
        return failure.kind
    }
}

extension HTTPLimits {
    /// The limits of a poll with some changed.
    static func poll(
        body: Int = 32 << 20, overflow: Overflow = .fails, headers: Int = 64 << 10, total: Duration = .seconds(20)
    ) -> HTTPLimits {
        HTTPLimits(
            bodyBytes: body, overflow: overflow, headerBytes: headers, total: total, connect: .seconds(5))
    }
}
