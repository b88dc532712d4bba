// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// The systemd credentials of this process (O8): the files below `$CREDENTIALS_DIRECTORY`.
public struct Credentials: Sendable {
    /// The directory; nil where systemd gave none.
    public let directory: String?

    /// The credentials that the environment points to.
    public init(environment: [String: String]) {
        directory = environment["CREDENTIALS_DIRECTORY"].flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The first line of the credential `name`: the file `secret_NAME` or, failing that, `NAME`; nil when there is
    /// none, it is empty or larger than 64 KiB.
    public func secret(named name: String) -> Secret? {
        lines(of: name)?.first.map { Secret($0) }
    }

    /// The non-empty lines of a credential; nil when there is no such file.
    func lines(of name: String) -> [String]? {
        guard let directory, !name.contains("/"), !name.hasPrefix(".") else { return nil }
        for file in ["secret_\(name)", name] {
            if let content = try? FileReader.read("\(directory)/\(file)", limit: .kibibytes(64)) {
                return Self.lines(in: content.bytes)
            }
        }
        return nil
    }

    /// Why the credential `name` cannot be had.
    func fault(_ name: String) -> ConfigFault {
        directory.map { .noCredential(name, directory: $0) } ?? .credentialsUnknown(name)
    }

    static func lines(in bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { String($0).trimmed }
            .filter { !$0.isEmpty }
    }
}
