// SPDX-License-Identifier: Apache-2.0

import KaguAlert
import KaguModel
import KaguTestSupport
import Testing

/// Hits as outlets would bring them, each with a story of its own.
struct Press {
    private(set) var book: StoryBook
    private var number = 0
    private var now = Instant(seconds: 1_795_338_000)

    init(capacity: Int = StoryBook.standardCapacity) { book = StoryBook(capacity: capacity) }

    /// One hit; `named` are the entities of the title, `entities` those of the text.
    mutating func hit(
        _ title: String, feed: String, feedTitle: String? = nil, url: String? = nil,
        named: [String] = ["place.baku"],
        entities: [String] = [], after hours: Double = 0
    ) -> Hit {
        number += 1
        now = now + .seconds(hours * 3600)
        return Hit.make(
            id: "h_\(number)", seen: now,
            feed: .init(id: feed, title: feedTitle ?? feed, sourceClass: .unknown),
            url: url ?? "https://\(feed).example/\(number)", title: title,
            entities: (named + entities).sorted(), story: "s_\(number)",
            mentions: named.map { Mention.make(entity: $0) })
    }

    /// Its story.
    mutating func story(
        _ title: String, feed: String, feedTitle: String? = nil, url: String? = nil,
        named: [String] = ["place.baku"],
        entities: [String] = [], after hours: Double = 0
    ) -> String {
        let hit = hit(
            title, feed: feed, feedTitle: feedTitle, url: url, named: named, entities: entities, after: hours)
        return book.assign(hit)
    }

    mutating func assign(_ hit: Hit, keepsStory: Bool = false) -> String {
        book.assign(hit, keepsStory: keepsStory)
    }
}

@Suite("Stories: hits that belong together (R5)")
struct StoryBookTests {
    @Test("forty outlets that carry one wire story are one story, whatever they do to its headline")
    func wireStory() {
        var press = Press()
        let title = "France accuses Azerbaijan of interference in New Caledonia"
        var stories: Set<String> = []
        for number in 0..<40 {
            let variants = [
                title, title.uppercased(), "\(title).", "“\(title)”", "\(title) | Outlet \(number)",
                "\(title) - AFP", "URGENT: \(title)", "\(title), minister says",
            ]
            stories.insert(
                press.story(
                    variants[number % variants.count], feed: "outlet-\(number)",
                    feedTitle: "Outlet \(number) – World",
                    after: 0.5))
        }
        #expect(stories == ["s_1"])
        #expect(press.book.count == 1)
    }

    @Test(
        "case, diacritics, width, quotes and the outlet's name do not count, in any script",
        arguments: [
            (
                "Émeutes en Nouvelle-Calédonie : Paris accuse Bakou",
                "EMEUTES EN NOUVELLE CALEDONIE: PARIS ACCUSE BAKOU"
            ),
            ("İlham Əliyev Parisə qarşı çıxış etdi", "ilham əliyev parisə qarşı çixiş etdi - TRT"),
            ("Париж обвиняет Баку во вмешательстве", "Париж обвиняет Баку во вмешательстве — РИА Новости"),
            ("Франция объявила о высылке двух дипломатов", "ФРАНЦИЯ ОБЪЯВИЛА О ВЫСЫЛКЕ ДВУХ ДИПЛОМАТОВ"),
            ("法国指责阿塞拜疆干涉新喀里多尼亚事务", "法国指责阿塞拜疆干涉新喀里多尼亚事务_新华网"),
            ("フランスはアゼルバイジャンを非難した", "フランスはアゼルバイジャンを非難した｜共同社"),
            ("فرنسا تتهم أذربيجان بالتدخل في كاليدونيا", "فَرنسا تتّهم اذربيجان بالتدخل في كاليدونيا"),
            ("Η Γαλλία κατηγορεί το Αζερμπαϊτζάν", "Η ΓΑΛΛΙΑ ΚΑΤΗΓΟΡΕΙ ΤΟ ΑΖΕΡΜΠΑΪΤΖΑΝ"),
            ("Ｂａｋｕ ｈｏｓｔｓ ａ ｍｅｅｔｉｎｇ ｔｏｄａｙ", "Baku hosts a meeting today"),
            ("Le sommet s’ouvre à Bakou ce lundi", "Le sommet s'ouvre a\u{300} Bakou ce lundi"),
        ])
    func folding(_ first: String, _ second: String) {
        var press = Press()
        #expect(press.story(first, feed: "a") == "s_1")
        #expect(press.story(second, feed: "b", feedTitle: "TRT") == "s_1", "\(second)")
    }

    @Test("one address is one story, whatever the headlines say; tracking does not count (I2)")
    func address() {
        var press = Press()
        _ = press.story("Paris accuse Bakou", feed: "a", url: "https://www.lemonde.fr/article/1?utm_source=rss")
        let other = press.story("Rien à voir ici", feed: "b", url: "http://lemonde.fr/article/1", named: [])
        #expect(other == "s_1")
    }

