// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguBytes
import KaguModel

/// Zone files for tests, made with `zic -b slim` from tzdata 2025b, which is in the public domain.
enum ZoneFixture {
    /// Two changes a year, and a rule for the years to come: `CET-1CEST,M3.5.0,M10.5.0/3`.
    static let berlin = """
        VFppZjIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAVFppZjIAAAAAAAAAAAAAAAAAAAAAAAAA
        AAAAAAAAAAAAAAA8AAAABAAAABL/////b6Jh+P////+bDBdg/////5vV2vD/////nNmukP////+dpLWQ/////565kJD/////n4SX
        kP/////ICXGQ/////8znSxD/////zakXkP/////OokMQ/////8+SNBD/////0IIlEP/////RchYQ/////9G2lgD/////0li+gP//
        ///SoU8Q/////9NjG5D/////1EsjkP/////VOdEg/////9Vn55D/////1ahzAP/////WKbQQ/////9csGhD/////2AmWEP/////Z
        AsGQ/////9npeBAAAAAAE01EEAAAAAAUM/qQAAAAABUj65AAAAAAFhPckAAAAAAXA82QAAAAABfzvpAAAAAAGOOvkAAAAAAZ06CQ
        AAAAABrDkZAAAAAAG7y9EAAAAAAcrK4QAAAAAB2cnxAAAAAAHoyQEAAAAAAffIEQAAAAACBschAAAAAAIVxjEAAAAAAiTFQQAAAA
        ACM8RRAAAAAAJCw2EAAAAAAlHCcQAAAAACYMGBAAAAAAJwVDkAAAAAAn9TSQAAAAACjlJZAAAAAAKdUWkAAAAAAqxQeQAAAAACu0
        +JAAAAAALKTpkAAAAAAtlNqQAAAAAC6Ey5AAAAAAL3S8kAAAAAAwZK2QAAAAADFd2RACAQIBAgECAQIBAgECAQMBAgECAQMBAgEC
        AQIBAgECAQIBAgECAQIBAgECAQIBAgECAQIBAgECAQIBAgEAAAyIAAAAABwgAQQAAA4QAAkAACowAQ1MTVQAQ0VTVABDRVQAQ0VN
        VAAKQ0VULTFDRVNULE0zLjUuMCxNMTAuNS4wLzMK
        """
    /// 30 December 2011 does not exist; no summer time since 2021: `<+13>-13`.
    static let apia = """
        VFppZjIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAQAAAAEAAAAAAAAAVFppZjIAAAAAAAAAAAAAAAAAAAAAAAAA
        AAAAAAAAAAAAAAAaAAAABwAAABr/////bj3JAP////+RBfwA/////9piBDgAAAAATJ8nsAAAAABNlyvgAAAAAE594mAAAAAATv2L
        oAAAAABPdw3gAAAAAFBm/uAAAAAAUWAqYAAAAABSRuDgAAAAAFNADGAAAAAAVCbC4AAAAABVH+5gAAAAAFYGpOAAAAAAVv/QYAAA
        AABX5obgAAAAAFjfsmAAAAAAWcZo4AAAAABav5RgAAAAAFuvhWAAAAAAXKiw4AAAAABdj2dgAAAAAF6IkuAAAAAAX29JYAAAAABg
        aHTgAQIEAwQDBgUGBQYFBgUGBQYFBgUGBQYFBgUAALCAAAD//18AAAD//15IAAT//3NgAQr//2VQAA4AALbQABIAAMTgARZMTVQA
        LTExMzAALTEwAC0xMQArMTMAKzE0AAo8KzEzPi0xMwo=
        """

    /// The bytes of a fixture.
    static func bytes(_ text: String) -> [UInt8] {
        Base64.decode(text.filter { !$0.isWhitespace }) ?? []
    }

    /// A fixture, read.
    static func zone(_ text: String) throws -> ZoneTable { try ZoneTable(bytes(text)) }

    /// A file of version 1 with times of 32 bits and no rule: one hour ahead from `at` on.
    static func versionOne(changeAt at: Int32) -> [UInt8] {
        func number(_ value: Int32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        return Array("TZif".utf8) + [UInt8](repeating: 0, count: 16)
            + [0, 0, 0, 1, 2, 4].flatMap(number) + number(at) + [1]
            + number(0) + [0, 0] + number(3600) + [1, 0] + Array("XXX\0".utf8)
    }
}

extension Instant {
    /// An instant that a test writes out; the epoch where it made a mistake.
    static func at(_ text: String) -> Instant { Instant(rfc3339: text) ?? Instant(milliseconds: 0) }
}
