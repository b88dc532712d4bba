// SPDX-License-Identifier: Apache-2.0

/// Frequent words and endings of each language that the rules know (M50).
enum StopWords {
    private static let lists: [(language: String, words: String)] = [
        (
            "en",
            """
            the of and to in is for on that with by was as at it from are has an be this its not after who have over \
            says will he his been were their into what how why up new
            """
        ),
        (
            "fr",
            """
            le la les des du et un une en est pour dans que sur au aux avec par qui pas ce sont se son sa ses cette \
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
            deyib var ki necə niyə haqqında olduğu tərəfindən əvvəl böyük hər son olunub edilib bildirib ona onun
            """
        ),
        (
            "de",
            """
            der die das und ist nicht mit von zu den im für auf ein eine dem des sich auch als nach wird bei aus \
            gegen über sie er hat wie um vor noch sind zum zur
            """
        ),
        (
            "es",
            """
            el los las de del y en un una que es por con para su se al lo como más sobre no contra tras desde ha \
            fue son sus este esta entre ante pero
            """
        ),
    ]

    /// Each word's languages, by strict key.
    static let languages: [[UInt32]: [String]] = {
        var out: [[UInt32]: [String]] = [:]
        for (language, words) in lists {
            for word in words.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
                out[Tokenizer.cut(String(word), mode: .name).units.map(\.strict), default: []].append(language)
            }
        }
        return out
    }()

    /// Endings with their language and points; tried on words of at least two letters more.
    static let endings: [(ending: [UInt32], language: String, points: Int)] = [
        ("yor", "tr", 3), ("iyorlar", "tr", 4), ("mak", "tr", 1), ("mek", "tr", 1), ("lari", "tr", 1), ("leri", "tr", 1),
        ("nda", "tr", 1), ("nde", "tr", 1), ("nin", "tr", 1), ("acak", "tr", 2), ("ecek", "tr", 2), ("di", "tr", 1),
        ("ib", "az", 3), ("ub", "az", 3), ("üb", "az", 3), ("dir", "az", 1), ("maq", "az", 3), ("mək", "az", 3),
        ("lər", "az", 2), ("acaq", "az", 3), ("nin", "az", 1), ("lari", "az", 1),
        ("ing", "en", 2), ("ed", "en", 1), ("ly", "en", 1), ("ers", "en", 1), ("th", "en", 1), ("ght", "en", 1),
        ("ies", "en", 1), ("ty", "en", 1), ("cy", "en", 1), ("ique", "fr", 2), ("eux", "fr", 2), ("aux", "fr", 2),
        ("ée", "fr", 2), ("ées", "fr", 2), ("és", "fr", 2), ("eur", "fr", 1), ("aire", "fr", 1), ("ment", "fr", 1),
        ("tions", "fr", 0), ("ción", "es", 3), ("dad", "es", 1), ("ado", "es", 1), ("ados", "es", 1), ("ung", "de", 2),
        ("lich", "de", 2), ("keit", "de", 2), ("isch", "de", 2), ("ischen", "de", 2), ("en", "de", 1),
    ].map { (Tokenizer.cut($0.0, mode: .name).units.map(\.strict), $0.1, $0.2) }
}