    @Test("a headline that goes on, begins with a label or has an insertion is the same story")
    func additions() {
        var press = Press()
        _ = press.story("Azerbaijan and France agree on prisoner swap", feed: "a", named: ["az", "fr"])
        for (number, title) in [
            "Azerbaijan and France agree on prisoner swap, ministry confirms",
            "LIVE - Azerbaijan and France agree on prisoner swap",
            "Azerbaijan and France finally agree on prisoner swap",
        ].enumerated() {
            #expect(press.story(title, feed: "b\(number)", named: ["az", "fr"]) == "s_1", "\(title)")
        }
        _ = press.story("阿塞拜疆与法国就交换囚犯达成协议", feed: "c", named: ["az", "fr"])
        #expect(press.story("快讯：阿塞拜疆与法国就交换囚犯达成协议", feed: "d", named: ["az", "fr"]) == "s_5")
    }

    @Test("after 72 hours from the first hit the story is over, however often it was told meanwhile")
    func window() {
        var press = Press()
        let title = "Azerbaijan and France agree on prisoner swap"
        #expect(press.story(title, feed: "a") == "s_1")
        #expect(press.story(title, feed: "b", after: 40) == "s_1")
        #expect(press.story(title, feed: "c", after: 32) == "s_1")
        #expect(press.story(title, feed: "d", after: 0.1) == "s_4")
    }

    @Test("a hit that joins two stories makes them one: the older id stays, and has what follows (R6)")
    func merging() {
        var press = Press()
        let first = "Paris accuses Baku of meddling in Noumea"
        let second = "Two diplomats of Azerbaijan are expelled from France"
        #expect(press.story(first, feed: "a", url: "https://wire.example/1") == "s_1")
        #expect(press.story(second, feed: "b") == "s_2")
        #expect(press.story(second, feed: "c", url: "https://wire.example/1") == "s_1")
        #expect(press.book.count == 1)
        #expect(press.story(second, feed: "d") == "s_1")
        #expect(press.story(first, feed: "e") == "s_1")
    }

    @Test("a revision keeps its story whatever its headline becomes, and others find it under both (I7)")
    func revisions() {
        var press = Press()
        let first = press.hit("Blast reported in the centre of Baku", feed: "a")
        #expect(press.assign(first) == "s_1")
        var revised = press.hit("Gas explosion wounds three in the centre of Baku", feed: "a", url: first.url)
        (revised.story, revised.revision) = ("s_1", 1)
        #expect(press.assign(revised, keepsStory: true) == "s_1")
        #expect(press.story("Gas explosion wounds three in the centre of Baku", feed: "b") == "s_1")
        #expect(press.story("Blast reported in the centre of Baku", feed: "c") == "s_1")
    }

    @Test("an item that is polled again because it could not be stored gets the story it had")
    func repeated() {
        var press = Press()
        let hit = press.hit("Blast reported in the centre of Baku", feed: "a")
        #expect(press.assign(hit) == "s_1")
        #expect(press.assign(hit) == "s_1")
        #expect(press.book.count == 1)
    }

    @Test("after a restart the book is filled from stored hits, and goes on where it was")
    func refilled() {
        var press = Press()
        let title = "Azerbaijan and France agree on prisoner swap"
        var stored = [press.hit(title, feed: "a"), press.hit(title, feed: "b", after: 1)]
        stored = stored.map { hit in
            var hit = hit
            hit.story = press.assign(hit)
            return hit
        }
        var again = StoryBook()
        for hit in stored { again.remember(hit) }
        #expect(again.count == 1)
        #expect(again.assign(press.hit(title, feed: "c", after: 70)) == "s_1")
    }

    @Test("the book holds no more stories than it may, and forgets the oldest; an hour of noise stays quick")
    func bounded() {
        var press = Press(capacity: 50)
        let title = "Azerbaijan and France agree on prisoner swap"
        #expect(press.story(title, feed: "a") == "s_1")
        for number in 0..<2000 {
            _ = press.story("Baku hosts a summit on matter \(number) of the world", feed: "f\(number % 7)")
        }
        #expect(press.book.count == 50)
        #expect(press.story(title, feed: "b") == "s_2002")
        var small = Press(capacity: 1)
        #expect(small.story(title, feed: "a") == "s_1")
        #expect(small.story(title, feed: "b") == "s_1")
        #expect(small.story("Something else altogether happened here", feed: "b") == "s_3")
        #expect(small.book.count == 1)
    }
}

@Suite("Stories: hits that only look alike (R5)")
struct StoryBookNegativeTests {
    private func areApart(
        _ first: String, _ second: String, named: [String] = ["place.baku"], secondNamed: [String]? = nil,
        feeds: (String, String) = ("a", "b"), after hours: Double = 1
    ) -> Bool {
        var press = Press()
        let one = press.story(first, feed: feeds.0, named: named)
        return press.story(second, feed: feeds.1, named: secondNamed ?? named, after: hours) != one
    }

