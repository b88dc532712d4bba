// SPDX-License-Identifier: Apache-2.0

import CCurl
import KaguModel

/// Confined to the thread that runs it. One `CURL*` that sends one mail, blocking, and is closed with this object.
final class MailTransfer {
    private let handle: UnsafeMutableRawPointer
    private let mail: MailRequest
    private let isAborted: AbortMark
    private var recipients: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var gate: SocketGate
    private var transcript = MailTranscript()
    private var sent = 0
    private var isClosed = false
    private let start = ContinuousClock.now
    private var isUnreachable = false

    /// A handle with all its options; nil when libcurl has no memory for it.
    init?(_ mail: MailRequest, settings: HTTPClientSettings, isAborted: AbortMark) {
        guard CurlLibrary.isReady, let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.mail = mail
        self.isAborted = isAborted
        // Behind a proxy that is the only address connected to, and enforces S2 itself (S4).
        let isGuarding = settings.guardsAddresses && settings.proxy == nil
        gate = SocketGate(isGuarding ? mail.addressGuard : nil, url: mail.url)
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setOptions(settings)
        setCallbacks()
    }

    deinit { close() }

    /// Says QUIT and closes the connection; waits for the server's answer, whose reply still comes in here.
    func close() {
        guard !isClosed else { return }
        isClosed = true
        curl_easy_cleanup(handle)
        curl_slist_free_all(recipients)
        errorText.deallocate()
    }

    /// Sends the mail and waits for its end.
    func run() -> MailOutcome {
        let texts = [mail.url, mail.sender, mail.username ?? ""] + mail.recipients
        guard !mail.recipients.isEmpty, !texts.contains(where: { $0.utf8.contains { $0 < 0x20 } }) else {
            return .failure(HTTPFailure(.malformedURL, "an address of the mail holds a control character"))
        }
        return outcome(curl_easy_perform(handle))
    }

