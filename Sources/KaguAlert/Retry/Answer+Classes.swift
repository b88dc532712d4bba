// SPDX-License-Identifier: Apache-2.0

public import KaguModel

extension Answer {
    /// The longest floor that is honoured (D8).
    public static let maximumFloor = Duration.seconds(86_400)
    /// How far a receiver's clock may be off before a refused signature is blamed on clocks (D9).
    public static let clockTolerance = Duration.seconds(300)

    /// Judges an HTTP answer or its failure by the table of D9. `isSigned`: the request carried a signature;
    /// `now`: when the answer came.
    public init(_ outcome: AttemptOutcome, isSigned: Bool, at now: Instant) {
        switch outcome {
        case .mailed(let code, _, let refused):
            self = Self.judge(mailCode: code)
            if answerClass == .success, refused > 0 {
                warning = refused == 1 ? "1 recipient was refused" : "\(refused) recipients were refused"
            }
        case .failed(let failure):
            self = Self.judge(failure)
        case .answered(let status, let floor, let date, _, _):
            self = Self.judge(status: status)
            if answerClass == .success { return }
            self.floor = min(max(floor, .zero), Self.maximumFloor)
            floorHoldsReceiver = status == 429 && self.floor > .zero
            let offset = date.map { $0 < now ? now - $0 : $0 - now } ?? .zero
            if isSigned, status == 400 || status == 401, offset > Self.clockTolerance {
                answerClass = .clockSuspect
                reason = .clock
            }
        }
    }

    private static func judge(_ failure: TransportFailure) -> Answer {
        switch failure {
        case .dns: Answer(.transient, reason: .dns)
        case .connect: Answer(.transient, reason: .connect)
        case .tls: Answer(.transient, reason: .tls)
        case .timeout: Answer(.transient, reason: .timeout)
        case .brokenAnswer: Answer(.transient, reason: .serverError)
        case .unusableURL: Answer(.configSuspect, reason: .clientError)
        case .blockedAddress: Answer(.configSuspect, reason: .blockedAddress)
        case .encryptionRefused: Answer(.configSuspect, reason: .tls)
        }
    }

    /// Reply codes of a mail server (RFC 5321 §4.2.1): 4yz may work later, 5yz hardly (W13).
    private static func judge(mailCode code: Int) -> Answer {
        switch code {
        case 200..<300: Answer(.success, reason: .ok, status: code)
        case 400..<500: Answer(.transient, reason: .serverError, status: code)
        case 530, 534, 535, 538: Answer(.configSuspect, reason: .auth, status: code)
        case 500..<600: Answer(.configSuspect, reason: .clientError, status: code)
        default: Answer(.transient, reason: .serverError, status: code)
        }
    }

    private static func judge(status: Int) -> Answer {
        switch status {
        case 200..<300: Answer(.success, reason: .ok, status: status)
        case 408: Answer(.transient, reason: .timeout, status: status)
        case 425: Answer(.transient, reason: .clientError, status: status)
        case 429: Answer(.transient, reason: .rateLimited, status: status)
        case 410: Answer(.gone, reason: .gone, status: status)
        case 401, 403: Answer(.configSuspect, reason: .auth, status: status)
        case 300..<500: Answer(.configSuspect, reason: .clientError, status: status)
        default: Answer(.transient, reason: .serverError, status: status)
        }
    }
}
