// SPDX-License-Identifier: Apache-2.0

import CCurl
import Glibc
import KaguModel

/// Confined to the queue of its `CurlMulti`. One `CURL*` with its header list, answer and limits; used for one
/// request after another.
///
/// Options that never change are set once; the others before each request. libcurl copies strings, and the
/// header list lives in this object, which its owner keeps until the handle has left the multi handle.
final class CurlTransfer {
    /// The `CURL*`.
    let handle: UnsafeMutableRawPointer
    /// Whether the handle may serve another request: not after a body or credentials in the URL, of which nothing
    /// shall linger.
    private(set) var isReusable = true

    private var answer = AnswerReader(limits: .poll)
    private var gate = SocketGate(nil, url: "")
    private let headers = HeaderList()
    private let errorText: UnsafeMutablePointer<CChar>
    /// The limits of time that the handle has now.
    private var times: (total: Duration, connect: Duration)?

    private let gauge: ByteGauge
    private let sockets: CurlSockets
    private let hasProxy: Bool
    private var waiting: (call: HTTPCall, continuation: CheckedContinuation<HTTPOutcome, Never>)?

    /// A handle with the options of all requests; nil when libcurl has no memory for it.
    init?(settings: HTTPClientSettings, roots: TLSRoots, gauge: ByteGauge, sockets: CurlSockets) {
        guard CurlLibrary.isReady, let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.gauge = gauge
        self.sockets = sockets
        hasProxy = settings.proxy != nil
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setConstantOptions(settings)
        roots.apply(to: handle)
    }

    deinit {
        curl_easy_cleanup(handle)
        errorText.deallocate()
    }

