"""Words by which sections, titles, organisations, studies, languages and places are known. All folded: lower case,
without accents."""

from __future__ import annotations

import re
import unicodedata

SECTION_STEMS: dict[str, tuple[str, ...]] = {
    "work": (
        "appointments", "experience", "experiences", "employment", "career", "work", "jobs", "positions", "roles", "worked",
        "berufserfahrung", "berufserfahrungen", "berufspraxis", "werdegang", "berufsweg", "praxiserfahrung", "laufbahn", "taetigkeiten",
        "berufstatigkeit", "anstellungen", "parcours", "emplois", "carriere", "experiencia", "trayectoria", "empleo", "experiencias",
        "carreira", "percurso", "esperienza", "esperienze", "lavoro", "lavorative", "carriera", "doswiadczenie", "zatrudnienie",
        "zatrudnienia", "praca", "kariera",
    ),
    "education": (
        "education", "studies", "studied", "degrees", "academic", "academics", "schooling", "university", "qualifications", "ausbildung",
        "bildungsweg", "bildung", "studium", "schulbildung", "hochschulbildung", "akademische", "formation", "formations", "etudes", "diplomes",
        "scolarite", "formacion", "estudios", "educacion", "titulacion", "formacao", "educacao", "escolaridade", "habilitacoes",
        "istruzione", "formazione", "studi", "edukacja", "wyksztalcenie", "studia",
    ),
    "skills": (
        "skills", "skill", "competencies", "competences", "competencies", "competency", "expertise", "strengths", "technologies", "toolbox", "toolkit",
        "abilities", "capabilities", "proficiencies", "knowledge", "stack", "specialities", "specialties", "kenntnisse", "fahigkeiten",
        "kompetenzen", "kompetenz", "fachkenntnisse", "edv-kenntnisse", "it-kenntnisse", "starken", "savoir-faire", "habilidades", "competencias",
        "aptitudes", "conocimientos", "conhecimentos", "aptidoes", "competenze", "capacita", "abilita", "umiejetnosci",
        "kompetencje", "techniczne",
    ),
    "certifications": (
        "certificates", "certificate", "certifications", "certification", "licences", "licenses", "licence", "licensure", "accreditations",
        "badges", "credentials", "registrations", "zertifikate", "zertifizierungen", "zertifikat", "lizenzen", "certificats",
        "habilitations", "certificados", "certificaciones", "licencias", "certificacoes", "certificazioni", "certificati",
        "certyfikaty", "uprawnienia", "licencje",
    ),
    "languages": (
        "languages", "language", "linguistic", "sprachen", "sprachkenntnisse", "fremdsprachen", "langues", "idiomas", "linguas", "idioma",
        "lingue", "linguistiche", "jezyki", "jezykow", "jezykowe", "spoken",
    ),
    "training": (
        "training", "trainings", "courses", "course", "workshops", "seminars", "coursework", "weiterbildung", "weiterbildungen",
        "fortbildung", "fortbildungen", "schulungen", "kurse", "stages", "perfectionnement", "cursos", "curso",
        "capacitacion", "corsi", "aggiornamento", "szkolenia", "kursy", "formation continue", "continuing", "cours", "continue",
        "complementaria", "complementar", "weiteres",
    ),
    "projects": (
        "projects", "project", "built", "portfolio", "projekte", "projekt", "projets", "realisations", "proyectos", "projetos",
        "progetti", "projekty",
    ),
    "summary": (
        "profile", "summary", "about", "objective", "overview", "statement", "introduction", "profil", "kurzprofil", "zusammenfassung", "kurzvorstellung",
        "resume", "propos", "perfil", "resumen", "sobre", "objetivo", "resumo", "profilo", "sintesi", "chi", "obiettivo", "podsumowanie",
        "o mnie", "bio", "biography", "uber", "extracto", "presentazione", "presentation", "accroche",
    ),
    "contact": (
        "contact", "contacts", "touch", "reach", "kontakt", "kontaktdaten", "coordonnees", "contacto", "contato", "contatos", "contatti",
        "personal details", "personalien", "kontaktowe", "personenbezogene", "datos", "dati", "dane", "dados",
    ),
    "other": (
        "references", "referenzen", "hobbies", "interests", "interessen", "hobbys", "publications", "publikationen", "awards", "honours",
        "honors", "volunteering", "voluntary", "patents", "memberships", "affiliations", "activities", "talks", "conferences",
        "loisirs", "interets", "centres", "intereses", "aficiones", "referencias", "interesses", "hobby", "interessi", "zainteresowania",
        "achievements", "auszeichnungen", "ehrenamt", "publicaciones", "publicacoes", "pubblicazioni", "publikacje", "engagement",
        "pasatiempos", "referencje", "grants", "teaching", "service", "benevolat", "clause", "consent",
    ),
}  # fmt: skip
HEADING_FILLERS = frozenset(
    "my i am have has at so far what who where things key core professional technical personal selected additional other relevant "
    "and & of in the history background details information info section taken good speak me to get how for with done a can do "
    "earlier previous early main general summary human foreign further recent notable side own ive been major academic career work practical "
    "und der die das von zu ich meine mein uber mich was kann berufliche beruflicher beruflichen berufliches personliche fachliche weitere "
    "personlicher technische kenntnisse daten angaben schulische sonstige eigene wichtige ausgewahlte et de des du la le les l d mes mon ma "
    "professionnel professionnelle professionnelles professionnels personnel personnels personnelles cles informatiques techniques autres "
    "moi a en y e del los las mi mis tecnicas profesional profesionales personales personal laboral laborales academica academicas "
    "academico clave sobre mim minhas meus profissional profissionais pessoais tecnicas academica outros os as do da dos "
    "professionale professionali personali tecniche mie miei me sono so i lo gli di linguistiche conseguite "
    "zawodowe zawodowy zawodowa moje o mnie osobiste oraz i jezykow jezykowe obcych dodatkowe ukonczone kluczowe dane "
    "languages language courses continuing development projects experience skills training education certificates formation continue "
    "complementaria complementar kompetencje informatyczne qualifications know learned learnt use areas interest spoken parlees "
    "complementaire complementaires complementarios complementares adicionales adicional adicionais aggiuntiva aggiuntive ulteriori zusatzliche supplementaires obce extranjeros estrangeiras straniere etrangeres fremde "
    "vie besondere bisherige berufserfahrungen uniwersyteckie mojej kariery przebieg kursy und umiejetnosci znajomosc moim mojego trayectoria historia historico storia percorso parcours scolaire academique universitaire career path selection of "
    "relevantes realizados tools software it edv links online web studied worked built reach find live".split()
)
DEVELOPMENT_HEADINGS = {"professional development": "training", "continuing education": "training", "formation continue": "training",
    "formacion complementaria": "training", "formacion continua": "training", "formacao complementar": "training", "formazione continua": "training",
    "educational background": "education", "skills and languages": "skills", "cv": "", "personal data": "contact", "education and training": "education",
    "istruzione e formazione": "education", "training and education": "education", "employment history": "work", "work history": "work",
    "history": "work", "who i am": "summary", "personal statement": "summary", "career objective": "summary", "career summary": "summary",
    "career profile": "summary", "professional summary": "summary", "professional profile": "summary", "experience summary": "summary", "personal information": "contact",
    "skills summary": "skills", "summary of qualifications": "summary", "tools": "skills", "tools and technologies": "skills", "languages and tools": "skills",
    "informatique": "skills", "informatica": "skills", "a propos": "summary", "about": "summary", "links": "contact", "daten": "contact",
    "competences linguistiques": "languages", "conocimientos de idiomas": "languages", "competenze linguistiche": "languages",
    "znajomosc jezykow": "languages", "znajomosc jezykow obcych": "languages", "personliche daten": "contact", "dati personali": "contact", "datos personales": "contact",
    "dane osobowe": "contact", "dados pessoais": "contact", "persoenliche daten": "contact", "certificates and training": "certifications",
    "interests": "other", "职业经历": "work", "工作经历": "work", "工作经验": "work", "职业经验": "work", "教育背景": "education", "教育经历": "education", "教育": "education", "学历": "education",
    "技能": "skills", "专业技能": "skills", "语言": "languages", "语言能力": "languages", "证书": "certifications", "资格证书": "certifications", "培训": "training", "培训经历": "training",
    "项目": "projects", "项目经历": "projects", "项目经验": "projects", "自我评价": "summary", "个人简介": "summary", "个人总结": "summary", "简介": "summary", "联系方式": "contact", "个人信息": "contact",
    "職歴": "work", "職務経歴": "work", "職務経験": "work", "学歴": "education", "スキル": "skills", "語学": "languages", "言語": "languages", "語学力": "languages", "資格": "certifications", "免許・資格": "certifications", "資格・免許": "certifications",
    "研修": "training", "研修歴": "training", "プロジェクト": "projects", "自己紹介": "summary", "職務要約": "summary", "概要": "summary", "プロフィール": "summary", "連絡先": "contact", "自己pr": "summary",
    "الخبرة": "work", "الخبرات": "work", "الخبرة المهنية": "work", "الخبرة العملية": "work", "التعليم": "education", "المؤهلات": "education", "المهارات": "skills", "اللغات": "languages", "الشهادات": "certifications",
    "الدورات": "training", "الدورات التدريبية": "training", "التدريب": "training", "المشاريع": "projects", "نبذة": "summary", "نبذة عني": "summary", "الملخص": "summary", "الملف الشخصي": "summary", "التواصل": "contact", "معلومات الاتصال": "contact", "بيانات الاتصال": "contact",
    "ניסיון": "work", "ניסיון תעסוקתי": "work", "ניסיון מקצועי": "work", "השכלה": "education", "כישורים": "skills", "מיומנויות": "skills", "שפות": "languages", "הסמכות": "certifications", "תעודות": "certifications", "קורסים": "training", "הכשרות": "training",
    "פרויקטים": "projects", "תקציר": "summary", "פרופיל": "summary", "אודות": "summary", "פרטי קשר": "contact", "יצירת קשר": "contact",
}  # fmt: skip

