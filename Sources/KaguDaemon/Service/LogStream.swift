// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguDispatch
import KaguModel
public import Logging

/// Where log records go: the journal's native protocol when stderr is the journal, `<N>` prefixes under another
/// service manager, time stamps on a terminal and in files (O12).
///
/// Metadata keys become journal fields: `feed` is `KAGU_FEED`. In lines they follow the message.
public struct LogStream: LogHandler {
    private enum Destination: Sendable {
        case journal
        case prefixed
        case plain
    }

    private let destination: Destination
    /// Fields that every record carries.
    public var metadata: Logger.Metadata = [:]
    /// Records below this level are dropped.
    public var logLevel: Logger.Level

    /// A handler that looks at `environment` and stderr once.
    public init(environment: [String: String], level: Logger.Level) {
        logLevel = level
        if let stream = environment["JOURNAL_STREAM"] {
            destination = Self.isStandardError(stream) ? .journal : .prefixed
        } else {
            destination = environment["NOTIFY_SOCKET"] == nil ? .plain : .prefixed
        }
    }

    /// One field of `metadata`.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one record; a record that cannot be written is lost, since there is nowhere to say so.
    public func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        let message = Self.escaped("\(event.message)")
        switch destination {
        case .journal:
            if JournalSocket.send(message: message, priority: event.level.priority, fields: fields) { return }
            writeLine("<\(event.level.priority)>\(message)\(Self.suffix(fields))")
        case .prefixed:
            writeLine("<\(event.level.priority)>\(message)\(Self.suffix(fields))")
        case .plain:
            writeLine("\(Self.now()) \(event.level.label) \(message)\(Self.suffix(fields))")
        }
    }

    private func writeLine(_ text: String) {
        let bytes = Array((text + "\n").utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private static func suffix(_ fields: [(key: String, value: Logger.MetadataValue)]) -> String {
        fields.isEmpty
            ? "" : " (" + fields.map { "\($0.key)=\(escaped("\($0.value)"))" }.joined(separator: " ") + ")"
    }

    /// Text from feeds and peers ends up in messages: controls are escaped, so that a record stays a line (O13).
    private static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }) else {
            return text
        }
        var out = ""
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
                out += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    private static func now() -> String { TimeSource.system.wall().description }

    /// `$JOURNAL_STREAM` is `device:inode` of the stream that systemd connected; it may be inherited by a
    /// process whose stderr has been redirected since (systemd.exec(5)).
    private static func isStandardError(_ stream: String) -> Bool {
        var status = stat()
        return fstat(STDERR_FILENO, &status) == 0 && stream == "\(status.st_dev):\(status.st_ino)"
    }
}

/// The journal's native protocol: one datagram of `FIELD=value` lines (systemd's JOURNAL_NATIVE_PROTOCOL).
private enum JournalSocket {
    /// Datagrams stay below this; larger ones would need a memory file.
    static let maximumBytes = 32 * 1024

    static func send(message: String, priority: Int, fields: [(key: String, value: Logger.MetadataValue)]) -> Bool {
        var lines = ["PRIORITY=\(priority)", "SYSLOG_IDENTIFIER=kagud"]
        // Values hold no newline (controls are escaped), so the simple form of a field suffices.
        lines += fields.map {
            "KAGU_\($0.key.uppercased())=\("\($0.value)".replacing("\n", with: " ").prefix(1024))"
        }
        lines.append("MESSAGE=\(message)")
        let bytes = Array(lines.joined(separator: "\n").utf8.prefix(maximumBytes - 1)) + [UInt8(ascii: "\n")]
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var sent = false
        UnixSocketAddress(path: "/run/systemd/journal/socket")?.withSocketAddress { address, length in
            sent = sendto(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), address, length) == bytes.count
        }
        return sent
    }
}

extension Logger.Level {
    /// syslog's priority (RFC 5424 §6.2.1).
    fileprivate var priority: Int {
        switch self {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }

    fileprivate var label: String {
        switch self {
        case .trace, .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        case .critical: "critical"
        }
    }
}