    private func setOptions(_ settings: HTTPClientSettings) {
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        set(CURLOPT_URL, mail.url)
        set(CURLOPT_PROXY, settings.proxy?.revealed ?? "")
        set(CURLOPT_NOPROXY, "")
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_USE_SSL, Int(mail.requiresTLS ? CURLUSESSL_ALL.rawValue : CURLUSESSL_NONE.rawValue))
        set(CURLOPT_TIMEOUT_MS, Int(max(1, mail.total.milliseconds)))
        // To libcurl connecting ends with the login, and servers let strangers wait for their greeting: the limit of
        // D13 for connecting is watched in `isStopped`.
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(max(1, mail.total.milliseconds)))
        // QUIT waits for its answer no longer than this.
        set(CURLOPT_SERVER_RESPONSE_TIMEOUT, Int(max(1, mail.total.components.seconds)))
        if let username = mail.username {
            set(CURLOPT_USERNAME, username)
            set(CURLOPT_PASSWORD, mail.password?.revealed ?? "")
        }
        set(CURLOPT_MAIL_FROM, "<\(mail.sender)>")
        for recipient in mail.recipients {
            recipients = curl_slist_append(recipients, "<\(recipient)>") ?? recipients
        }
        _ = kagu_easy_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
        _ = kagu_easy_allow_refused_recipients(handle)
        set(CURLOPT_UPLOAD, 1)
        _ = kagu_easy_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(mail.message.count))
        TLSRoots(certificateFile: settings.certificateFile).apply(to: handle)
    }

    private func setCallbacks() {
        _ = kagu_easy_set_pointer(handle, CURLOPT_ERRORBUFFER, errorText)
        // Unretained is right: callbacks run inside `run` and `close` alone, whose caller holds this object.
        let context = Unmanaged.passUnretained(self).toOpaque()
        _ = kagu_easy_set_read_function(handle, readMail)
        _ = kagu_easy_set_pointer(handle, CURLOPT_READDATA, context)
        _ = kagu_easy_set_write_function(handle, CURLOPT_HEADERFUNCTION, receiveReply)
        _ = kagu_easy_set_pointer(handle, CURLOPT_HEADERDATA, context)
        _ = kagu_easy_set_write_function(handle, CURLOPT_WRITEFUNCTION, dropBody)
        _ = kagu_easy_set_opensocket_function(handle, openMailSocket)
        _ = kagu_easy_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        _ = kagu_easy_set_progress_function(handle, reportProgress)
        _ = kagu_easy_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        set(CURLOPT_NOPROGRESS, 0)
    }

    private func set(_ option: CURLoption, _ value: Int) { _ = kagu_easy_set_long(handle, option, value) }
    private func set(_ option: CURLoption, _ value: String) { _ = kagu_easy_set_string(handle, option, value) }

    // MARK: Outcome

    private func outcome(_ code: CURLcode) -> MailOutcome {
        if isAborted.isSet { return .failure(HTTPFailure(.cancelled, "the request was cancelled")) }
        if isUnreachable {
            return .failure(HTTPFailure(.timeout, "no connection in \(mail.connect)", isUnreachable: true))
        }
        if code == CURLE_OK {
            return reply(transcript.last, refused: transcript.refusals(among: mail.recipients.count))
        }
        if transcript.isTooLong {
            return .failure(HTTPFailure(.headersTooLarge, "the server's replies exceed 64 KiB"))
        }
        if let refusal = gate.refusal, gate.openedCount == 0, code == CURLE_COULDNT_CONNECT {
            return .failure(HTTPFailure(.blockedAddress, refusal))
        }
        if let last = transcript.last, last.code >= 400 { return reply(last, refused: 0) }
        if code == CURLE_USE_SSL_FAILED { return .encryptionRefused }
        // The server offers no way to log in that we know, which is for somebody to mend.
        if code == CURLE_LOGIN_DENIED {
            return .reply(code: 535, text: "no way to log in that we know", refused: 0)
        }
        let detail = errorText.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: errorText)
        let isConnected = kagu_easy_get_offset(handle, CURLINFO_CONNECT_TIME_T) > 0
        return .failure(HTTPFailure(code: code, detail: detail, progress: isConnected ? .connected : .unconnected))
    }

    private func reply(_ last: MailTranscript.Reply?, refused: Int) -> MailOutcome {
        .reply(code: last?.code ?? 250, text: last?.text ?? "", refused: refused)
    }
}

// What libcurl calls during the transfer.
extension MailTransfer {
    fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = mail.message[sent...].prefix(buffer.count)
        buffer.copyBytes(from: part)
        sent += part.count
        return part.count
    }

    fileprivate func receive(_ line: UnsafeRawBufferPointer) -> Bool { transcript.take(line) }

    fileprivate func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t { gate.open(address) }

    /// Whether nobody waits any more, or no connection came about in time.
    fileprivate var isStopped: Bool {
        if isAborted.isSet { return true }
        guard kagu_easy_get_offset(handle, CURLINFO_CONNECT_TIME_T) == 0 else { return false }
        isUnreachable = ContinuousClock.now - start >= mail.connect
        return isUnreachable
    }
}

/// The transfer that a callback belongs to.
private func transfer(_ context: UnsafeMutableRawPointer?) -> MailTransfer? {
    // Every context is set to the transfer that owns the handle.
    context.map { Unmanaged<MailTransfer>.fromOpaque($0).takeUnretainedValue() }
}

private let readMail: curl_read_callback = { buffer, size, count, context in
    // libcurl lends a buffer of size × count bytes.
    transfer(context)?.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count)) ?? 0
}

private let receiveReply: curl_write_callback = { data, size, count, context in
    let line = UnsafeRawBufferPointer(start: data, count: size * count)
    return transfer(context)?.receive(line) ?? false ? size * count : 0
}

private let dropBody: curl_write_callback = { _, size, count, _ in size * count }

private let openMailSocket: curl_opensocket_callback = { context, _, address in
    guard let transfer = transfer(context), let address else { return CURL_SOCKET_BAD }
    return transfer.open(address)
}

private let reportProgress: curl_xferinfo_callback = { context, _, _, _, _ in
    transfer(context)?.isStopped ?? false ? 1 : 0
}
