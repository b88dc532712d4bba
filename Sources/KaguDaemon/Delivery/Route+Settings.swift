// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import KaguAlert
import KaguConfig
import KaguModel

extension Route {
    /// A route as the configuration has parsed it; throws where the system's zone files cannot be read.
    init(_ settings: RouteSettings) throws(ConfigFailure) {
        var routes: [Route] = []
        for child in settings.routes { routes.append(try Route(child)) }
        self.init(
            name: settings.name, path: settings.path, matchers: settings.matchers, receiver: settings.receiver,
            continues: settings.continues,
            groupBy: settings.groupBy?.compactMap { GroupLabel(rawValue: $0.rawValue) },
            groupWait: settings.groupWait, groupInterval: settings.groupInterval,
            maximumPerHour: settings.maximumPerHour,
            updates: settings.updates.flatMap { UpdateRule(rawValue: $0.rawValue) }, routes: routes)
        if let quiet = settings.quietHours {
            quietHours = QuietHours(
                zone: try ZoneTable(named: quiet.timeZone, of: settings), from: quiet.from, to: quiet.to,
                bypass: quiet.bypass)
        }
        if let schedule = settings.digest {
            digest = DigestTimes(
                every: schedule.every, weekday: schedule.weekday, at: schedule.at,
                zone: try ZoneTable(named: schedule.timeZone, of: settings))
        }
    }
}

extension ZoneTable {
    /// Where the system keeps its zones.
    private static let directory = "/usr/share/zoneinfo"

    /// The zone of this IANA name, which the loader has accepted.
    fileprivate init(named name: String, of route: RouteSettings) throws(ConfigFailure) {
        if name == "UTC" {
            self = .utc
            return
        }
        let path = "\(Self.directory)/\(name)"
        func failure(_ text: String) -> ConfigFailure {
            ConfigFailure([ConfigProblem("\(route.path): time zone \(name): \(text)", at: route.location)])
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw failure("cannot read \(path); install tzdata")
        }
        do {
            self = try ZoneTable(Array(data))
        } catch {
            throw failure("\(path): \(error); reinstall tzdata")
        }
    }
}
