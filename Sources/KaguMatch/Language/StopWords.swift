// SPDX-License-Identifier: Apache-2.0

/// Frequent words and endings of each language that the rules know (M50).
enum StopWords {
    private static let lists: [(language: String, words: String)] = [
        (
            "en",
            """
            the of and to in is for on that with by was as at it from are has an be this its not after who have over \
            says will he his been were their into what how why up new a said they or but more against no can we
            """
        ),
        (
            "fr",
            """
            le la les de des du et un une en est pour dans que sur au aux avec par qui pas ce sont se son sa ses cette \
            plus après contre été ou ont leur selon chez sans nous vers mais entre fait
            """
        ),
        (
            "tr",
            """
            ve bir bu için ile da de olarak olan gibi çok daha sonra kadar en ise ama göre yeni değil karşı oldu \
            dedi etti var yok nasıl neden hakkında olduğu tarafından önce büyük her son ki mi
            """
        ),
        (
            "az",
            """
            və bir bu üçün ilə da də olan olub edib kimi daha sonra qədər isə amma görə yeni deyil qarşı barədə \
            deyib var ki necə niyə haqqında olduğu tərəfindən əvvəl böyük hər son olunub edilib bildirib ona onun edir olunur deyir
            """
        ),
        (
            "de",
            """
            der die das und ist nicht mit von zu den im für auf ein eine dem des sich auch als nach wird bei aus \
            gegen über sie er hat wie um vor noch sind zum zur einen einem einer werden wurde wurden haben keine kein nur \
            doch soll will zwischen nicht beim seine ihre dass neue neuer neuen jeder jede \
            jedes wieder kann können alle bis
            """
        ),
        (
            "es",
            """
            el los las de del y en un una que es por con para su se al lo como más sobre no contra tras desde ha \
            fue son sus este esta entre ante pero la a o según sin también ya hasta cuando desde muy nueva nuevo contra
            """
        ),
    ]

    /// The languages that take part in the points, in the order of `LanguageGuess.points`.
    static let codes = ["en", "fr", "tr", "az", "de", "es"]

    /// How many letters the longest stop word has.
    static let longest = 10

    /// The points of every stop word: three for each language that has it.
    static let languages = StopWordTable(
        lists.flatMap { language, words in
            words.split(whereSeparator: { $0 == " " || $0 == "\n" }).map {
                (letters: letters(String($0)), points: points(language, 3))
            }
        })

    /// The points of endings.
    static let endings = WordEndings(
        endingList.map { (letters: letters($0.0), points: points($0.1, $0.2)) })

    private static func letters(_ text: String) -> [UInt32] { Tokenizer.cut(text, mode: .name).units.map(\.strict) }

    private static func points(_ language: String, _ points: Int) -> LanguagePoints {
        var all = LanguagePoints()
        if let index = codes.firstIndex(of: language) { all[index] = Int32(points) }
        return all
    }

    private static let endingList: [(String, String, Int)] = [
        ("yor", "tr", 3), ("iyorlar", "tr", 4), ("mak", "tr", 1), ("mek", "tr", 1), ("lari", "tr", 1),
        ("leri", "tr", 1),
        ("nda", "tr", 1), ("lar", "tr", 1), ("ler", "tr", 1), ("lar", "az", 1), ("nde", "tr", 1), ("nin", "tr", 1),
        ("acak", "tr", 2), ("ecek", "tr", 2), ("di", "tr", 1),
        ("ib", "az", 3), ("ub", "az", 3), ("üb", "az", 3), ("dir", "az", 1), ("maq", "az", 3), ("mək", "az", 3),
        ("lər", "az", 2), ("acaq", "az", 3), ("nin", "az", 1), ("lari", "az", 1),
        ("ing", "en", 2), ("ed", "en", 1), ("ly", "en", 1), ("ers", "en", 1), ("th", "en", 1), ("ght", "en", 1),
        ("ies", "en", 1), ("ty", "en", 1), ("cy", "en", 1), ("ique", "fr", 2), ("eux", "fr", 2), ("aux", "fr", 2),
        ("ée", "fr", 2), ("ées", "fr", 2), ("és", "fr", 2), ("eur", "fr", 1), ("aire", "fr", 1), ("ment", "fr", 1),
        ("ción", "es", 3), ("dad", "es", 1), ("ado", "es", 1), ("ados", "es", 1), ("ung", "de", 2),
        ("lich", "de", 2), ("keit", "de", 2), ("isch", "de", 2), ("ischen", "de", 2), ("ischer", "de", 2),
        ("en", "de", 1),
        ("ungen", "de", 2), ("schaft", "de", 2), ("icht", "de", 2), ("eik", "de", 1), ("ich", "de", 1),
        ("tät", "de", 2),
        ("ciones", "es", 3), ("dades", "es", 2), ("mente", "es", 1), ("ieron", "es", 2),
    ]
}
