// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguBytes
import KaguModel

/// The demo's own directory: configuration, feed list, key and state of a daemon that nobody else uses.
struct DemoFiles: Hashable, Sendable {
    /// The directory itself.
    let directory: String

    /// The configuration.
    var configuration: String { "\(directory)/kagu.yaml" }
    /// The feed list.
    var feedList: String { "\(directory)/feeds.yaml" }
    /// The receiver's key.
    var secret: String { "\(directory)/secret" }
    /// The state directory.
    var state: String { "\(directory)/state" }
    /// What the daemon says.
    var log: String { "\(directory)/kagud.log" }

    /// Makes a directory that only this user may enter, below TMPDIR or /tmp.
    static func make(environment: [String: String]) throws -> DemoFiles {
        let parent = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
        var template = Array("\(parent)/kagu-demo.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandFailure("demo: \(parent): \(SystemReason.text(errno)); set TMPDIR to a writable directory")
        }
        return DemoFiles(
            directory: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }

    /// Writes everything that the daemon reads; the key is new each time and only this user may read it.
    func write(_ data: DemoData, originPort: UInt16, receiverURL: String) throws {
        guard mkdir(state, 0o750) == 0 else {
            throw CommandFailure("demo: \(state): \(SystemReason.text(errno)); free space, or set TMPDIR")
        }
        try Self.write("whsec_\(Base64.encode(SecureRandom.bytes(32)))\n", to: secret)
        let list = try InputFile("\(data.feeds)/demo.yaml").read(limit: .mebibytes(1))
        let text = DatePlaceholder.replaced(list, Array("{{port}}".utf8), Array(String(originPort).utf8))
        try Self.write(String(decoding: text, as: UTF8.self), to: feedList)
        try Self.write(
            configurationText(watches: data.watches, originPort: originPort, receiverURL: receiverURL),
            to: configuration)
    }

    /// The demo's kagu.yaml: quick, private, and nothing beyond loopback.
    func configurationText(watches: String, originPort: UInt16, receiverURL: String) -> String {
        """
        # Written by `kagu demo`: a private daemon on loopback feeds, far quicker than a real one may be.
        feeds: [feeds.yaml]
        watches: ["\(watches)/*.yaml"]
        store: {dir: "\(state)", min_free: 1MiB}
        poll: {concurrency: 16, per_host: {in_flight: 4, spacing: 0s}}
        http: {allow_private: ["127.0.0.1:\(originPort)"]}
        alerts:
          receivers:
            - name: demo
              type: webhook
              url: "\(receiverURL)"
              secret_file: "\(secret)"
              allow_private: ["127.0.0.1/32"]
          route:
            receiver: demo
            group_by: [story, watch]
            group_wait: 1s
            group_interval: 2s
            max_per_hour: 200

        """
    }

    /// Removes the directory with all it holds.
    func remove() { DirectoryListing.remove(directory) }

    private static func write(_ text: String, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure("demo: \(path): \(SystemReason.text(errno)); free space, or set TMPDIR")
        }
        defer { close(descriptor) }
        if let reason = Descriptor.write(Array(text.utf8), to: descriptor) {
            throw CommandFailure("demo: \(path): \(SystemReason.text(reason)); free space, or set TMPDIR")
        }
    }
}
