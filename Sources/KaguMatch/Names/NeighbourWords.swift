// SPDX-License-Identifier: Apache-2.0

/// Words that may stand before a bare surname without being a given name (M30), in five languages, German and Spanish.
enum NeighbourWords {
    private static let englishTitles = """
        president presidents minister ministers premier director chief leader leaders mr mrs ms dr sir lord lady \
        chairman chairwoman chair senator deputy mp ambassador secretary speaker mayor adviser advisor spokesman \
        spokeswoman spokesperson official activist politician general commissioner governor prefect head envoy \
        professor prof chancellor king queen prince colonel candidate councillor congressman diplomat analyst \
        researcher journalist lawyer pm hon rep sen gov
        """
    private static let frenchTitles = """
        président présidente ministre ministres premier première directeur directrice chef cheffe m mme mlle dr \
        député députée sénateur sénatrice ambassadeur maire conseiller conseillère commissaire leader secrétaire \
        porte-parole préfet gouverneur général chancelier monsieur madame roi candidat responsable professeur
        """
    private static let germanTitles = """
        präsident präsidenten präsidentin staatspräsident staatschef staatschefin regierungschef regierungschefin \
        premier premierminister premierministerin minister ministerin ministers ministerpräsident ministerpräsidentin \
        kanzler kanzlerin vizekanzler machthaber autokrat herrscher diktator herr herrn frau chef chefin sprecher \
        sprecherin botschafter botschafterin gouverneur präfekt könig königin politiker politikerin vorsitzender \
        vorsitzende vorsitzenden abgeordneter abgeordnete abgeordneten senator senatorin kommissar kommissarin \
        generalsekretär generalsekretärin sekretär direktor direktorin professor bürgermeister \
        bürgermeisterin berater beraterin aktivist aktivistin kandidat kandidatin amtsinhaber amtskollege amtskollegen \
        kollege kollegen
        """
    /// What German compounds end in that are titles themselves: Überseeminister, Parteichef, Exstaatspräsident.
    private static let germanHeads = """
        minister ministerin ministers präsident präsidentin präsidenten chef chefin chefs sprecher sprecherin kanzler \
        kanzlerin politiker politikerin führer führerin kommissar sekretär botschafter vorsitzende vorsitzender
        """
    private static let spanishTitles = """
        presidente presidenta expresidente expresidenta ministro ministra exministro exministra primer primera premier \
        mandatario mandataria líder líderes jefe jefa dirigente señor señora sr sra don doña embajador embajadora \
        portavoz alcalde alcaldesa exalcalde diputado diputada senador senadora comisario comisaria secretario \
        secretaria director directora gobernador gobernadora prefecto canciller rey reina general candidato candidata \
        político política asesor asesora consejero consejera
        """
    private static let turkishStems = """
        cumhurbaşkanı cumhurbaşkan başkan başkanı bakan bakanı başbakan başbakanı lider lideri müdür müdürü direktör \
        direktörü sözcü sözcüsü elçi elçisi büyükelçi büyükelçisi sayın bay bayan danışman danışmanı milletvekili \
        genel sekreter sekreteri vali yardımcısı profesör senatör şef şefi üyesi analist aktivist
        """
    private static let azerbaijaniStems = """
        prezident prezidenti nazir naziri direktor direktoru sədr sədri spiker spikeri cənab səfir səfiri deputat \
        deputatı lider lideri rəhbər rəhbəri müşavir müşaviri köməkçi köməkçisi xanım bəy müəllim katib katibi \
        komissar komissarı senator baş siyasətçi fəal analitik
        """
    private static let russianTitles = """
        президент премьер министр директор глава лидер депутат посол сенатор спикер господин госпожа председатель \
        советник помощник мэр секретарь политик генерал губернатор префект комиссар канцлер король представитель \
        премьер-министр руководитель профессор активист аналитик журналист дипломат г-н
        """

