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
    /// Names the request while it is under way.
    private(set) var id: UInt64 = 0
    /// Whether the handle may serve another request: not after a body or credentials in the URL, of which nothing
    /// shall linger.
    private(set) var isReusable = true
    /// Bytes of the body so far.
    private(set) var body: [UInt8] = []

    private var headers = HTTPHeaders()
    private var headerBytes = 0
    private var isHeadComplete = false
    private var limits = HTTPLimits.poll
    /// Why a callback of ours ended the transfer; libcurl only reports a write error then.
    private var abortion: HTTPFailure?
    private var isTruncated = false

    private var addressGuard: AddressGuard?
    private var host = ""
    private var port = 0
    private var refusal: String?
    private var openedSockets = 0

    private var headerList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private let gauge: ByteGauge
    private let hasProxy: Bool
    private var continuation: CheckedContinuation<HTTPOutcome, Never>?

    /// A handle with the options of all requests; nil when libcurl has no memory for it.
    init?(settings: HTTPClientSettings, roots: TLSRoots, gauge: ByteGauge) {
        guard CurlLibrary.isReady, let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.gauge = gauge
        hasProxy = settings.proxy != nil
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setConstantOptions(settings)
        roots.apply(to: handle)
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headerList)
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
    }

    /// Sets the options of one request; returns why it cannot be sent, if so. `isGuarding` is false behind a
    /// proxy, which is the only address connected to and enforces S2 itself (S4).
    func prepare(_ request: HTTPRequest, id: UInt64, isGuarding: Bool) -> HTTPFailure? {
        self.id = id
        isReusable = request.method == .get && !request.url.utf8.contains(UInt8(ascii: "@"))
        limits = request.limits
        body = []
        headers = HTTPHeaders()
        headerBytes = 0
        isHeadComplete = false
        abortion = nil
        isTruncated = false
        refusal = nil
        openedSockets = 0
        errorText.pointee = 0
        addressGuard = isGuarding ? request.addressGuard : nil
        if isGuarding, !request.addressGuard.allowed.isEmpty, let origin = HTTPOrigin(request.url) {
            host = origin.host
            port = origin.port
        }
        guard !request.url.utf8.contains(0) else { return HTTPFailure(.malformedURL, "the url holds a NUL") }
        if let failure = setHeaders(of: request) { return failure }
        set(CURLOPT_URL, request.url)
        setTarget(of: request.url)
        setMethod(of: request)
        set(CURLOPT_TIMEOUT_MS, Int(max(1, request.limits.total.milliseconds)))
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, request.limits.connect.milliseconds)))
        return nil
    }

    /// libcurl escapes bytes beyond ASCII in a path; the target is sent as it is written (P4).
    private func setTarget(of url: String) {
        guard !hasProxy, url.utf8.contains(where: { $0 >= 0x80 }), let scheme = url.firstRange(of: "://"),
            let slash = url[scheme.upperBound...].firstIndex(where: { $0 == "/" || $0 == "?" || $0 == "#" }),
            url[slash] == "/"
        else { return }
        set(CURLOPT_REQUEST_TARGET, String(url[slash...].prefix { $0 != "#" }))
        isReusable = false
    }

    private func setMethod(of request: HTTPRequest) {
        switch request.method {
        case .get:
            set(CURLOPT_HTTPGET, 1)
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

    private func setHeaders(of request: HTTPRequest) -> HTTPFailure? {
        curl_slist_free_all(headerList)
        headerList = nil
        for header in request.headers {
            guard isToken(header.name), !header.value.contains(where: { $0 == 0 || $0 == 0x0A || $0 == 0x0D })
            else {
                return HTTPFailure(
                    .other, "request header \(header.name) holds a character that no header may hold")
            }
            // An empty value is written with a semicolon, else libcurl takes it as an order to omit the field.
            append(header: Array(header.name.utf8) + (header.value.isEmpty ? [0x3B] : [0x3A, 0x20] + header.value))
        }
        if request.method != .get {
            append(header: Array("Expect:".utf8))
            if !request.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
                append(header: Array("Content-Type:".utf8))
            }
        }
        _ = kagu_easy_set_list(handle, CURLOPT_HTTPHEADER, headerList)
        return nil
    }

    private func append(header line: [UInt8]) {
        let text = (line + [0]).map(CChar.init(bitPattern:))
        // Returns nil without memory and leaves the list as it was.
        headerList = curl_slist_append(headerList, text) ?? headerList
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = kagu_easy_set_long(handle, option, value) }
    private func set(_ option: CURLoption, _ value: String) { _ = kagu_easy_set_string(handle, option, value) }

    /// Hands over who waits for the outcome.
    func begin(_ continuation: CheckedContinuation<HTTPOutcome, Never>) { self.continuation = continuation }

    /// Resumes who waits; the transfer must have left its multi handle.
    func finish(_ outcome: HTTPOutcome) {
        gauge.subtract(body.count)
        body = []
        headers = HTTPHeaders()
        let waiting = continuation
        continuation = nil
        waiting?.resume(returning: outcome)
    }

    /// What libcurl's result means.
    func outcome(_ code: CURLcode) -> HTTPOutcome {
        if let abortion { return .failure(abortion) }
        if code == CURLE_OK || (isTruncated && code == CURLE_WRITE_ERROR) { return .response(response()) }
        if let refusal, openedSockets == 0, code == CURLE_COULDNT_CONNECT {
            return .failure(HTTPFailure(.blockedAddress, refusal))
        }
        let detail = errorText.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
        return .failure(HTTPFailure(code: code, detail: detail, isHeadComplete: isHeadComplete))
    }

    private func response() -> HTTPResponse {
        HTTPResponse(
            status: kagu_easy_get_long(handle, CURLINFO_RESPONSE_CODE), headers: headers, body: body,
            isBodyTruncated: isTruncated, redirectURL: text(CURLINFO_REDIRECT_URL),
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
    /// Takes one header line, or the status line that begins a (further) answer; false aborts.
    fileprivate func receive(headerLine line: UnsafeBufferPointer<UInt8>) -> Bool {
        headerBytes += line.count
        guard headerBytes <= limits.headerBytes else {
            abortion = HTTPFailure(
                .headersTooLarge, "the response headers exceed \(ByteCount(bytes: limits.headerBytes))")
            return false
        }
        // Trailers come after the body and are of no use here.
        guard body.isEmpty else { return true }
        if line.starts(with: "HTTP/".utf8) {
            headers = HTTPHeaders()
            isHeadComplete = false
        } else if line.allSatisfy({ $0 == 0x0D || $0 == 0x0A }) {
            isHeadComplete = true
        } else if !isHeadComplete {
            headers.append(line: line)
        }
        return true
    }

    /// Takes at most 16 KiB of the decoded body (CURL_MAX_WRITE_SIZE); false aborts.
    fileprivate func receive(bodyPart part: UnsafeBufferPointer<UInt8>) -> Bool {
        let room = limits.bodyBytes - body.count
        if part.count > room {
            switch limits.overflow {
            case .truncates:
                keep(UnsafeBufferPointer(rebasing: part.prefix(room)))
                isTruncated = true
            case .fails:
                abortion = HTTPFailure(.tooLarge, "the body exceeds \(ByteCount(bytes: limits.bodyBytes))")
            }
            return false
        }
        keep(part)
        return true
    }

    private func keep(_ part: UnsafeBufferPointer<UInt8>) {
        if body.isEmpty {
            // Spares most bodies the doubling; a lie in the header costs at most 1 MiB.
            let announced = Int(kagu_easy_get_offset(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T))
            body.reserveCapacity(min(max(announced, part.count), limits.bodyBytes, 1 << 20))
        }
        body.append(contentsOf: part)
        gauge.add(part.count)
    }

    /// Opens the socket to an address that the guard lets through; CURL_SOCKET_BAD refuses (S1).
    fileprivate func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        if let addressGuard {
            // libcurl fills `addr` with `addrlen` bytes, as long as its family prescribes.
            let judged = withUnsafePointer(to: &address.pointee.addr) { IPAddress($0) }
            guard let judged else {
                refusal = refusal ?? "the host's address is of an unknown family"
                return CURL_SOCKET_BAD
            }
            if let reason = addressGuard.refusal(of: judged, host: host, port: port) {
                refusal = refusal ?? reason
                return CURL_SOCKET_BAD
            }
        }
        openedSockets += 1
        let type = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        return socket(address.pointee.family, type, address.pointee.protocol)
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

/// Whether a text may name a header field (RFC 9110 §5.6.2).
private func isToken(_ name: String) -> Bool {
    !name.isEmpty
        && name.utf8.allSatisfy { byte in
            (byte >= 0x30 && byte <= 0x39) || (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A)
                || "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
}