TITLE_WORDS = frozenset(
    "manager engineer developer director officer analyst consultant assistant associate intern trainee apprentice lead leader head chief "
    "nurse doctor physician surgeon teacher lecturer professor tutor researcher scientist technician operator operative worker clerk "
    "administrator coordinator supervisor specialist advisor adviser architect designer accountant auditor controller bookkeeper "
    "buyer planner driver chef cook waiter waitress barista receptionist secretary representative agent executive president founder "
    "partner owner lawyer solicitor barrister paralegal counsel judge editor writer journalist author translator interpreter "
    "librarian curator photographer producer artist musician programmer tester sre cto ceo cfo coo cio vp sysadmin fellow "
    "postdoc postdoctoral student volunteer freelancer freelance contractor electrician plumber welder mechanic fitter carpenter mason "
    "pharmacist therapist physiotherapist psychologist counsellor counselor midwife matron paramedic radiographer practitioner carer "
    "caretaker guard inspector surveyor estimator foreman superintendent shopkeeper cashier merchandiser salesperson salesman recruiter "
    "strategist marketer copywriter instructor trainer coach examiner registrar dean principal headteacher steward pilot captain "
    "dispatcher forwarder broker underwriter actuary trader banker teller economist statistician mathematician biologist chemist "
    "physicist geologist ecologist veterinarian vet dentist hygienist optician dietitian nutritionist sommelier baker butcher "
    "gardener farmer forester fisherman tailor owner stylist hairdresser beautician host hostess concierge porter cleaner "
    "housekeeper nanny packer picker loader controller ranger warden officer deputy scholar demonstrator reader chair chairman "
    "treasurer trustee ambassador evangelist scrum master expert generalist member hand crew handler scheduler "
    "leiter leiterin ingenieur ingenieurin entwickler entwicklerin berater beraterin mitarbeiter mitarbeiterin assistent assistentin "
    "referent referentin sachbearbeiter sachbearbeiterin techniker technikerin kaufmann kauffrau meister meisterin pfleger pflegerin "
    "krankenschwester arzt arztin lehrer lehrerin dozent praktikant praktikantin werkstudent werkstudentin auszubildender auszubildende "
    "geschaftsfuhrer geschaftsfuhrerin vorstand direktor direktorin koordinator koordinatorin disponent disponentin buchhalter "
    "buchhalterin verkaufer verkauferin fachkraft lagerist steuerberater wissenschaftlicher wissenschaftliche hilfskraft "
    "ingenieure directeur directrice responsable chef cheffe developpeur developpeuse technicien technicienne assistante "
    "infirmier infirmiere medecin professeur enseignant enseignante charge chargee consultante gestionnaire comptable acheteur acheteuse "
    "stagiaire apprenti conseiller conseillere vendeur vendeuse analyste adjoint adjointe ouvrier cadre alternant redacteur redactrice "
    "ingeniero ingeniera desarrollador desarrolladora director directora gerente jefe jefa analista consultor consultora asistente "
    "enfermero enfermera medico profesor profesora tecnico tecnica administrativo administrativa coordinador coordinadora comercial "
    "becario becaria auxiliar encargado encargada ayudante contable comprador compradora "
    "engenheiro engenheira desenvolvedor desenvolvedora diretor diretora chefe coordenador coordenadora enfermeiro enfermeira "
    "estagiario estagiaria professora tecnico gestor gestora contabilista comprador assistente supervisora "
    "ingegnere sviluppatore sviluppatrice direttore direttrice capo consulente infermiere infermiera coordinatore coordinatrice "
    "impiegato impiegata tirocinante docente tecnico addetto addetta assistente ragioniere progettista stagista insegnante "
    "inzynier programista programistka kierownik kierowniczka dyrektor specjalista specjalistka analityk konsultant asystent asystentka "
    "pielegniarka pielegniarz lekarz nauczyciel stazysta praktykant koordynator ksiegowa ksiegowy magazynier mlodszy starszy "
    "responsabile tecnologo restauratore cuoco cuoca commesso commessa magazziniere autista elettricista infermieristico capocantiere geometra architetto grafico grafica redattore redattrice ricercatore ricercatrice "
    "cocinero cocinera camarero camarera conductor conductora redactor redactora arquitecto arquitecta disenador disenadora investigador investigadora abogado abogada recepcionista dependiente oficial peon operario operaria delegado delegada "
    "cozinheiro cozinheira motorista redator redatora arquiteto arquiteta investigadora advogado advogada operador operadora encarregado encarregada auxiliar formador formadora designer "
    "cuisinier cuisiniere serveur serveuse conducteur conductrice redacteur architecte graphiste chercheur chercheuse avocat avocate electricien electricienne menuisier plombier formateur formatrice animateur animatrice coordinateur coordinatrice coordinatrice aide soignant soignante agent secretaire "
    "kucharz kelner kierowca redaktor redaktorka architekt architektka grafik projektant projektantka badacz badaczka prawnik prawniczka elektryk mechanik sprzedawca opiekun opiekunka instruktor lektor lektorka referent ksiegowa brygadzista majster monter technik pomocnik "
    "koch kochin bauleiter bauleiterin polier bauzeichner architekt architektin grafiker grafikerin redakteur jurist juristin erzieher erzieherin fahrer fahrerin elektriker schreiner volontar volontarin lektor lektorin lektorat hebamme "
    "operations-manager teamleiter teamleiterin projektleiter projektleiterin abteilungsleiter projektmanager softwareentwickler "
    "経理 部長 課長 係長 מהנדסת מפתחת מנהל אחראי רכזת מורה אחות רופאה מזכירה סטודנט עוזר יועץ יועצת בודק בודקת חוקר חוקרת معلم ممرض ممرضة محاسب مشرف منسق مساعد باحث مصمم فني مديرة مهندسة مطورة محللة معلمة محاسبة رئيس رئيسة מתרגם כותבת 主任 エンジニア マネージャー 开发 工程师 经理 主管 总监 专员 助理 顾问 مدير مهندس مطور محلل אخصائي מנהל מנהלת מהנדס מפתח".split()
)
TITLE_SUFFIXES = ("プログラマー", "アナリスト", "コンサルタント", "リーダー", "デザイナー", "ディレクター", "スタッフ", "アシスタント", "看護師", "教師", "研究員", "店長", "工程師", "分析师", "设计师", "研究员", "护士", "教师", "讲师", "会计", "出纳", "销售", "代表", "实习生", "designer", "designerin", "gestalter", "gestalterin", "redakteur", "redakteurin", "macher", "macherin", "schreiber", "schreiberin", "zeichner", "zeichnerin", "prufer", "pruferin", "elektroniker", "elektronikerin", "mechaniker", "mechanikerin", "informatiker", "informatikerin", "logistiker", "logistikerin", "gartner", "gartnerin", "therapeut", "therapeutin", "wissenschaftler", "wissenschaftlerin", "spezialist", "spezialistin", "referentin", "kraft", "monteur", "schlosser", "backer", "koch", "kochin", "leiter", "leiterin", "ingenieur", "ingenieurin", "entwickler", "entwicklerin", "berater", "beraterin", "manager", "managerin",
    "assistent", "assistentin", "pfleger", "pflegerin", "techniker", "technikerin", "kaufmann", "kauffrau", "fuhrer", "fuhrerin", "meister", "meisterin", "helfer", "helferin",
    "lehrer", "lehrerin", "arzt", "arztin", "planer", "planerin", "arbeiter", "arbeiterin", "工程师", "经理", "主管", "总监", "专员", "助理", "顾问", "エンジニア", "マネージャー", "担当", "部長", "課長", "主任", "士", "师", "员")  # fmt: skip
