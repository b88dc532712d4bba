// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// Confined to the origin's queue. Accepts connections until the origin stops; its source holds it until then.
final class OriginListener {
    private let descriptor: Int32
    private let script: OriginScript
    private let queue: DispatchQueue
    private let source: any DispatchSourceRead
    private var connections: [Int: OriginConnection] = [:]

    private init(descriptor: Int32, script: OriginScript, queue: DispatchQueue) {
        self.descriptor = descriptor
        self.script = script
        self.queue = queue
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: queue)
    }

    /// Accepts on `descriptor`, which is closed in the end.
    static func start(descriptor: Int32, script: OriginScript, queue: DispatchQueue) {
        let listener = OriginListener(descriptor: descriptor, script: script, queue: queue)
        listener.source.setEventHandler { listener.accept() }
        listener.source.setCancelHandler { close(descriptor) }
        listener.source.activate()
    }

    private func accept() {
        guard !script.isStopped else {
            source.cancel()
            for connection in connections.values { connection.close() }
            connections = [:]
            return
        }
        while true {
            let accepted = Glibc.accept(descriptor, nil, nil)
            guard accepted >= 0 else { return }
            _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
            _ = fcntl(accepted, F_SETFL, O_NONBLOCK)
            var yes: Int32 = 1
            setsockopt(accepted, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
            let number = script.nextConnection()
            connections[number] = OriginConnection(
                descriptor: accepted, number: number, script: script, queue: queue
            ) { [weak self] in self?.connections[number] = nil }
        }
    }
}
