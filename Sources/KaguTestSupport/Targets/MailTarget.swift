// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import KaguLoopback
import Synchronization

/// A mail server on 127.0.0.1 without encryption: takes one connection after another, and messages that keep to
/// RFC 5321 and RFC 5322 to the letter.
public final class MailTarget: Sendable {
    /// A message that was taken.
    public struct Mail: Sendable {
        /// The envelope's sender.
        public var sender: String
        /// The envelope's recipients that were accepted.
        public var recipients: [String]
        /// Header fields, unfolded, in order.
        public var headers: [(name: String, value: String)]
        /// The decoded text.
        public var text: String

        /// The first value of a header field.
        public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    }

    /// How the server behaves.
    public struct Manners: Sendable {
        /// Replies instead of its own, by how the command begins: `RCPT TO:<bad@`, `DATA`, `.`, `EHLO`, `greeting`.
        public var replies: [String: String] = [:]
        /// User and password of an account that is required; nil: none.
        public var account: (user: String, password: String)?
        /// Whether it falls silent after the greeting.
        public var isMute = false

        /// A server that takes everything.
        public init() {}
    }

    /// The port.
    public let port: Int
    private let descriptor: Int32
    private let manners: Manners
    private let state = Mutex((mails: [Mail](), connections: 0, commands: [String]()))

    /// Listens on an ephemeral port.
    public init(_ manners: Manners = Manners()) throws {
        self.manners = manners
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let isListening = withUnsafeMutablePointer(to: &address) { address in
            // A sockaddr_in is a sockaddr to the socket calls.
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 64) == 0
                    && getsockname(descriptor, address, &length) == 0
            }
        }
        guard isListening else { throw LoopbackError(number: errno) }
        port = Int(UInt16(bigEndian: address.sin_port))
        DispatchQueue(label: "kagu.test.mail.\(port)").async { [weak self] in
            while true {
                let connection = accept(descriptor, nil, nil)
                guard connection >= 0, let self else { break }
                self.state.withLock { $0.connections += 1 }
                MailConversation(connection, self.manners) { command in
                    self.state.withLock { $0.commands.append(command) }
                } taken: { mail in
                    self.state.withLock { $0.mails.append(mail) }
                }.run()
                close(connection)
            }
            close(descriptor)
        }
    }

    deinit { stop() }

    /// Takes no further connection.
    public func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

    /// `smtp://127.0.0.1:port`.
    public var url: String { "smtp://127.0.0.1:\(port)" }
    /// The messages so far.
    public var mails: [Mail] { state.withLock { $0.mails } }
    /// The connections so far.
    public var connectionCount: Int { state.withLock { $0.connections } }
    /// The commands so far, in order.
    public var commands: [String] { state.withLock { $0.commands } }
}

/// Confined to the thread that runs it. One connection of a `MailTarget`.
private final class MailConversation {
    private let descriptor: Int32
    private let manners: MailTarget.Manners
    private let said: (String) -> Void
    private let taken: (MailTarget.Mail) -> Void
    private var input: [UInt8] = []
    private var isLoggedIn = false

    init(
        _ descriptor: Int32, _ manners: MailTarget.Manners, said: @escaping (String) -> Void,
        taken: @escaping (MailTarget.Mail) -> Void
    ) {
        self.descriptor = descriptor
        self.manners = manners
        self.said = said
        self.taken = taken
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    func run() {
        reply("greeting", "220 mail.example.org ESMTP")
        var sender: String?
        var recipients: [String] = []
        while let line = readLine() {
            if manners.isMute { continue }
            said(line)
            let command = line.uppercased()
            if command.hasPrefix("EHLO") {
                let login = manners.account == nil ? "" : "250-AUTH PLAIN\r\n"
                reply(line, "250-mail.example.org\r\n\(login)250 8BITMIME")
            } else if command.hasPrefix("AUTH PLAIN") {
                authenticate(line)
            } else if command.hasPrefix("MAIL FROM:<") {
                if manners.account != nil, !isLoggedIn {
                    send("530 5.7.0 authentication required")
                } else if reply(line, "250 2.1.0 ok") {
                    sender = address(line)
                }
            } else if command.hasPrefix("RCPT TO:<"), sender != nil {
                if reply(line, "250 2.1.5 ok") { recipients.append(address(line)) }
            } else if command == "DATA", let from = sender, !recipients.isEmpty {
                guard reply(line, "354 go ahead") else { continue }
                guard let content = readMessage() else { return }
                finish(content, from, recipients)
                (sender, recipients) = (nil, [])
            } else if command == "QUIT" {
                return send("221 bye")
            } else {
                send("503 5.5.1 bad sequence of commands")
            }
        }
    }

    private func authenticate(_ line: String) {
        var token = line.split(separator: " ").dropFirst(2).first.map(String.init)
        if token == nil {
            send("334 ")
            token = readLine()
        }
        let expected = manners.account.map { "\0\($0.user)\0\($0.password)" } ?? ""
        isLoggedIn = token.flatMap(MailText.decode) == expected
        send(isLoggedIn ? "235 2.7.0 ok" : "535 5.7.8 authentication credentials invalid")
    }

    private func finish(_ content: [UInt8], _ sender: String, _ recipients: [String]) {
        do throws(Refusal) {
            let (headers, text) = try MailText.parse(content)
            // Who gets the reply may look at once.
            if manners.replies["."] == nil {
                taken(.init(sender: sender, recipients: recipients, headers: headers, text: text))
            }
            reply(".", "250 2.0.0 queued")
        } catch {
            send("554 5.6.0 \(error.words)")
        }
    }

    /// Sends the reply that the manners have for a command, or `own`; whether it is a good one.
    @discardableResult
    private func reply(_ command: String, _ own: String) -> Bool {
        let text = manners.replies.first { command.hasPrefix($0.key) }?.value ?? own
        send(text)
        return text.hasPrefix("2") || text.hasPrefix("3")
    }

    private func send(_ text: String) {
        let bytes = Array((text + "\r\n").utf8)
        _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private func address(_ line: String) -> String {
        String(line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
    }

    private func readLine() -> String? {
        while true {
            if let end = input.firstIndex(of: 0x0A) {
                let line = input[..<end].filter { $0 != 0x0D }
                input.removeFirst(end + 1)
                return String(decoding: line, as: UTF8.self)
            }
            guard receive() else { return nil }
        }
    }

    /// The message up to the dot, dots unstuffed.
    private func readMessage() -> [UInt8]? {
        let mark = Array("\r\n.\r\n".utf8)
        while true {
            if let end = input.firstRange(of: mark) {
                let message = Array(input[..<end.lowerBound]) + [0x0D, 0x0A]
                input.removeFirst(end.upperBound)
                return message
            }
            guard receive() else { return nil }
        }
    }

    private func receive() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        guard count > 0 else { return false }
        input += buffer[..<count]
        return true
    }
}
