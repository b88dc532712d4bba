// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import Testing

@Suite("Alert id")
struct AlertIDTests {
    @Test("an id is msg_ and a ULID: 48 bits of milliseconds, 80 random bits (D3)")
    func form() {
        // The example of the ULID specification: 01ARZ3NDEKTSV4RRFFQ69G5FAV.
        let random: [UInt8] = [0xD6, 0x76, 0x4C, 0x61, 0xEF, 0xB9, 0x93, 0x02, 0xBD, 0x5B]
        let id = AlertID(at: Instant(milliseconds: 1_469_922_850_259), randomness: random)
        #expect(id.description == "msg_01ARZ3NDEKTSV4RRFFQ69G5FAV")
        let last = AlertID(
            at: Instant(milliseconds: 0xFFFF_FFFF_FFFF), randomness: [UInt8](repeating: 255, count: 10))
        #expect(last.description == "msg_7ZZZZZZZZZZZZZZZZZZZZZZZZZ")
        #expect(
            AlertID(at: Instant(milliseconds: -5), randomness: []).description == "msg_00000000000000000000000000")
    }

    @Test("ids of later milliseconds sort later, whatever their random bits (D3)")
    func order() {
        let start = Instant(seconds: 1_795_338_811)
        let ids = (0..<100).map { step in
            AlertID(
                at: start + .milliseconds(step * 37), randomness: [UInt8](repeating: UInt8(255 - step), count: 10))
        }
        #expect(ids == ids.sorted())
        #expect(ids.map(\.description) == ids.map(\.description).sorted())
        #expect(Set(ids).count == 100)
    }

    @Test("only what prints as an id reads as one (D3)")
    func reading() {
        let id = AlertID(at: Instant(seconds: 1_795_338_811), randomness: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect(AlertID(id.description) == id)
        for text in [
            "", "msg_", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "msg_01ARZ3NDEKTSV4RRFFQ69G5FA",
            "msg_01ARZ3NDEKTSV4RRFFQ69G5FAVX", "msg_01arz3ndektsv4rrffq69g5fav", "msg_81ARZ3NDEKTSV4RRFFQ69G5FAV",
            "msg_01ARZ3NDEKTSV4RRFFQ69G5FAU",
        ] {
            #expect(AlertID(text) == nil, "\(text)")
        }
    }
}
