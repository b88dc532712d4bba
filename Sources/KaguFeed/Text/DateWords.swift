// SPDX-License-Identifier: Apache-2.0

/// The words of dates, folded: small letters without diacritics, İ I ı i alike (F24).
enum DateWords {
    /// Month names of the five languages of F24, in full and short, and of some more.
    static let months: [String: Int] = {
        let names: [String] = [
            """
            january jan janvier janv ocak oca yanvar yan января январь янв \
            januar enero ene gennaio gen janeiro januari ιαν ιανουαριου ιανουαριος stycznia січня
            """,
            """
            february feb fevrier fevr fev subat sub fevral февраля февраль фев февр \
            februar februari febrero febbraio fevereiro φεβ φεβρουαριου φεβρουαριος lutego лютого
            """,
            """
            march mar mars mart марта март мар \
            marz maerz marzo marco marcius marc maart mrt μαρ μαω μαρτιου μαρτιος marca березня
            """,
            "april apr avril avr nisan nis aprel апреля апрель апр abril abr aprile aprilis απρ απριλιου kwietnia квітня",
            "may mai mayis мая май mayo maggio mag maio majus maujus maj mei μαι μαιου μαιος maja травня",
            "june jun juin haziran haz iyun iyn июня июнь июн juni junio giugno giu junho junius ιουν ιον ιουνιου czerwca червня",
            "july jul juillet juil temmuz tem iyul iyl июля июль июл juli julio luglio lug julho julius ιουλ ιολ ιουλιου lipca липня",
            """
            august aug aout aou agustos agu avqust avq августа август авг \
            agosto ago augusztus augustus αυγ αυγουστου sierpnia серпня
            """,
            """
            september sept sep septembre eylul eyl sentyabr sen sent сентября сентябрь сен сент \
            septiembre settembre set setembro szeptember σεπ σεπτεμβριου wrzesnia вересня
            """,
            """
            october oct octobre ekim eki oktyabr okt октября октябрь окт \
            oktober octubre ottobre ott outubro out οκτ οκτωβριου pazdziernika жовтня
            """,
            "november nov novembre kasim kas noyabr noy ноября ноябрь ноя нояб noviembre novembro νοε νοεμβριου listopada листопада",
            """
            december dec decembre aralik ara dekabr dek декабря декабрь дек \
            dezember dez diciembre dic dicembre dezembro δεκ δεκεμβριου grudnia грудня
            """,
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
        понедельник пн пон пнд вторник вт вто втр среда среду ср сре срд четверг чт чет чтв пятница пятницу пт пят птн \
        суббота субботу сб суб сбт воскресенье вс вос вск \
        montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag mo di mi do fr sa so \
        lunes martes miercoles mie jueves jue viernes vie sabado sab domingo dom \
        lunedi martedi mercoledi giovedi gio venerdi sabato domenica segunda terca quarta quinta sexta feira \
        seg ter qua qui sex hetfo kedd szerda csutortok pentek szombat vasarnap \
        maandag dinsdag woensdag donderdag vrijdag zaterdag zondag \
        κυρ δευ τρι τετ πεμ παρ σαβ κυριακη δευτερα τριτη τεταρτη πεμπτη παρασκευη σαββατο
        """)

    /// Words that say nothing: ordinals, prepositions, the units behind numbers.
    static let fillers: Set<String> = words(
        """
        st nd rd th er ere eme at of the on t h de du le la les a saat gunu tarihinde il ili ci cu в г год года во р року \
        del di der den um uhr kl as etc standard daylight summer time 년 월 일 年 月 日 일요일 월요일 화요일 수요일 목요일 금요일 \
        토요일
        """)

    /// Korean for "in the morning" and "in the afternoon", before the time.
    static let koreanHalves: [String: Bool] = [folded("오전".utf8): false, folded("오후".utf8): true]
    /// Units that only Korean dates have.
    static let koreanYear = folded("년".utf8)

    /// Zones in minutes east of UTC: RFC 822's (military letters as that RFC has them) and those of the beat.
    static let zones: [String: Int] = {
        var table = [
            "ut": 0, "utc": 0, "gmt": 0, "z": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "cest": 120, "met": 60,
            "mez": 60, "mesz": 120,
            "mest": 120, "eet": 120, "eest": 180, "msk": 180, "msd": 240, "trt": 180, "azt": 240, "azst": 300,
            "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
            "ast": -240, "adt": -180, "akst": -540, "akdt": -480, "hst": -600, "et": -300, "ct": -360, "mt": -420,
            "pt": -480, "jst": 540, "kst": 540, "nct": 660, "aest": 600, "aedt": 660, "мск": 180,
            "at": -240, "ist": 330, "sgt": 480, "hkt": 480, "nzst": 720, "nzdt": 780, "sast": 120, "pkt": 300,
            "wib": 420, "brt": -180, "awst": 480, "tsi": 180,
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
            case 0xC0...0x17F, 0x18F, 0x259, 0x386...0x3CE, 0x400...0x45F:
                if let base = base(scalar) { out.append(base) }
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
        case "Ά", "ά": "α"
        case "Έ", "έ": "ε"
        case "Ή", "ή": "η"
        case "Ί", "ί", "Ϊ", "ϊ", "ΐ": "ι"
        case "Ό", "ό": "ο"
        case "Ύ", "ύ", "Ϋ", "ϋ": "υ"
        case "Ώ", "ώ": "ω"
        case "Α"..."Ω": Unicode.Scalar(scalar.value + 0x20)
        case "Й", "й": "и"
        case "Ѐ", "ѐ", "Ё", "ё": "е"
        case "А"..."Я": Unicode.Scalar(scalar.value + 0x20)
        default: scalar
        }
    }
}
