// SPDX-License-Identifier: Apache-2.0

/// The words of dates, folded: small letters without diacritics, İ I ı i alike (F24).
enum DateWords {
    /// Month names of English, French, Turkish, Azerbaijani and Russian, in full and short.
    static let months: [String: Int] = {
        let names: [String] = [
            "january jan janvier janv ocak oca yanvar yan января январь янв",
            "february feb fevrier fevr fev subat sub fevral февраля февраль фев февр",
            "march mar mars mart марта март мар",
            "april apr avril avr nisan nis aprel апреля апрель апр",
            "may mai mayis мая май",
            "june jun juin haziran haz iyun iyn июня июнь июн",
            "july jul juillet juil temmuz tem iyul iyl июля июль июл",
            "august aug aout aou agustos agu avqust avq августа август авг",
            "september sept sep septembre eylul eyl sentyabr sen sent сентября сентябрь сен сент",
            "october oct octobre ekim eki oktyabr okt октября октябрь окт",
            "november nov novembre kasim kas noyabr noy ноября ноябрь ноя нояб",
            "december dec decembre aralik ara dekabr dek декабря декабрь дек",
        ]
        var table: [String: Int] = [:]
        for (index, line) in names.enumerated() {
            for name in line.split(separator: " ") { table[folded(name.utf8)] = index + 1 }
        }
        return table
    }()

    /// Weekday names of the same languages; they are not checked.
    static let weekdays: Set<String> = words(
        """
        monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun \
        lundi lun mardi mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim \
        pazartesi pzt pts sali sal carsamba car crs persembe per prs cuma cum cumartesi cmt cts pazar paz pz \
        bazar ertesi cersenbe axsami cume senbe be ca b c s e a \
        понедельник пн пон вторник вт вто среда среду ср сре четверг чт чет пятница пятницу пт пят суббота субботу сб \
        суб воскресенье вс вос
        """)

    /// Words that say nothing: ordinals, prepositions.
    static let fillers: Set<String> = words(
        "st nd rd th er ere eme at of the on t h de du le la les a saat gunu tarihinde il ili ci cu в г год года во"
    )

    /// Zones in minutes east of UTC: RFC 822's (military letters as that RFC has them) and those of the beat.
    static let zones: [String: Int] = {
        var table = [
            "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120, "met": 60,
            "mez": 60, "mesz": 120,
            "mest": 120, "eet": 120, "eest": 180, "msk": 180, "msd": 240, "trt": 180, "azt": 240, "azst": 300,
            "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
            "ast": -240, "adt": -180, "akst": -540, "akdt": -480, "hst": -600, "et": -300, "ct": -360, "mt": -420,
            "pt": -480, "jst": 540, "kst": 540, "nct": 660, "aest": 600, "aedt": 660, "мск": 180,
        ]
        for (index, letter) in "abcdefghiklm".enumerated() { table[String(letter)] = -60 * (index + 1) }
        for (index, letter) in "nopqrstuvwxy".enumerated() { table[String(letter)] = 60 * (index + 1) }
        return table
    }()

    private static func words(_ list: String) -> Set<String> {
        Set(list.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { folded($0.utf8) })
    }

    /// A word in small letters without diacritics.
    static func folded(_ bytes: some Collection<UInt8>) -> String {
        var out = String.UnicodeScalarView()
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x41...0x5A: out.append(Unicode.Scalar(UInt8(scalar.value + 0x20)))
            case 0x300...0x36F, 0xA0, 0x2009, 0x202F, 0x2013, 0x2014, 0x2019: break
            case 0xC0...0x17F, 0x18F, 0x259, 0x400...0x45F: if let base = base(scalar) { out.append(base) }
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// The bare small letter of a Latin or Cyrillic letter.
    private static func base(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "À"..."Å", "à"..."å", "Ā"..."ą": "a"
        case "Ç", "ç", "Ć"..."č": "c"
        case "È"..."Ë", "è"..."ë", "Ē"..."ě", "Ə", "ə": "e"
        case "Ğ", "ğ", "Ĝ", "ĝ", "Ġ"..."ģ": "g"
        case "Ì"..."Ï", "ì"..."ï", "Ĩ"..."ı": "i"
        case "Ñ", "ñ", "Ń"..."ň": "n"
        case "Ò"..."Ö", "ò"..."ö", "Ō"..."ő": "o"
        case "Ś"..."š": "s"
        case "Ù"..."Ü", "ù"..."ü", "Ũ"..."ų": "u"
        case "Ý", "ý", "ÿ": "y"
        case "Ź"..."ž": "z"
        case "Й", "й": "и"
        case "Ѐ", "ѐ", "Ё", "ё": "е"
        case "А"..."Я": Unicode.Scalar(scalar.value + 0x20)
        default: scalar
        }
    }
}