    private static let openers = """
        instead thus perhaps despite unlike earlier first last \
        ainsi alors aussi puis ensuite enfin même seul toutefois cependant pourtant déjà face outre devant malgré \
        voilà voici \
        тогда позже ранее затем кроме накануне утром вечером пока теперь поэтому именно ещё уже сам даже \
        ayrıca öte daha nitekim üstelik bundan eyni həmçinin artıq beləliklə daha ötən \
        der die das den dem des ein eine einen einem einer und oder aber auch für mit von vom zu zum zur bei beim \
        nach vor seit wie wenn als da dass ob doch nun schon während gegen über unter ohne um durch will wird würde \
        kann soll muss hat habe haben ist war sind hatte sagt sagte so dann nur noch er sie es wir ihr sein seine ihre \
        heute gestern morgen zuvor danach damit dabei darauf laut trotz wegen warum wer wo was jetzt \
        el los las un una unos unas y o pero sino que al del con por sin sobre tras ante desde hasta entre \
        cuando como porque mientras también ya ni su sus lo fue ha han hoy ayer mañana según para si aún así además \
        entonces después antes ahora luego pese este esta ese esa quien donde será es está
        """
    /// Nouns that often stand before a surname as the first word of a sentence, or anywhere in German, which gives all
    /// nouns a capital.
    private static let nouns = """
        regierung kabinett lager ära duo gegner anhänger nachfolger vorgänger verbündeter verbündete rivale rivalin \
        widersacher partner team reform plan opposition muhalefet hükümet basın göstericiler müxalifət hökumət mətbuat \
        etirazçılar оппозиция пресса сторонники противники протестующие критики
        """
    private static let functionWords = """
        the a an of and or but nor so yet in on at to for from with by as if when while that this these those his her \
        its their our your my after before since until why how what who which where whether will would could should \
        can may might must did does do is was are were be been has had have said says say not no yes however \
        meanwhile then now also both between against under about over into than because although though still \
        even just only again once today yesterday tomorrow tonight later earlier here there it he she they we you i \
        le la les un une des du de d l au aux et ou mais donc or ni car en dans sur pour par avec sans chez selon \
        quand que qui si ce cet cette ces son sa ses leur leurs ne pas plus comme lorsque puisque depuis pendant \
        après avant entre contre vers sous hier demain ici où dont il elle ils elles on nous vous je tu c qu \
        ve veya ile bu o şu bir da de ama fakat için gibi göre kadar sonra önce dün bugün yarın ise ki ne hem ancak \
        çünkü eğer böylece şimdi \
        və ya ilə həmin amma lakin üçün kimi görə qədər sonra əvvəl dünən bu gün sabah isə həm ancaq çünki əgər indi \
        и в во на с со к ко по о об от до из за у а но что как не это его её их он она они мы вы я для при над под \
        между перед после если когда где кто же ли бы то так также однако вчера сегодня завтра потом сейчас тем
        """
    private static let calendar = """
        monday tuesday wednesday thursday friday saturday sunday january february march april may june july august \
        september october november december lundi mardi mercredi jeudi vendredi samedi dimanche janvier février mars \
        avril mai juin juillet août septembre octobre novembre décembre pazartesi salı çarşamba perşembe cuma \
        cumartesi pazar ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık bazar ertəsi \
        januar februar märz juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonnabend \
        sonntag enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre lunes martes \
        miércoles jueves viernes sábado domingo \
        çərşənbə axşamı cümə şənbə yanvar fevral aprel iyun iyul avqust sentyabr oktyabr noyabr dekabr
        """
    private static let russianCalendar = """
        понедельник вторник среда четверг пятница суббота воскресенье январь февраль март апрель май июнь июль \
        август сентябрь октябрь ноябрь декабрь
        """

    private static func keys(_ words: String, declined: Bool = false) -> Set<[UInt32]> {
        var keys: Set<[UInt32]> = []
        for word in words.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let forms = declined ? RussianForms.of(String(word)) : [String(word)]
            for form in forms {
                for token in [Tokenizer.cut(form, mode: .name)] { keys.insert(token.units.map(\.loose)) }
            }
        }
        return keys
    }

    private static let titles =
        keys(englishTitles).union(keys(frenchTitles)).union(keys(russianTitles, declined: true))
        .union(keys(germanTitles)).union(keys(spanishTitles))
    private static let titleHeads = keys(germanHeads)
    private static let titleStems = keys(turkishStems).union(keys(azerbaijaniStems))
    private static let others = keys(functionWords).union(keys(openers)).union(keys(nouns)).union(keys(calendar))
        .union(keys(russianCalendar, declined: true))

    /// Whether a word is a title: president, министром, bakanı.
    static func isTitle(_ units: ArraySlice<FoldedUnit>) -> Bool {
        let key = units.map(\.loose)
        if titles.contains(key) || titleStems.contains(key) { return true }
        guard key.count > 3 else { return false }
        for length in 4..<max(4, key.count) where titleHeads.contains(Array(key.suffix(length))) { return true }
        for length in 3..<key.count where titleStems.contains(Array(key[..<length])) {
            if Endings.isChain(units.dropFirst(length), azerbaijani: false) { return true }
        }
        return false
    }

    /// Whether a word is a function word, weekday or month.
    static func isFunctionWord(_ units: ArraySlice<FoldedUnit>) -> Bool { others.contains(units.map(\.loose)) }
}
