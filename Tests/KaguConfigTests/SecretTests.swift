// SPDX-License-Identifier: Apache-2.0

import KaguConfig
import KaguModel
import Testing

@Suite("Secrets")
struct SecretTests {
    private static let key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    private static let older = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

    private let scratch = ScratchDirectory()

    private func webhook(
        _ keys: String, environment: [String: String] = [:], secrets: ConfigLoader.SecretPolicy = .required
    ) -> Result<Config, ConfigFailure> {
        let path = scratch.write(
            "kagu.yaml",
            """
            feeds: []
            watches: []
            alerts:
              receivers:
                - {name: desk, type: webhook, url: "https://hooks.example.org/a", \(keys)}
            """)
        return Result { () throws(ConfigFailure) in
            try ConfigLoader(environment: environment, secrets: secrets)
                .load(path: path, stateDirectory: nil, feedPatterns: [])
        }
    }

    @Test("A secret file holds up to ten keys, newest first, relative to the configuration (D15)")
    func rotation() throws {
        scratch.write("desk.secret", "\(Self.key)\n\n\(Self.older)\n")
        let receiver = try #require(try webhook("secret_file: desk.secret").get().alerts.receivers.first)
        #expect(receiver.signingKeys.map(\.revealed) == [Self.key, Self.older])
        scratch.write("desk.secret", String(repeating: Self.key + "\n", count: 11))
        #expect(
            webhook("secret_file: desk.secret").messages == [
                "alerts.receivers[0].secret_file: \"desk.secret\" holds more than 10 keys; remove the oldest"
            ])
    }

    @Test("A changed secret file is seen by the next load (D15)")
    func reload() throws {
        scratch.write("desk.secret", Self.older)
        _ = try webhook("secret_file: desk.secret").get()
        scratch.write("desk.secret", Self.key)
        let config = try webhook("secret_file: desk.secret").get()
        #expect(config.alerts.receivers.first?.signingKeys.map(\.revealed) == [Self.key])
    }

    @Test("An empty or world-readable secret file fails the load (D15)")
    func refusedFiles() {
        scratch.write("empty.secret", "\n")
        #expect(
            webhook("secret_file: empty.secret").messages.map { $0.replacing(scratch.path, with: "") } == [
                "alerts.receivers[0].secret_file: \"empty.secret\" is empty; write the secret on its first line"
            ])
        scratch.write("open.secret", Self.key, mode: 0o644)
        #expect(
            webhook("secret_file: open.secret").messages.map { $0.replacing(scratch.path, with: "") } == [
                "alerts.receivers[0].secret_file: \"open.secret\" is readable by everybody; run chmod o-rwx on it"
            ])
    }

    @Test(
        "A signing key is whsec_ and the base64 of 24 to 64 bytes (W1)",
        arguments: ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8=", "whsec_!!!!"])
    func badKeys(_ key: String) {
        scratch.write("desk.secret", "\(Self.key)\n\(key)\n")
        #expect(
            webhook("secret_file: desk.secret").messages == [
                "alerts.receivers[0].secret_file: line 2 of the secret is no signing key; write \"whsec_\" and the "
                    + "base64 of 24 to 64 bytes"
            ])
    }

    @Test("A credential is the file secret_NAME of CREDENTIALS_DIRECTORY, else NAME (O8)")
    func credentials() throws {
        scratch.write("credentials/secret_desk", Self.key)
        scratch.write("credentials/plain", Self.older)
        let environment = ["CREDENTIALS_DIRECTORY": scratch.path + "credentials"]
        for (name, key) in [("desk", Self.key), ("plain", Self.older)] {
            let config = try webhook("credential: {secret: \(name)}", environment: environment).get()
            #expect(config.alerts.receivers.first?.signingKeys.map(\.revealed) == [key])
        }
        #expect(
            webhook("credential: {secret: other}", environment: environment).messages.map {
                $0.replacing(scratch.path, with: "")
            } == [
                "alerts.receivers[0].credential.secret: credential \"other\" is not in credentials; add the file "
                    + "to /etc/kagu/secrets and restart kagu"
            ])
        #expect(webhook("credential: {secret: ../kagu.yaml}", environment: environment).messages.count == 1)
        #expect(Credentials(environment: environment).secret(named: "desk")?.revealed == Self.key)
    }

    @Test("A header of a receiver may be a credential (O8)")
    func headers() throws {
        scratch.write("credentials/secret_team", "Bearer word\n")
        let environment = ["CREDENTIALS_DIRECTORY": scratch.path + "credentials"]
        let config = try webhook("headers: {Authorization: \"secret:team\"}", environment: environment).get()
        #expect(
            config.alerts.receivers.first?.headers
                == [HeaderField(name: "Authorization", value: .text(Secret("Bearer word")))])
        #expect(
            webhook("headers: {Authorization: \"secret:none\"}", environment: environment).messages.last?
                .hasPrefix("alerts.receivers[0].headers: credential \"none\" is not in ") == true)
    }

    @Test("Commands that send nothing are told of unreadable secrets, and go on")
    func reported() throws {
        let config = try webhook("secret_file: none.secret", secrets: .reported).get()
        #expect(config.alerts.receivers.first?.signingKeys.isEmpty == true)
        #expect(
            config.warnings.map { $0.message.replacing(scratch.path, with: "") } == [
                "alerts.receivers[0].secret_file: cannot read \"none.secret\": no such file; check the path "
                    + "and its permissions"
            ])
    }

    @Test("Neither messages nor excerpts show what may be a credential (S5)")
    func concealed() {
        let broken =
            "alerts:\n  receivers:\n    - {name: a, type: slak, url: \"https://h.example.org/T0KEN\", x: 1}\n"
        let inline = "alerts:\n  receivers:\n    - name: a\n      type: webhook\n      url: \"https/T0KEN\"\n"
        let unclosed = "alerts:\n  receivers:\n    - name: a\n      url: \"https://h.example.org/T0KEN\n"
        let proxy = "http: {proxy: \"T0KEN@proxy\"}\n"
        for text in [broken, inline, unclosed, proxy] {
            guard case .failure(let failure) = load(text) else {
                Issue.record("loaded: \(text)")
                continue
            }
            #expect(!failure.description.contains("T0KEN"))
        }
    }
}
