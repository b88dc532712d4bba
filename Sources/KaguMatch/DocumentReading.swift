// SPDX-License-Identifier: Apache-2.0

/// A document folded and cut, with its language: what all watchlists have in common, for a document that is matched
/// with several (M54). A value that any thread may use.
public struct DocumentReading: Sendable {
    /// What was read.
    public let document: Document
    let fields: FieldTexts
    let language: (language: String, source: LanguageSource)

    /// Reads a document; linear in its text.
    public init(_ document: Document) {
        self.document = document
        fields = FieldTexts(document, withAuthors: true)
        language = LanguageGuess.of(fields, document)
    }
}
