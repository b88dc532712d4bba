// SPDX-License-Identifier: Apache-2.0

/// An Alertmanager's `/api/v2/alerts`: alerts with equal labels merge.
public final class AlertmanagerTarget: StrictTarget {
    /// An alert as it stands.
    public struct Alert: Sendable {
        /// Its identity.
        public var labels: [String: String]
        /// What is said of it.
        public var annotations: [String: String]
        /// RFC 3339.
        public var startsAt: String
        /// RFC 3339; in the past once it is resolved.
        public var endsAt: String
    }

    private let memory = TargetMemory<Alert>()

    /// An Alertmanager without alerts.
    public init() {}

    /// The alerts by their labels, in the order in which they came first.
    public var alerts: [Alert] { memory.messages }

    /// Gives these answers to the next requests.
    public func script(_ responses: ScriptedResponse...) { memory.add(responses) }

    /// 200 without a body, or 400 with a sentence in quotes.
    public func answer(to request: RecordedRequest) -> ScriptedResponse {
        if let scripted = memory.nextScripted() { return scripted }
        do throws(Refusal) {
            let alert = try check(request)
            memory.change { alerts in
                if let index = alerts.firstIndex(where: { $0.labels == alert.labels }) {
                    alerts[index] = alert
                } else {
                    alerts.append(alert)
                }
            }
            return .status(200)
        } catch {
            return .text("\"\(error.words)\"\n", status: error.status)
        }
    }

    private func check(_ request: RecordedRequest) throws(Refusal) -> Alert {
        guard request.method == "POST", request.path == "/api/v2/alerts" else { throw Refusal("path", status: 404) }
        guard request.body.count <= 20_000 else { throw Refusal("too large", status: 413) }
        guard let alerts = try TargetJSON(request.body).items, alerts.count == 1
        else { throw Refusal("not one alert") }
        try alerts[0].only("labels", "annotations", "startsAt", "endsAt", "generatorURL")
        let labels = try texts(alerts[0]["labels"])
        guard labels["alertname"] != nil, labels.keys.allSatisfy(isName), !labels.values.contains("")
        else { throw Refusal("invalid label set") }
        let start = try alerts[0].required("startsAt")
        let end = try alerts[0].required("endsAt")
        // Both are of one form, so that text compares as time does.
        guard start.count == 24, end.count == 24, start <= end
        else { throw Refusal("start time must be before end time") }
        if let url = alerts[0]["generatorURL"]?.text { try InertText.checkLink(url) }
        return Alert(
            labels: labels, annotations: try texts(alerts[0]["annotations"]), startsAt: start, endsAt: end)
    }

    private func texts(_ json: TargetJSON?) throws(Refusal) -> [String: String] {
        guard case .object(let members)? = json else { throw Refusal("no label set") }
        var texts: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.text else { throw Refusal("\(name) is no text") }
            texts[name] = text
        }
        return texts
    }

    private func isName(_ text: String) -> Bool {
        text.utf8.first.map { !(0x30...0x39).contains($0) } ?? false
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0 | 0x20) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
    }
}
