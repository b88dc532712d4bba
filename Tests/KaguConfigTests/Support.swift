// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import KaguConfig
import KaguModel

/// The files beside this one.
enum Fixtures {
    /// `Tests/KaguConfigTests/Fixtures/`.
    static let directory = repository + "Tests/KaguConfigTests/Fixtures/"
    /// The root of the repository, with its slash.
    static let repository = String(resolved(#filePath).dropLast("Tests/KaguConfigTests/Support.swift".count))

    /// The tests may be built through a link.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// The names in a folder of the fixtures, sorted.
    static func names(in folder: String) -> [String] {
        guard let entries = opendir(directory + folder) else { return [] }
        defer { closedir(entries) }
        var names: [String] = []
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    /// The text of a file; nil when there is none.
    static func text(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes a file that only its owner may read.
    static func write(_ text: String, to path: String, mode: mode_t = 0o600) {
        guard let file = fopen(path, "w") else { return }
        fwrite(text, 1, text.utf8.count, file)
        fclose(file)
        chmod(path, mode)
    }
}

/// A directory that goes when the test ends.
final class ScratchDirectory {
    /// With its slash.
    let path: String

    init() {
        var template = Array("/tmp/kagu-config-XXXXXX".utf8CString)
        path = (mkdtemp(&template).map { String(cString: $0) } ?? "/tmp/kagu-config") + "/"
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file below it, with the folders on the way, and gives its path.
    @discardableResult
    func write(_ name: String, _ text: String, mode: mode_t = 0o600) -> String {
        var folder = path
        for part in name.split(separator: "/").dropLast() {
            folder += "\(part)/"
            mkdir(folder, 0o700)
        }
        Fixtures.write(text, to: path + name, mode: mode)
        return path + name
    }
}

/// Loads `text` as kagu.yaml, with no feed lists and watches unless it names them; nil and the problems on failure.
func load(
    _ text: String, environment: [String: String] = [:], secrets: ConfigLoader.SecretPolicy = .required
) -> Result<Config, ConfigFailure> {
    let scratch = ScratchDirectory()
    let path = scratch.write("kagu/kagu.yaml", text)
    return Result { () throws(ConfigFailure) in
        try ConfigLoader(environment: environment, secrets: secrets)
            .load(path: path, stateDirectory: nil, feedPatterns: [])
    }
}

extension Result where Failure == ConfigFailure {
    /// The messages without their places.
    var messages: [String] {
        if case .failure(let failure) = self { failure.problems.map(\.message) } else { [] }
    }
}