    private func setConstantOptions(_ settings: HTTPClientSettings) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_PATH_AS_IS, 1)
        set(CURLOPT_FOLLOWLOCATION, 0)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        set(CURLOPT_ACCEPT_ENCODING, CurlLibrary.acceptEncoding)
        set(CURLOPT_USERAGENT, settings.userAgent)
        // Without these two libcurl takes a proxy from the environment, and the guard would see only that (S4).
        set(CURLOPT_PROXY, settings.proxy?.revealed ?? "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        // Removing a transfer that still resolves would otherwise join the resolver's thread on our queue.
        set(CURLOPT_QUICK_EXIT, 1)
        set(CURLOPT_BUFFERSIZE, 64 << 10)
        _ = kagu_easy_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)

        // Unretained is right: callbacks run only inside socket_action, while the multi handle's table, or the
        // code that adds and removes the handle, holds this object.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = kagu_easy_set_write_function(handle, CURLOPT_WRITEFUNCTION, receiveBody)
        _ = kagu_easy_set_pointer(handle, CURLOPT_WRITEDATA, context)
        _ = kagu_easy_set_write_function(handle, CURLOPT_HEADERFUNCTION, receiveHeader)
        _ = kagu_easy_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = kagu_easy_set_opensocket_function(handle, openSocket)
        _ = kagu_easy_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        _ = kagu_easy_set_pointer(handle, CURLOPT_PRIVATE, context)
        // A connection outlives the transfer that opened it, but not the sockets of the multi handle.
        _ = kagu_easy_set_closesocket_function(handle, closeSocket)
        _ = kagu_easy_set_pointer(
            handle, CURLOPT_CLOSESOCKETDATA, Unmanaged.passUnretained(sockets).toOpaque())
    }

    /// Sets the options of one request; returns why it cannot be sent, if so. `isGuarding` is false behind a
    /// proxy, which is the only address connected to and enforces S2 itself (S4).
    func prepare(_ request: HTTPRequest, isGuarding: Bool) -> HTTPFailure? {
        let traits = URLTraits(request.url)
        isReusable = request.method == .get && !traits.hasAtSign
        answer = AnswerReader(limits: request.limits)
        gate = SocketGate(isGuarding ? request.addressGuard : nil, url: request.url)
        errorText.pointee = 0
        guard !traits.hasNUL else { return HTTPFailure(.malformedURL, "the url holds a NUL") }
        if let failure = headers.fill(request) { return failure }
        _ = kagu_easy_set_list(handle, CURLOPT_HTTPHEADER, headers.start)
        set(CURLOPT_URL, request.url)
        if traits.isBeyondASCII, !hasProxy { setTarget(of: request.url) }
        setBody(of: request)
        setTimes(request.limits)
        return nil
    }

    private func setTimes(_ limits: HTTPLimits) {
        if let times, times == (limits.total, limits.connect) { return }
        times = (limits.total, limits.connect)
        set(CURLOPT_TIMEOUT_MS, Int(max(1, limits.total.milliseconds)))
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, limits.connect.milliseconds)))
    }

    /// libcurl escapes bytes beyond ASCII in a path; the target is sent as it is written (P4).
    private func setTarget(of url: String) {
        guard let scheme = url.firstRange(of: "://"),
            let slash = url[scheme.upperBound...].firstIndex(where: { $0 == "/" || $0 == "?" || $0 == "#" }),
            url[slash] == "/"
        else { return }
        set(CURLOPT_REQUEST_TARGET, String(url[slash...].prefix { $0 != "#" }))
        isReusable = false
    }

    /// A handle begins with GET and sends nothing after another method (`isReusable`).
    private func setBody(of request: HTTPRequest) {
        switch request.method {
        case .get: break
        case .post, .put, .patch:
            let body = request.body ?? []
            set(CURLOPT_POST, 1)
            _ = kagu_easy_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            // Copied by libcurl, so the array may go.
            body.withUnsafeBytes { bytes in
                _ = kagu_easy_set_pointer(
                    handle, CURLOPT_COPYPOSTFIELDS,
                    UnsafeMutableRawPointer(mutating: bytes.baseAddress ?? UnsafeRawPointer(errorText)))
            }
            if request.method != .post { set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) }
        }
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = kagu_easy_set_long(handle, option, value) }
    private func set(_ option: CURLoption, _ value: String) { _ = kagu_easy_set_string(handle, option, value) }

    /// Takes up a call, and who waits for its outcome.
    func begin(_ call: HTTPCall, _ continuation: CheckedContinuation<HTTPOutcome, Never>) {
        waiting = (call, continuation)
    }

    /// The call under way.
    var call: HTTPCall? { waiting?.call }

    /// Resumes who waits; the transfer must have left its multi handle.
    func finish(_ outcome: HTTPOutcome) {
        gauge.subtract(answer.body.count)
        answer = AnswerReader(limits: .poll)
        guard let waiting else { return }
        self.waiting = nil
        waiting.continuation.resume(returning: outcome)
    }

    /// What libcurl's result means.
    func outcome(_ code: CURLcode) -> HTTPOutcome {
        if let abortion = answer.abortion { return .failure(abortion) }
        if code == CURLE_OK || (answer.isTruncated && code == CURLE_WRITE_ERROR) { return .response(response()) }
        if let refusal = gate.refusal, gate.openedCount == 0, code == CURLE_COULDNT_CONNECT {
            return .failure(HTTPFailure(.blockedAddress, refusal))
        }
        if let shortage = gate.shortage, gate.openedCount == 0, code == CURLE_COULDNT_CONNECT {
            return .failure(HTTPFailure(.other, shortage))
        }
        return .failure(HTTPFailure(code: code, detail: detail(of: code), progress: progress(code)))
    }

    /// libcurl's wording, in which the system's reason takes the place of "couldn't connect" (7.88).
    private func detail(of code: CURLcode) -> String {
        let general = String(cString: curl_easy_strerror(code))
        let text = errorText.pointee == 0 ? general : String(cString: errorText)
        let number = kagu_easy_get_long(handle, CURLINFO_OS_ERRNO)
        guard code == CURLE_COULDNT_CONNECT, number != 0, text.hasSuffix(general) else { return text }
        return text.dropLast(general.count)
            + String(cString: strerror(Int32(truncatingIfNeeded: number))).lowercased()
    }

    /// How far the transfer came. libcurl notes the time of each step as it is done.
    private func progress(_ code: CURLcode) -> HTTPFailure.Progress {
        if answer.isHeadComplete { return .head }
        // The note of a first byte is also taken at the end of a connection that brought none.
        if answer.headerBytes > 0 || (code != CURLE_GOT_NOTHING && isNoted(CURLINFO_STARTTRANSFER_TIME_T)) {
            return .answering
        }
        // A reused connection has no time of connecting.
        return isNoted(CURLINFO_CONNECT_TIME_T) || isNoted(CURLINFO_PRETRANSFER_TIME_T) ? .connected : .unconnected
    }

    private func isNoted(_ step: CURLINFO) -> Bool { kagu_easy_get_offset(handle, step) > 0 }

    private func response() -> HTTPResponse {
        HTTPResponse(
            status: kagu_easy_get_long(handle, CURLINFO_RESPONSE_CODE), headers: answer.headers, body: answer.body,
            isBodyTruncated: answer.isTruncated, redirectURL: text(CURLINFO_REDIRECT_URL),
            remoteAddress: text(CURLINFO_PRIMARY_IP) ?? "",
            wireBytes: Int(kagu_easy_get_offset(handle, CURLINFO_SIZE_DOWNLOAD_T))
                + kagu_easy_get_long(handle, CURLINFO_HEADER_SIZE),
            duration: .microseconds(Int64(kagu_easy_get_offset(handle, CURLINFO_TOTAL_TIME_T))))
    }

    private func text(_ info: CURLINFO) -> String? {
        kagu_easy_get_string(handle, info).map { String(cString: $0) }
    }
}

