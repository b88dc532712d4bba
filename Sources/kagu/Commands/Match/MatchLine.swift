// SPDX-License-Identifier: Apache-2.0

import KaguMatch
import KaguModel

/// One line that `kagu match` prints (M51).
enum MatchLine {
    /// What was found. With `explaining`, `topics` also has those below their threshold, each with threshold and
    /// terms; `explain` has the truth of every watch; `plain` the fields that are not as they came in.
    static func found(
        _ result: MatchResult, id: String?, explaining: Bool, plain: [(name: String, text: String)]
    ) -> [UInt8] {
        var json = JSONWriter(reserving: 1024)
        json.object { json in
            if let id { json.member("id", id) }
            json.member("lang", result.language)
            json.member("lang_source", result.languageSource.rawValue)
            json.member("entities", result.entities)
            json.member("topics", array: { json in writeTopics(result, explaining, to: &json) })
            json.member(
                "watches",
                array: { json in
                    for watch in result.watches {
                        json.object { json in
                            json.member("id", watch.id)
                            json.member("score", watch.score)
                            json.member("severity", watch.severity.rawValue)
                        }
                    }
                })
            json.member(
                "mentions",
                array: { json in
                    for mention in result.mentions { mention.write(to: &json) }
                })
            if explaining { writeExplanation(result, plain, to: &json) }
        }
        return json.bytes
    }

    /// The line that stands in for one that could not be read (M59).
    static func mistake(_ mistake: MatchInput.Mistake) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.key("id")
            if let id = mistake.id { json.string(id) } else { json.null() }
            json.member("error", mistake.description)
        }
        return json.bytes
    }

    private static func writeTopics(_ result: MatchResult, _ explaining: Bool, to json: inout JSONWriter) {
        for topic in result.topics where !explaining {
            json.object { json in
                json.member("id", topic.id)
                json.member("score", topic.score)
            }
        }
        for topic in result.topicExplanations where explaining {
            json.object { json in
                json.member("id", topic.id)
                json.member("score", topic.score)
                json.member("threshold", topic.threshold)
                json.member("terms", array: { json in writeParts(topic.parts, to: &json) })
            }
        }
    }

    private static func writeParts(_ parts: [ScorePart], to json: inout JSONWriter) {
        for part in parts {
            json.object { json in
                json.member("name", part.name)
                json.member("points", part.points)
            }
        }
    }

    private static func writeExplanation(
        _ result: MatchResult, _ plain: [(name: String, text: String)], to json: inout JSONWriter
    ) {
        json.member(
            "explain",
            array: { json in
                for watch in result.watchExplanations {
                    json.object { json in
                        json.member("id", watch.id)
                        json.member("fires", watch.fires)
                        json.member("score", watch.score)
                        json.member("threshold", watch.threshold)
                        json.member("failed_filter", ifPresent: watch.failedFilter)
                        json.member("when", array: { json in watch.when.forEach { $0.write(to: &json) } })
                        json.member("unless", array: { json in watch.unless.forEach { $0.write(to: &json) } })
                        json.member("parts", array: { json in writeParts(watch.parts, to: &json) })
                    }
                }
            })
        json.member(
            "plain",
            object: { json in
                for field in plain { json.member(field.name, field.text) }
            })
    }
}
