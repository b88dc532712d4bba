// SPDX-License-Identifier: Apache-2.0

import CCurl

extension HTTPFailure {
    /// How far a transfer came before it failed.
    enum Progress {
        /// Name lookup or connection is not done.
        case unconnected
        /// The connection stands; nothing came over it.
        case connected
        /// Some of the headers came.
        case answering
        /// All headers came.
        case head
    }

    /// The failure that a result code of libcurl stands for. `detail` is its own wording; `progress` tells a body
    /// cut short from an answer that never came, and a peer that is slow from one that is not there.
    init(code: CURLcode, detail: String, progress: Progress) {
        let isHeadComplete = progress == .head
        let kind: Kind =
            switch code {
            case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .dns
            case CURLE_COULDNT_CONNECT: .connect
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_PARTIAL_FILE: .shortBody
            case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_HTTP2, CURLE_HTTP2_STREAM:
                isHeadComplete ? .shortBody : .noAnswer
            // Debian 12's libcurl reports a header line above its own 100 KB so.
            case CURLE_OUT_OF_MEMORY: isHeadComplete ? .other : .headersTooLarge
            case CURLE_BAD_CONTENT_ENCODING: .undecodable
            // After a connection it stands for an answer that is no HTTP/1.
            case CURLE_UNSUPPORTED_PROTOCOL: progress == .unconnected ? .protocolNotAllowed : .other
            case CURLE_URL_MALFORMAT: .malformedURL
            case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
                CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS:
                .tls
            default: .other
            }
        self.init(
            kind, Self.lowered(detail),
            isUnreachable: kind == .dns || kind == .connect || (kind == .timeout && progress == .unconnected),
            hasAnswered: progress == .answering || progress == .head)
    }

    /// The text with its first letter lowered, unless it begins with an abbreviation, and without a full stop.
    private static func lowered(_ text: String) -> String {
        var text = text
        if text.hasSuffix(".") { text.removeLast() }
        let second = text.dropFirst().first
        guard let first = text.first, second?.isUppercase != true else { return text }
        return first.lowercased() + text.dropFirst()
    }
}
