// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import KaguHTTP
import KaguModel
import KaguTestSupport
import Testing

@Suite("TLS", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")))
struct TLSTests {
    @Test("an unknown root fails, one of http.ca_file passes, a name that is not in the certificate fails (P1)")
    func roots() async throws {
        let directory = try TemporaryDirectory()
        let (key, certificate) = (directory.path("key.pem"), directory.path("cert.pem"))
        try openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=kagu test", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate
        ).waitUntilExit()
        // A port that was free a moment ago.
        let origin = try LoopbackOrigin()
        let port = origin.port
        origin.stop()
        try await Task.sleep(for: .milliseconds(50))
        let server = try openssl(
            "s_server", "-accept", "127.0.0.1:\(port)", "-www", "-key", key, "-cert", certificate)
        // SIGTERM may be blocked: a child inherits the mask of the Dispatch thread that starts it.
        defer { kill(server.processIdentifier, SIGKILL) }

        let strange = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu"))
        let trusting = HTTPClient(settings: HTTPClientSettings(userAgent: "kagu", certificateFile: certificate))
        var outcome = await trusting.send(request("https://127.0.0.1:\(port)/"))
        let end = ContinuousClock.now + .seconds(10)
        while outcome.failureKind == .connect, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(20))
            outcome = await trusting.send(request("https://127.0.0.1:\(port)/"))
        }
        #expect(try outcome.answer().status == 200)
        #expect(await strange.send(request("https://127.0.0.1:\(port)/")).failureKind == .tls)
        #expect(await trusting.send(request("https://localhost:\(port)/")).failureKind == .tls)
        await strange.shutdown()
        await trusting.shutdown()
    }

    private func request(_ url: String) -> HTTPRequest { HTTPRequest(url: url, addressGuard: Fetching.loopback) }

    @discardableResult
    private func openssl(_ arguments: String...) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/openssl")
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }
}