ORG_WORDS = frozenset(
    "ltd limited llc llp plc inc incorporated corp corporation co company gmbh ag kg ohg ug se sa sas sarl srl spa bv nv ab as oy aps lda ltda "
    "group holding holdings partners partnership associates bank trust hospital clinic university college school institute institut "
    "council ministry department agency authority government office foundation charity society association federation union "
    "services solutions systems technologies technology software labs laboratories laboratory studio studios media consulting "
    "logistics transport shipping airlines airways railways energy power water foods beverages brewery bakery farms estates hotels hotel restaurant "
    "stores retail supermarkets pharmacy pharmaceuticals chemicals steel motors automotive engineering construction works industries "
    "manufacturing products brands games insurance capital finance financial investments ventures museum gallery library theatre press publishing "
    "university's academy centre center county city district parcels freight forwarding analytics networks telecom mobile digital "
    "health healthcare care nhs medical devices dental practice surgery gruppe werke verlag klinik krankenhaus stadtwerke verein stadt "
    "hochschule universitat landkreis behorde amt groupe societe banque hopital clinique universite mairie ecole grupo banco hospital "
    "clinica universidad ayuntamiento escuela universidade camara gruppo banca ospedale universita comune azienda scuola spolka bank szpital "
    "uniwersytet urzad szkola sp z.o.o 株式会社 有限公司 公司 大学 医院 集团 大學 شركة مستشفى جامعة בע\"מ".split()
)
SCHOOL_WORDS = frozenset(
    "university college school institute academy polytechnic conservatory conservatoire universitat hochschule fachhochschule technische tu fh "
    "gymnasium berufsschule berufskolleg akademie schule universite ecole lycee iut institut faculte universidad escuela instituto colegio politecnica "
    "universidade escola faculdade politecnico universita scuola liceo istituto politecnico accademia uniwersytet politechnika akademia "
    "szkola liceum technikum wyzsza faculty seminary uni mit eth insead hec 大学 学院 高校 大學 学校 高等学校 專門学校 جامعة كلية معهد אוניברסיטת אוניברסיטה מכללת המכללה האוניברסיטה מכללה הטכניון الجامعة المعهد الكلية".split()
)
ORG_SUFFIXES = ("事务所", "事務所", "局", "院", "厂", "工場", "商店", "会社", "大學", "高校", "協会", "协会", "機構", "研究所", "学校", "小学", "中学", "幼儿园", "酒店", "ホテル", "サービス", "システムズ", "buro", "werk", "werke", "haus", "verlag", "klinik", "klinikum", "krankenhaus", "zentrum", "verein", "verband", "gesellschaft", "betriebe", "universitat", "hochschule", "schule", "brauerei", "handel", "logistik", "technik", "museum", "spital", "kasse", "stiftung", "szpital", "株式会社", "有限公司", "公司", "集团", "大学", "病院", "医院", "商事", "銀行", "银行")
DEGREE_WORDS = frozenset(
    "bsc ba beng bs bba bcom bed llb llm msc ma meng mba mphil phd dphil md mbbs mres mpa mph ms med mfa bfa dr doctorate doctor doctoral bachelor "
    "bachelors master masters diploma certificate degree hnd hnc a-levels a-level gcse gcses btec foundation associate apprenticeship nvq pgce "
    "pgdip pgcert postgraduate undergraduate abitur fachabitur diplom magister promotion ausbildung staatsexamen mittlere realschulabschluss bachelorstudium masterstudium "
    "licence maitrise doctorat baccalaureat bac bts dut ingenieur diplome grado licenciatura licenciado licenciada ingenieria maestria "
    "doctorado bachillerato diplomatura mestrado bacharelado bacharel doutoramento doutorado tecnologo laurea magistrale triennale dottorato "
    "maturita licencjat inzynier doktorat matura technik 学士 硕士 博士 修士 本科 بكالوريوس ماجستير دكتوراه תואר b.sc m.sc b.a m.a b.eng m.eng ph.d ll.b ll.m "
    "m.phil b.s m.s m.b.a mag dipl.-ing dipl-ing umschulung lehre titulo grado-superior fp cap deug dea dess bachelorabschluss masterabschluss "
    "tecnico superiore superior advanced highers baccalaureate ib".split()
)
LANGUAGES = (
    "english|german|french|spanish|portuguese|italian|polish|dutch|welsh|irish|gaelic|scots|swedish|norwegian|danish|finnish|icelandic|"
    "russian|ukrainian|belarusian|czech|slovak|slovenian|slovene|croatian|serbian|bosnian|bulgarian|romanian|hungarian|greek|turkish|arabic|"
    "hebrew|persian|farsi|urdu|hindi|punjabi|bengali|gujarati|tamil|telugu|malayalam|marathi|nepali|sinhala|thai|vietnamese|indonesian|malay|"
    "tagalog|filipino|japanese|korean|chinese|mandarin|cantonese|swahili|yoruba|igbo|hausa|amharic|somali|zulu|afrikaans|catalan|basque|galician|"
    "latvian|lithuanian|estonian|albanian|macedonian|georgian|armenian|kurdish|pashto|mongolian|maltese|luxembourgish|latin|esperanto|"
    "isixhosa|manx|cornish|frisian|flemish|sami|faroese|tibetan|khmer|lao|burmese|uyghur|kazakh|uzbek|tatar|azerbaijani|kannada|sindhi|quechua|guarani|maori|samoan|hawaiian|kinyarwanda|wolof|lingala|oromo|tigrinya|isizulu|british sign language|american sign language|sign language|bsl|asl|twi|akan|shona|xhosa|"
    "englisch|deutsch|franzosisch|spanisch|portugiesisch|italienisch|polnisch|niederlandisch|russisch|ukrainisch|tschechisch|turkisch|arabisch|"
    "japanisch|chinesisch|schwedisch|danisch|ungarisch|rumanisch|griechisch|kroatisch|serbisch|gebardensprache|latein|"
    "anglais|allemand|francais|espagnol|portugais|italien|polonais|neerlandais|russe|ukrainien|arabe|japonais|chinois|turc|grec|roumain|breton|"
    "ingles|aleman|frances|espanol|portugues|italiano|polaco|neerlandes|holandes|ruso|arabe|japones|chino|euskera|vasco|gallego|valenciano|castellano|rumano|"
    "alemao|espanhol|russo|mandarim|japones|catalao|inglese|tedesco|francese|spagnolo|portoghese|polacco|olandese|arabo|giapponese|cinese|rumeno|"
    "angielski|niemiecki|francuski|hiszpanski|portugalski|wloski|polski|rosyjski|ukrainski|czeski|niderlandzki|japonski|chinski|"
    "英语|英語|德语|ドイツ語|法语|フランス語|西班牙语|スペイン語|日语|日本語|中文|中国語|普通话|汉语|粤语|广东话|韩语|韓国語|俄语|葡萄牙语|意大利语|"
    "العربية|الإنجليزية|الانجليزية|الفرنسية|الألمانية|الالمانية|الإسبانية|التركية|עברית|אנגלית|ערבית|רוסית|צרפתית|גרמנית|ספרדית"
)
COUNTRIES = frozenset(
    "uk u.k. gb england scotland wales ireland usa u.s. us u.s.a. america canada australia germany france spain portugal italy poland austria switzerland "
    "belgium netherlands luxembourg denmark sweden norway finland iceland czechia slovakia hungary romania bulgaria greece croatia serbia slovenia "
    "ukraine turkey israel egypt morocco tunisia nigeria kenya ghana india pakistan bangladesh china japan korea taiwan singapore malaysia thailand "
    "vietnam indonesia philippines brazil mexico argentina chile colombia peru lebanon jordan qatar uae estonia latvia lithuania malta cyprus "
    "deutschland osterreich schweiz frankreich italien spanien polen france allemagne suisse belgique espagne italie pologne espana alemania francia "
    "italia mexico brasil portugal polska niemcy italia germania francia spagna svizzera deutschland remote remoto 中国 日本 lanzarote".split()
) | frozenset({"united kingdom", "united states", "new zealand", "south africa", "saudi arabia", "hong kong", "northern ireland", "czech republic"})
STATES = frozenset(
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA "
    "WA WV WI WY DC ON QC BC AB MB SK NS NB NSW VIC QLD".split()
)
CITIES = frozenset(
    "london birmingham leeds glasgow sheffield bradford liverpool edinburgh manchester bristol cardiff belfast leicester coventry nottingham newcastle "
    "sunderland brighton hull plymouth stoke wolverhampton derby swansea southampton portsmouth reading oxford cambridge york exeter bath norwich "
    "aberdeen dundee inverness luton preston felixstowe ipswich peterborough dublin cork galway limerick paris lyon marseille toulouse nice nantes "
    "strasbourg montpellier bordeaux lille rennes reims grenoble dijon angers berlin hamburg munchen munich koln cologne frankfurt stuttgart dusseldorf dortmund "
    "essen leipzig bremen dresden hannover nurnberg duisburg bochum bonn munster karlsruhe mannheim augsburg freiburg mainz kiel aachen wien vienna graz linz "
    "salzburg innsbruck zurich geneve geneva basel bern lausanne madrid barcelona valencia sevilla zaragoza malaga bilbao granada murcia lisboa lisbon porto braga "
    "coimbra roma rome milano milan napoli torino turin palermo genova bologna firenze florence bari catania venezia verona padova trieste warszawa "
    "warsaw krakow lodz wroclaw poznan gdansk szczecin bydgoszcz lublin katowice gdynia amsterdam rotterdam utrecht eindhoven brussels bruxelles antwerp "
    "ghent copenhagen stockholm gothenburg oslo bergen helsinki prague brno budapest bucharest sofia athens istanbul ankara moscow kyiv "
    "bournemouth folkestone penrith evesham keswick harrogate lancaster chester wetherby stirling larne sittingbourne cheltenham gloucester worcester hereford shrewsbury telford stafford lichfield "
    "colchester chelmsford southend canterbury dover hastings eastbourne rochester maidstone guildford winchester salisbury taunton truro torquay barnstaple falmouth durham carlisle kendal "
    "blackpool burnley bolton bury oldham rochdale stockport warrington wigan crewe buxton matlock chesterfield mansfield lincoln grimsby hull scarborough whitby middlesbrough gateshead hexham berwick perth "
    "paisley ayr dumfries elgin fort wrexham bangor aberystwyth newport cardigan armagh derry newry lisburn galway sligo waterford kilkenny drogheda dundalk athlone tralee northampton kettering "
    "bedford watford slough swindon basingstoke crawley woking stevenage harlow basildon huddersfield halifax wakefield doncaster barnsley rotherham grantham boston skegness ludlow leominster "
    "albany buffalo syracuse hartford providence portsmouth burlington concord trenton newark wilmington annapolis richmond norfolk roanoke savannah charleston greenville asheville knoxville "
    "chattanooga birmingham mobile jackson shreveport tulsa wichita lincoln topeka fargo duluth rochester lansing toledo dayton akron louisville lexington springfield peoria evanston racine "
    "spokane tacoma eugene salem olympia fresno stockton bakersfield riverside reno flagstaff albuquerque amarillo lubbock laredo galveston anchorage juneau provo ogden cheyenne billings missoula helena "
    "rostock lubeck schwerin potsdam magdeburg halle erfurt jena weimar kassel gottingen oldenburg osnabruck bielefeld paderborn siegen koblenz trier heidelberg ulm konstanz regensburg passau "
    "wurzburg bamberg bayreuth ingolstadt flensburg cuxhaven emden wuppertal krefeld solingen darmstadt wiesbaden worms klagenfurt bregenz villach luzern winterthur thun biel chur "
    "avignon annecy brest caen rouen orleans tours poitiers limoges clermont perpignan nimes metz nancy mulhouse besancon amiens lorient quimper bayonne pau toulon cadiz cordoba huelva jaen "
    "almeria alicante cartagena toledo salamanca valladolid burgos leon oviedo gijon santander vigo logrono pamplona huesca tarragona girona lleida palma aveiro faro evora leiria viseu setubal guimaraes "
    "ferrara modena parma reggio rimini ravenna ancona perugia siena pisa livorno lucca pescara lecce taranto salerno cagliari sassari udine bolzano trento bergamo brescia como pavia novara aosta "
    "gliwice torun olsztyn rzeszow opole kielce radom zabrze tychy sopot elblag plock kalisz koszalin zamosc chelm netanya נתניה יפו רמת ashdod beersheba אשדוד רחובות הרצליה boston chicago seattle portland denver austin dallas houston phoenix tucson atlanta miami tampa orlando philadelphia pittsburgh detroit cleveland "
    "columbus cincinnati indianapolis milwaukee madison minneapolis omaha boise raleigh charlotte durham nashville memphis baltimore washington "
    "sacramento oakland honolulu toronto montreal vancouver ottawa calgary sydney melbourne brisbane perth auckland wellington tokyo osaka kyoto "
    "nagoya beijing shanghai shenzhen guangzhou taipei seoul mumbai delhi bangalore bengaluru chennai hyderabad karachi dubai cairo casablanca "
    "lagos nairobi johannesburg haifa jerusalem amman beirut 东京 東京 大阪 京都 北京 上海 深圳 广州 杭州 成都 名古屋 福岡 横浜 القاهرة بيروت عمان حيفا ירושלים".split()
) | frozenset({"new york", "san francisco", "los angeles", "san diego", "tel aviv", "cape town", "st louis", "salt lake city", "milton keynes",
    "hong kong", "sao paulo", "rio de janeiro", "buenos aires", "the hague", "den haag", "frankfurt am main", "las vegas", "kansas city", "תל אביב"})  # fmt: skip

