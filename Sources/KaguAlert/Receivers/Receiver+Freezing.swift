// SPDX-License-Identifier: Apache-2.0

import KaguModel

extension Receiver {
    /// Freezes a message as a chat shows it, with the most stories of a digest that fit (W15). `render` makes the
    /// body with that many entries, nil where it would pass a limit.
    func freeze(_ message: AlertMessage, _ render: (ChatText, Int) -> [UInt8]?) -> FrozenBody {
        let text = ChatText(message)
        let fitting = Fitting.most(of: text.entries.count) { render(text, $0) }
        // With the least of texts no limit of W15 can be passed.
        let (bytes, count) = fitting ?? (render(text.least, 0) ?? [], 0)
        return FrozenBody(bytes, leftOut: text.hits(beyond: count), isEditable: canEdit && text.story != nil)
    }
}

extension ChatText {
    /// Title and meta cut short, nothing else: what is shown where even a text without entries is too long.
    fileprivate var least: ChatText {
        var text = self
        text.title = PlainText.cut(title, toScalars: 60)
        text.meta = PlainText.cut(meta, toScalars: 60)
        (text.link, text.summary, text.entries) = ("", "", [])
        return text
    }
}