    @Test(
        "one template, two events: a word replaced by another, a number by another, words in another order",
        arguments: [
            (
                "Aliyev receives the newly appointed ambassador of Chad",
                "Aliyev receives the newly appointed ambassador of Peru"
            ),
            (
                "France accuses Azerbaijan of interference in elections",
                "Azerbaijan accuses France of interference in elections"
            ),
            (
                "Earthquake of magnitude 4.5 shakes the Caspian coast",
                "Earthquake of magnitude 5.1 shakes the Caspian coast"
            ),
            (
                "Nouvelle-Calédonie : le point sur la situation, jour 3",
                "Nouvelle-Calédonie : le point sur la situation, jour 4"
            ),
            ("US condemns the attack on the embassy in Baku", "EU condemns the attack on the embassy in Baku"),
            (
                "Presidential election results for the region - Paris",
                "Presidential election results for the region - Lyon"
            ),
            ("Bakıda 3 nəfər saxlanıldı, istintaq başlandı", "Bakıda 5 nəfər saxlanıldı, istintaq başlandı"),
            (
                "Cumhurbaşkanı Erdoğan, Aliyev ile telefonda görüştü",
                "Cumhurbaşkanı Erdoğan, Putin ile telefonda görüştü"
            ),
            ("阿塞拜疆总统会见法国外交部长讨论合作", "阿塞拜疆总统会见德国外交部长讨论合作"),
            (
                "President meets ministers and talks about water with Baku",
                "President meets rivals, ministers walk out, Iran talks about water with Baku"
            ),
        ])
    func templates(_ first: String, _ second: String) {
        #expect(areApart(first, second), "\(first) / \(second)")
    }

    @Test(
        "generic titles join nothing",
        arguments: [
            "Editorial", "Live", "En direct", "News in brief", "Baku", "社论", "Обзор прессы", "EN BREF - AFP",
        ])
    func generic(_ title: String) {
        #expect(areApart(title, title, named: []))
        if TitleLength.words(title) < 3 { #expect(areApart(title, title, named: ["place.baku"])) }
    }

    @Test("a short headline joins its equal only where both name the same entities")
    func shortTitles() {
        #expect(!areApart("Macron in Baku", "Macron in Baku", named: ["macron", "place.baku"]))
        #expect(areApart("Macron in Baku", "Macron in Baku", named: ["macron"], secondNamed: ["place.baku"]))
        #expect(areApart("Revue de presse", "Revue de presse", named: []))
    }

    @Test("equal long headlines about other entities are apart")
    func otherEntities() {
        let title = "Five things that you need to know today"
        #expect(areApart(title, title, named: [], secondNamed: ["place.baku"]))
        var press = Press()
        #expect(press.story(title, feed: "a", named: [], entities: ["place.baku"]) == "s_1")
        #expect(press.story(title, feed: "b", named: [], entities: ["place.noumea"]) == "s_2")
    }

    @Test("a column that a feed prints day after day never swallows the next one, nor those of other feeds")
    func columns() {
        var press = Press()
        let title = "Baku this morning: what the papers of the capital say"
        #expect(press.story(title, feed: "a") == "s_1")
        #expect(press.story(title, feed: "a", after: 24) == "s_2")
        #expect(press.story(title, feed: "a", after: 24) == "s_3")
        #expect(press.story(title, feed: "b", after: 1) == "s_4")
        #expect(press.story(title, feed: "a", after: 23) == "s_5")
    }

    @Test("a live page that is moved to a new address every few hours is told each time")
    func livePages() {
        var press = Press()
        let title = "Live updates: unrest in New Caledonia as police arrive"
        #expect(press.story(title, feed: "a", url: "https://a.example/live/1") == "s_1")
        #expect(press.story(title, feed: "a", url: "https://a.example/live/2", after: 6) == "s_2")
        #expect(press.story(title, feed: "a", url: "https://a.example/live/3", after: 6) == "s_3")
    }

    @Test("a feed that gives all its items one address gives them none (I3)")
    func sharedAddress() {
        var press = Press()
        let url = "https://a.example/live"
        #expect(press.story("Police arrive in the centre of Noumea", feed: "a", url: url) == "s_1")
        #expect(press.story("Aliyev speaks at the summit of Baku", feed: "a", url: url) == "s_2")
        #expect(press.story("A third matter entirely is on its way", feed: "a", url: "https://a.example/") == "s_3")
        #expect(press.story("And a fourth one that nobody expected", feed: "b", url: "https://a.example/") == "s_4")
    }

    @Test("a feed's own headline with something added is another item of its series")
    func ownSeries() {
        #expect(
            areApart(
                "Azerbaijan's Ministry of Defence issues a statement",
                "Azerbaijan's Ministry of Defence issues a statement on Lachin", feeds: ("azertac", "azertac")))
    }

    @Test("what is added must not outweigh what is shared, and the entities must be named in both")
    func additions() {
        #expect(
            areApart(
                "Baku hosts a climate summit",
                "As Baku hosts a climate summit the families of prisoners in Karabakh wait for a word from their own"
            ))
        #expect(
            areApart(
                "The talks will resume on Monday", "The talks will resume on Monday in Geneva", named: [],
                secondNamed: ["place.geneva"]))
    }
}

private enum TitleLength {
    static func words(_ title: String) -> Int { title.split(separator: " ").count }
}
