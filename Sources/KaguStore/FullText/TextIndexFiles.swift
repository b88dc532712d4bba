// SPDX-License-Identifier: Apache-2.0

import Glibc
public import KaguModel

/// The full-text indexes of sealed days: `hits/YYYY-MM-DD.text` beside `YYYY-MM-DD.jsonl`, compressed or not (B17). They
/// can be deleted at any time; without one the texts of the lines are folded and looked at. Nothing is synced.
///
/// Blocks; owns nothing between calls.
public struct TextIndexFiles: Sendable {
    /// What a pass has built.
    public struct Summary: Hashable, Sendable {
        /// Hit files.
        public var files = 0
        /// Their lines.
        public var lines = 0
        /// Bytes of titles and summaries.
        public var textBytes = 0
        /// Bytes of the indexes.
        public var indexBytes = 0
    }

    private let path: String
    private let folding: TextFolding

    /// The full-text indexes of a state directory, whose words are folded by `folding`.
    public init(directory: String, folding: @escaping TextFolding) {
        self.init(hits: StateDirectory(directory).hits, folding: folding)
    }

    init(hits path: String, folding: @escaping TextFolding) { (self.path, self.folding) = (path, folding) }

    /// The name of a hit file's full-text index.
    public static func name(of file: HitFileName) -> String {
        file.part == 0 ? "\(file.day).text" : "\(file.day).\(file.part).text"
    }

    /// Builds the index of a hit file, or of its lines before `end`, anew and puts it in the place of the old one. Throws
    /// where it cannot be written.
    @discardableResult
    public func rebuild(_ file: HitFileName, before end: Int = .max) throws(StoreError) -> Summary {
        guard let reader = LineReader("\(path)/\(file)") else { return Summary() }
        var builder = TextIndexBuilder(folding: folding)
        reader.forward(0..<min(end, reader.size)) { line in
            builder.add(line.bytes)
            return true
        }
        guard reader.problem == nil else { return Summary() }
        let bytes = builder.finish()
        try HitIndexFiles.replace("\(path)/\(Self.name(of: file))", bytes)
        return Summary(files: 1, lines: builder.lines, textBytes: builder.textBytes, indexBytes: bytes.count)
    }

    /// Builds the indexes of all hit files of days before `day` that lack a whole one, newest first; those that are there
    /// are read through, and made anew where a byte is wrong. Deletes indexes without a hit file. `progress` is told of
    /// each file before it is built; it may stop the work by returning false.
    @discardableResult
    public func refresh(
        before day: CivilDate, progress: (HitFileName) -> Bool = { _ in true }
    ) throws(StoreError) -> Summary {
        var summary = Summary()
        let files = HitFileName.list(in: path)
        HitIndexFiles(hits: path).removeOrphans(files, suffix: ".text", name: Self.name)
        for file in files.reversed() where file.day < day && !isWhole(file) {
            guard progress(file) else { break }
            let one = try rebuild(file)
            summary.files += one.files
            summary.lines += one.lines
            summary.textBytes += one.textBytes
            summary.indexBytes += one.indexBytes
        }
        return summary
    }

    /// Builds the indexes that were missed in answering, newest first, as far as the `.idx` beside them reach; of the running
    /// day too, where it is long. `goesOn` is asked before each and may stop the work.
    public func fill(_ gaps: Set<IndexGap>, today: CivilDate, while goesOn: () -> Bool = { true })
        throws(StoreError)
    {
        for gap in gaps.sorted(by: { $0.file > $1.file }) where gap.isWorthAnIndex(today: today) {
            guard goesOn() else { return }
            guard let reader = LineReader("\(path)/\(gap.file)"),
                let lines = HitIndexFiles(hits: path).open(gap.file, of: reader),
                lines.coveredBytes > gap.fileBytes - gap.bytes
            else { continue }
            try rebuild(gap.file, before: lines.coveredBytes)
        }
    }

    /// Whether a hit file has a sound index over all of its bytes, by this folding.
    public func isWhole(_ file: HitFileName) -> Bool {
        guard let reader = LineReader("\(path)/\(file)"),
            let index = TextIndex(path: "\(path)/\(Self.name(of: file))")
        else { return false }
        return reader.endsWhole(at: index.coveredBytes) && index.foldingSum == TextIndexFormat.sum(of: folding)
            && index.isSound
    }

    /// What the index of a file says of an expression; nil where there is none that can be used. It must be of the lines
    /// that `lines` is of, and made by the folding of the expression.
    static func candidates(_ query: TextQuery?, _ file: HitFileName, in path: String, lines: HitIndex)
        -> TextCandidates?
    {
        guard let query, let index = TextIndex(path: "\(path)/\(name(of: file))"),
            index.coveredBytes == lines.coveredBytes,
            index.lines == lines.lines, index.foldingSum == TextIndexFormat.sum(of: query.folding)
        else { return nil }
        if index.lines > 0 {
            guard var rows = IndexRows(lines), let last = rows.places(of: [index.lines - 1])?.first,
                last.checksum == index.lastChecksum
            else { return nil }
        }
        return index.candidates(query)
    }
}