SKILL_LABELS = re.compile(
    r"^(?:tech(?:nologies|nology|nical)?|tech(?:nology)? stack|stack|tools?(?: used)?|tools (?:and|&) technologies|skills?(?: used)?|key skills|"
    r"environment|keywords|used|built with|made with|technologien|werkzeuge|techniken|eingesetzte \w+|kenntnisse|technik|technologies utilisees|outils|"
    r"environnement(?: technique)?|competences|tecnologias|herramientas|entorno|ferramentas|tecnologie|strumenti|technologie|narzedzia|technologies? used|"
    r"methods|methoden|技术栈|技术|工具|使用技術|技術|التقنيات|الأدوات|טכנולוגיות|כלים)\s*[:：–-]\s*(?=\S)"
)
GLYPHS = "•●▪◦‣∙·*–—-−→➢➤▸►»✓✔§■□○◆◇❖⁃﹣®©¢¬・"


def _fold_key(text: str) -> str:
    """The folding of `dates.fold`, for scripts whose letters carry marks in the tables above."""
    return "".join(unicodedata.normalize("NFD", character)[0] for character in text)


DEVELOPMENT_HEADINGS = {_fold_key(heading): kind for heading, kind in DEVELOPMENT_HEADINGS.items()}
LANGUAGES = _fold_key(LANGUAGES)
TITLE_WORDS = frozenset(_fold_key(word) for word in TITLE_WORDS)
CITIES = frozenset(_fold_key(word) for word in CITIES)
