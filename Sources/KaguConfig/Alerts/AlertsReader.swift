// SPDX-License-Identifier: Apache-2.0

import KaguModel

/// Reads `alerts:` (R1).
struct AlertsReader {
    let credentials: Credentials
    let policy: ConfigLoader.SecretPolicy

    func alerts(_ cursor: YAMLCursor) -> AlertSettings {
        var alerts = AlertSettings()
        guard let fields = cursor.fields(["receivers", "route", "fallback", "max_age", "objective"])
        else { return alerts }
        let reader = ReceiverReader(credentials: credentials, policy: policy)
        let (receivers, names) = fields["receivers"].map { reader.receivers($0) } ?? ([], [])
        alerts.receivers = receivers
        if let route = fields["route"] { alerts.route = RouteReader(receivers: names).root(route) }
        if let fallback = fields["fallback"], let name = fallback.nonEmptyText() {
            if !names.contains(name) { fallback.fail(.unknownFallback(name, known: names)) }
            alerts.fallback = name
        }
        let day = Duration.seconds(86_400)
        alerts.maximumAge = fields["max_age"]?.duration(in: .seconds(60)...(day * 3650)) ?? alerts.maximumAge
        alerts.objective = fields["objective"]?.duration(in: .seconds(1)...(day * 7)) ?? alerts.objective
        return alerts
    }
}
