// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Standard Webhooks")
struct StandardWebhooksTests {
    private let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
    private let body = Array(#"{"test": 2432232314}"#.utf8)
    private let sent = Instant(seconds: 1_614_265_330)
    private let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    private func key(_ text: String = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") throws -> SigningKey {
        try SigningKey(Secret(text))
    }

    private func otherKey() throws -> SigningKey { try key("whsec_" + String(repeating: "A", count: 40)) }

    private func failure(
        id: String? = "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: String? = "1614265330", signature: String?,
        body: String = #"{"test": 2432232314}"#, after: Duration = .zero
    ) throws -> VerificationFailure? {
        let result = StandardWebhooks.verify(
            id: id, timestamp: timestamp, signature: signature, body: Array(body.utf8), keys: [try key()],
            at: sent + after)
        guard case .failure(let failure) = result else { return nil }
        return failure
    }

    @Test("the published vector is signed and verified (W1)")
    func vector() throws {
        let made = StandardWebhooks.signature(id: id, timestamp: 1_614_265_330, body: body, keys: [try key()])
        #expect(made == signature)
        #expect(try failure(signature: signature) == nil)
    }

    @Test("every key signs, newest first, and a receiver with either key verifies (W1, D15)")
    func rotation() throws {
        let made = StandardWebhooks.signature(
            id: id, timestamp: 1_614_265_330, body: body, keys: [try otherKey(), try key()])
        #expect(made.split(separator: " ").count == 2)
        #expect(made.hasSuffix(" " + signature))
        #expect(try failure(signature: made) == nil)
        #expect(try failure(signature: "v1a,AAAA " + made) == nil)
    }

    @Test("a message that was changed, or signed by another key, does not verify (W1)")
    func mismatch() throws {
        #expect(try failure(signature: signature, body: #"{"test": 2432232315}"#) == .mismatch)
        #expect(try failure(id: "msg_other", signature: signature) == .mismatch)
        #expect(try failure(timestamp: "1614265331", signature: signature) == .mismatch)
        let other = StandardWebhooks.signature(id: id, timestamp: 1_614_265_330, body: body, keys: [try otherKey()])
        #expect(try failure(signature: other) == .mismatch)
        let unsigned = StandardWebhooks.verify(
            id: id, timestamp: "1614265330", signature: signature, body: body, keys: [], at: sent)
        #expect(unsigned == .failure(.mismatch))
    }

    @Test("timestamps within 5 min of the clock are accepted, others not (W1)")
    func timestamps() throws {
        #expect(try failure(signature: signature, after: .seconds(300)) == nil)
        #expect(try failure(signature: signature, after: .seconds(-300)) == nil)
        #expect(try failure(signature: signature, after: .seconds(301)) == .tooOld(by: .seconds(301)))
        #expect(try failure(signature: signature, after: .seconds(-301)) == .tooNew(by: .seconds(301)))
        for text in ["16142653.5", "-1614265330", "1e9", " 1614265330", "9999999999999999999999"] {
            #expect(try failure(timestamp: text, signature: signature) == .unreadableTimestamp, "\(text)")
        }
    }

    @Test("a missing header is named, and other versions do not count (W1)")
    func headers() throws {
        #expect(try failure(id: nil, signature: signature) == .missingHeader("webhook-id"))
        #expect(try failure(timestamp: "", signature: signature) == .missingHeader("webhook-timestamp"))
        #expect(try failure(signature: nil) == .missingHeader("webhook-signature"))
        #expect(try failure(signature: "v1a,g0hM9SsE") == .noUsableSignature)
        #expect(try failure(signature: "v1,***") == .noUsableSignature)
    }

    @Test("every failure says what to do in one line (C9)")
    func wording() {
        #expect(VerificationFailure.missingHeader("webhook-id").description == "header webhook-id is missing")
        #expect(
            VerificationFailure.unreadableTimestamp.description
                == "header webhook-timestamp is no whole number of seconds")
        #expect(
            VerificationFailure.tooOld(by: .seconds(400)).description
                == "timestamp is 400 s old, 300 s are allowed; compare the clocks")
        #expect(
            VerificationFailure.tooNew(by: .seconds(400)).description
                == "timestamp is 400 s ahead, 300 s are allowed; compare the clocks")
        #expect(
            VerificationFailure.noUsableSignature.description
                == "header webhook-signature holds no signature of version v1")
        #expect(
            VerificationFailure.mismatch.description
                == "no signature fits a key; compare the secret files, and verify the body's raw bytes")
    }

    @Test("a key is whsec_ and the Base64 of 24 to 64 bytes (W1)")
    func keys() throws {
        let remedy = "; make one with: echo \"whsec_$(openssl rand -base64 32)\""
        func problem(_ text: String) -> String? {
            do throws(SigningKeyError) {
                _ = try SigningKey(Secret(text))
                return nil
            } catch {
                return error.description
            }
        }
        #expect(problem("whsec_" + String(repeating: "A", count: 32)) == nil)
        #expect(
            problem("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") == "signing key does not begin with \"whsec_\"" + remedy)
        #expect(problem("whsec_*") == "signing key is not base64 after \"whsec_\"" + remedy)
        #expect(
            problem("whsec_" + String(repeating: "A", count: 28))
                == "signing key has 21 bytes, 24 to 64 are needed" + remedy)
        #expect(problem("whsec_" + String(repeating: "A", count: 88)) != nil)
        #expect(String(describing: try key()) == "<secret>")
        var dumped = ""
        dump(try key(), to: &dumped)
        #expect(!dumped.contains("["))
    }
}
