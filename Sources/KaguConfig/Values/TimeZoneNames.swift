// SPDX-License-Identifier: Apache-2.0

import Glibc
import KaguModel

/// The time zones that this machine knows: the files below /usr/share/zoneinfo.
enum TimeZoneNames {
    private static let directory = "/usr/share/zoneinfo"

    /// Whether `name` is an IANA name known here, such as `Europe/Berlin`.
    static func contains(_ name: String) -> Bool {
        name == "UTC" || path(of: name) != nil
    }

    /// The file of a zone; nil where there is none, or the text is no name.
    static func path(of name: String) -> String? {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isNameCharacter) }) else { return nil }
        var status = stat()
        guard stat("\(directory)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return "\(directory)/\(name)"
    }

    /// The known name nearest to `name`; of `Berlin` it is `Europe/Berlin`.
    static func nearest(to name: String) -> String? {
        let known = all()
        return known.first { $0.lowercased().hasSuffix("/" + name.lowercased()) }
            ?? Suggestion.nearest(to: name, among: known)
    }

    private static func isNameCharacter(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "_-+".contains(character))
    }

    private static func all() -> [String] {
        var names: [String] = []
        collect(below: "", depth: 0, into: &names)
        return names.sorted()
    }

    private static func collect(below prefix: String, depth: Int, into names: inout [String]) {
        guard depth < 3, let entries = opendir("\(directory)/\(prefix)") else { return }
        defer { closedir(entries) }
        while let entry = readdir(entries) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Zones begin with a capital; `posix`, `right` and the tables beside them do not.
            guard let first = name.first, first.isUppercase else { continue }
            if Int32(entry.pointee.d_type) == Int32(DT_DIR) {
                collect(below: "\(prefix)\(name)/", depth: depth + 1, into: &names)
            } else {
                names.append(prefix + name)
            }
        }
    }
}
