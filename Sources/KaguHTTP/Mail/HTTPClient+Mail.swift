// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

extension HTTPClient {
    /// Sends one mail and returns how it ended, at the latest after `mail.total`. Cancelling the task aborts it within
    /// a second, with the failure `cancelled`.
    ///
    /// It runs on a thread of its own and over a connection of its own: libcurl says QUIT to a mail server
    /// synchronously, and a server that never answers would hold up everything else on the queue of the client.
    public nonisolated func send(_ mail: MailRequest) async -> MailOutcome {
        let isAborted = AbortMark()
        let settings = settings
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailQueue.async {
                    guard let transfer = MailTransfer(mail, settings: settings, isAborted: isAborted) else {
                        continuation.resume(
                            returning: .failure(HTTPFailure(.other, "no memory for another transfer")))
                        return
                    }
                    continuation.resume(returning: transfer.run())
                    transfer.close()
                }
            }
        } onCancel: {
            isAborted.set()
        }
    }
}

private let mailQueue = DispatchQueue(label: "kagu.mail", attributes: .concurrent)

/// Whether who waits for a mail has lost interest.
final class AbortMark: Sendable {
    private let mark = Atomic(false)

    /// Whether it was set.
    var isSet: Bool { mark.load(ordering: .relaxed) }

    /// Sets it for good.
    func set() { mark.store(true, ordering: .relaxed) }
}