// What libcurl calls during a transfer.
extension CurlTransfer {
    fileprivate func receive(headerLine line: UnsafeBufferPointer<UInt8>) -> Bool { answer.take(headerLine: line) }

    fileprivate func receive(bodyPart part: UnsafeBufferPointer<UInt8>) -> Bool {
        let before = answer.body.count
        defer { gauge.add(answer.body.count - before) }
        return answer.take(bodyPart: part) {
            Int(kagu_easy_get_offset(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T))
        }
    }

    fileprivate func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        let socket = gate.open(address)
        if socket != CURL_SOCKET_BAD { sockets.opened(socket) }
        return socket
    }
}

/// The transfer that a callback belongs to.
private func transfer(_ context: UnsafeMutableRawPointer?) -> CurlTransfer? {
    // The context was set to the transfer itself, which lives as long as its handle.
    context.map { Unmanaged<CurlTransfer>.fromOpaque($0).takeUnretainedValue() }
}

/// The bytes that libcurl lends for the call.
private func lent(_ data: UnsafeMutablePointer<CChar>?, _ count: Int) -> UnsafeBufferPointer<UInt8> {
    // CChar and UInt8 have the same layout; `count` bytes are readable until the callback returns.
    UnsafeBufferPointer(start: data.map { UnsafeRawPointer($0).assumingMemoryBound(to: UInt8.self) }, count: count)
}

private let receiveHeader: curl_write_callback = { data, size, count, context in
    guard let transfer = transfer(context), transfer.receive(headerLine: lent(data, size * count)) else { return 0 }
    return size * count
}

private let receiveBody: curl_write_callback = { data, size, count, context in
    guard let transfer = transfer(context), transfer.receive(bodyPart: lent(data, size * count)) else { return 0 }
    return size * count
}

private let openSocket: curl_opensocket_callback = { context, _, address in
    guard let transfer = transfer(context), let address else { return CURL_SOCKET_BAD }
    return transfer.open(address)
}

private let closeSocket: curl_closesocket_callback = { context, socket in
    // The context was set to the sockets of the multi handle, which outlive its connections.
    context.map { Unmanaged<CurlSockets>.fromOpaque($0).takeUnretainedValue().closed(socket) }
    return close(socket)
}

/// What the spelling of a URL asks of a transfer.
private struct URLTraits {
    var hasNUL = false
    var hasAtSign = false
    var isBeyondASCII = false

    init(_ url: String) {
        var url = url
        url.withUTF8 { bytes in
            for byte in bytes {
                if byte == 0 { hasNUL = true }
                if byte == UInt8(ascii: "@") { hasAtSign = true }
                if byte >= 0x80 { isBeyondASCII = true }
            }
        }
    }
}
