// SPDX-License-Identifier: Apache-2.0

public import KaguModel

/// What operators do to alerts (C3); each call one transaction, durable on return.
extension Store {
    /// Makes alerts due at `instant`, with attempts counted from zero and the same bodies; all of them, or none. Throws
    /// a refusal where an id is not known, or the alert is settled. `dryRun` only tells which they would be.
    public func retry(
        _ selection: AlertSelection, at instant: Instant, dryRun: Bool = false
    ) throws -> [AlertLine] {
        let alerts = try selected(selection)
        guard !dryRun else { return alerts.map(\.deskLine) }
        try transaction { database in
            for alert in alerts { try DeskTable.retry(alert.id, at: instant, database) }
        }
        return alerts.map(\.deskLine)
    }

    /// Gives alerts up for good; all of them, or none. Throws as `retry`.
    public func drop(
        _ selection: AlertSelection, comment: String, at instant: Instant, dryRun: Bool = false
    ) throws -> [AlertLine] {
        let alerts = try selected(selection)
        guard !dryRun else { return alerts.map(\.deskLine) }
        let reason = "operator: \(comment)"
        try transaction { database in
            for alert in alerts {
                try DeskTable.note(
                    DeliveryDecision(at: instant, text: "dropped by an operator: \(Self.line(comment))"),
                    ofAlert: alert.id, database)
                try AlertTable.apply(.dropped(reason: reason), to: alert.id, at: instant, database)
            }
        }
        return alerts.map(\.deskLine)
    }

    /// Whether there is any alert of a receiver, settled or not.
    public func hasAlerts(receiver: String) throws(StoreError) -> Bool {
        try access { database in
            let select = try PreparedStatement(database, "SELECT 1 FROM alert WHERE receiver = ? LIMIT 1")
            select.bind(receiver, at: 1)
            defer { select.reset() }
            return try select.step()
        }
    }

    /// The alerts that are meant; throws a refusal where one of them cannot be changed any more.
    private func selected(_ selection: AlertSelection) throws -> [AlertRecord] {
        let open: [AlertState] = [.pending, .parked]
        guard selection.ids.isEmpty else {
            let alerts = try access { try DeskTable.alerts(selection.ids, $0) }
            if let unknown = selection.ids.first(where: { id in !alerts.contains { $0.id == id } }) {
                throw ControlRefusal.unknownAlert(unknown)
            }
            if let settled = alerts.first(where: { !open.contains($0.state) }) {
                throw ControlRefusal(
                    .nothing, "alert \(settled.id): \(settled.state.name) already; nothing is owed any more")
            }
            return alerts
        }
        guard let receiver = selection.receiver else {
            throw ControlRefusal(.malformed, "alerts: neither ids nor a receiver; say which alerts")
        }
        let states = open.filter { selection.states.isEmpty || selection.states.contains($0.name) }
        guard !states.isEmpty else { return [] }
        return try access {
            try DeskTable.alerts(receiver: receiver, states: states, since: selection.since, $0)
        }
    }

    /// A history has a line for each decision.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}

extension AlertRecord {
    fileprivate var deskLine: AlertLine {
        AlertLine(id: id, receiver: receiver, state: state.name, title: title)
    }
}
