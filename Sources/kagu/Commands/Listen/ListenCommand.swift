// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import KaguAlert
import KaguModel

/// `kagu listen`: a receiver on loopback for trying out (C9).
struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Receive alerts on loopback, verify their signatures and print them.",
        discussion: """
            The receiver in kagu.yaml needs "allow_private: [127.0.0.1/32]" and the same secret_file. Exit status 1 \
            with -n when a message did not verify.
            """)

    @Option(help: "The port on 127.0.0.1; 0 picks a free one.")
    var port: UInt16 = 8480

    @Option(
        name: .customLong("secret-file"),
        help: ArgumentHelp("The receiver's key, whsec_…, one a line.", valueName: "file"),
        completion: .file())
    var secretFile: String?

    @Option(help: "The status of every answer.")
    var status = 200

    @Option(
        name: .customLong("retry-after"), help: ArgumentHelp("Sent with every answer.", valueName: "seconds|date"))
    var retryAfter: String?

    @Option(
        name: [.customShort("n"), .customLong("count")],
        help: ArgumentHelp("Exit after that many messages.", valueName: "count"))
    var count: Int?

    @Flag(help: "Print raw bodies.")
    var json = false

    func validate() throws {
        if !(200...599).contains(status) {
            throw ValidationError("--status: \(status) is no final HTTP status; use 200 to 599")
        }
        if let count, count < 1 { throw ValidationError("-n: \(count) is no number of messages; use 1 or more") }
    }

    func run() async throws {
        let keys = try secretFile.map(MessageJudge.keys(inFile:)) ?? []
        let (messages, continuation) = AsyncStream<ReceivedRequest>.makeStream(
            bufferingPolicy: .bufferingNewest(10_000))
        let listener = try WebhookListener.start(
            port: port, answer: CannedAnswer(status: status, retryAfter: retryAfter)
        ) { request in
            continuation.yield(request)
        }
        signal(SIGINT) { _ in _exit(0) }
        let note = keys.isEmpty ? " (messages stay unverified without --secret-file)" : ""
        StandardError.write("kagu: listening on \(listener.url)\(note)\n")
        let paint = Paint(Terminal.standardOutput(environment: ProcessEnvironment.current()).usesColour)
        let text = AlertText(paint: paint, clock: .local)
        var judge = MessageJudge(keys: keys)
        var received = 0
        var refused = 0
        for await request in messages {
            let (verdict, isRepeat) = judge.judge(request)
            if verdict.failure != nil { refused += 1 }
            if json {
                try StandardOutput.write(request.body + (request.body.last == 0x0A ? [] : [0x0A]))
                if verdict != .verified {
                    let why = verdict.failure.map { ": \($0)" } ?? ""
                    let id = VisibleText.escaped(request.id ?? "message without id")
                    StandardError.write("kagu: listen: \(id): \(verdict.description)\(why)\n")
                }
            } else {
                try StandardOutput.write(text.text(request, verdict, isRepeat: isRepeat))
            }
            received += 1
            if received == count { break }
        }
        await listener.stop()
        if refused > 0 { throw ExitStatus.negative }
    }
}
