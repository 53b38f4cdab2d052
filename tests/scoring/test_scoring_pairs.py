"""Pairs of golden and answer in many languages, each judged by a person before the scorer was asked.

right: no error may be found; changed: not right; made up: not right, and a hallucination.
"""

from __future__ import annotations

import re
from typing import Literal

import pytest

from harness.base.types import Json
from harness.scoring.score import score

Judgement = Literal["right", "changed", "made up"]
BULLET = "work_experience[0].description"
ANCHORS = {
    "work_experience": {"company": "Zephyrworks", "title": "Xylographer"},
    "education": {"institution": "Zephyr Institute"},
    "languages": {"language": "Esperanto"},
    "certifications": {"name": "Zephyr Diploma"},
}

# Statements: language, the golden's (as the CV has it), the answer's.
STATEMENTS: list[tuple[str, str, str, Judgement]] = [
    ("en", "Cut onboarding time from 14 days to 9", "Cut onboarding time from 9 days to 14", "made up"),
    ("en", "Managed a budget of $1.2m", "Managed a budget of £1.2m", "made up"),
    ("en", "Reported to the CFO every month", "Reported to the CEO every month", "made up"),
    ("en", "Ran weekly stand-ups for 3 squads", "Ran daily stand-ups for 3 squads", "made up"),
    ("en", "Supported the team before go-live", "Supported the team after go-live", "made up"),
    ("en", "Reduced churn by a third", "Reduced churn by a half", "made up"),
    ("en", "Handled up to 40 calls per hour", "Handled at least 40 calls per hour", "made up"),
    ("en", "Trained 25 nurses on the ICU ward", "Trained 25 nurses on the ICU ward.", "right"),
    ("en", "Wrote e-mail campaigns for B2B clients", "Wrote email campaigns for B2B clients", "right"),
    ("en", "Won 2nd prize at the 2019 hackathon", "Won 1st prize at the 2019 hackathon", "made up"),
    ("en", "Co-led a team of 8", "Led a team of 8", "changed"),
    ("en", "Kept the error rate under 0.5 %", "Kept the error rate under 5 %", "made up"),
    ("en", "Sold 12k units in Q3", "Sold 12,000 units in Q3", "right"),
    ("en", "Sold 12k units in Q3", "Sold 12k units in Q4", "made up"),
    ("en", "Built dashboards (Power BI) for 6 plants", "Built dashboards for 6 plants", "changed"),
    ("en", "Hired two engineers and one designer", "Hired one engineer and two designers", "made up"),
    ("en", "Saved roughly 300 hours a year", "Saved roughly 300 hours a month", "made up"),
    ("en", "Maintained 99.9% uptime", "Maintained 99.99% uptime", "made up"),
    ("en", "Was promoted twice within 18 months", "Was promoted twice within 18 weeks", "made up"),
    ("en", "Replaced Oracle with PostgreSQL", "Replaced PostgreSQL with Oracle", "made up"),
    ("de", "Umsatz um 12 % gesteigert", "Umsatz um 12 % gesenkt", "made up"),
    ("de", "Führung von 15 Mitarbeitenden", "Führung von 50 Mitarbeitenden", "made up"),
    ("de", "Betreuung von 30 Neukunden", "Betreuung von 30 Bestandskunden", "made up"),
    ("de", "Straßenbauprojekte geleitet und abgerechnet", "Strassenbauprojekte geleitet und abgerechnet", "right"),
    ("de", "Die Kosten je Bauteil halbiert", "Die Kosten je Bauteil verdoppelt", "made up"),
    ("de", "2019 keine Reklamationen verzeichnet", "2019 Reklamationen verzeichnet", "made up"),
    ("de", "Stellvertretende Leitung der Station", "Leitung der Station", "changed"),
    ("de", "Rund 1.500 Tickets im Jahr bearbeitet", "Rund 1500 Tickets im Jahr bearbeitet", "right"),
    ("de", "Rund 1,5 Mio. Euro verwaltet", "Rund 1,5 Mrd. Euro verwaltet", "made up"),
    ("fr", "Réduction des délais de 10 jours", "Augmentation des délais de 10 jours", "made up"),
    ("fr", "Encadrement d'une équipe de 7 personnes", "Encadrement d’une équipe de sept personnes", "right"),
    ("fr", "Livraison de 4 projets sans retard", "Livraison de 4 projets avec retard", "made up"),
    ("fr", "Chiffre d'affaires porté à 2 M€", "Chiffre d'affaires porté à 2 k€", "made up"),
    ("fr", "Formation de 12 stagiaires par an", "Formation de 12 stagiaires par mois", "made up"),
    ("es", "Aumento de ventas del 8 %", "Disminución de ventas del 8 %", "made up"),
    ("es", "Gestión de 3 tiendas en Sevilla", "Gestión de 3 tiendas en Madrid", "made up"),
    ("es", "Atención a más de 200 clientes", "Atención a menos de 200 clientes", "made up"),
    ("es", "Apoyo al director de planta", "Director de planta", "changed"),
    ("it", "Riduzione dei costi del 20%", "Aumento dei costi del 20%", "made up"),
    ("it", "Responsabile di 5 filiali", "Vice responsabile di 5 filiali", "made up"),
    ("it", "Gestione degli ordini all'estero", "Gestione degli ordini all’estero", "right"),
    ("pt", "Redução de 30% no tempo de espera", "Redução de 3% no tempo de espera", "made up"),
    ("pt", "Coordenei equipes de até 12 pessoas", "Coordenei equipes de pelo menos 12 pessoas", "made up"),
    ("pl", "Zmniejszenie kosztów o 15%", "Zwiększenie kosztów o 15%", "made up"),
    ("pl", "Obsługa ponad 100 klientów", "Obsługa blisko 100 klientów", "made up"),
    ("pl", "Bez reklamacji przez 3 lata", "Z reklamacjami przez 3 lata", "made up"),
    ("ja", "売上を20%増加させた", "売上を20%減少させた", "made up"),
    ("ja", "5名のチームを統括した", "15名のチームを統括した", "made up"),
    ("ja", "月次報告書を作成した", "年次報告書を作成した", "made up"),
    ("zh", "将成本降低30%", "将成本提高30%", "made up"),
    ("zh", "管理12人团队", "管理 12 人团队", "right"),
    ("zh", "负责华东地区销售", "负责华南地区销售", "made up"),
    ("ko", "매출 15% 증가", "매출 15% 감소", "made up"),
    ("he", "הגדלת המכירות ב-20%", "הקטנת המכירות ב-20%", "made up"),
    ("ru", "Снизил затраты на 10 %", "Увеличил затраты на 10 %", "made up"),
    ("ru", "Заместитель начальника отдела продаж", "Начальник отдела продаж", "made up"),
    ("sv", "Minskade svinnet med 5 procent", "Ökade svinnet med 5 procent", "made up"),
    ("sv", "Minskade svinnet med 5 procent", "Minskade svinnet med 5 %", "right"),
    ("nl", "Leiding over 20 medewerkers", "Leiding over 20 vrijwilligers", "made up"),
    ("nl", "Omzet verdubbeld binnen een jaar", "Omzet gehalveerd binnen een jaar", "made up"),
    ("tr", "Satışları %25 artırdım", "Satışları %25 azalttım", "made up"),
    ("ar", "زيادة المبيعات بنسبة 20%", "خفض المبيعات بنسبة 20%", "made up"),
    ("ar", "زيادة المبيعات بنسبة ٢٠٪", "زيادة المبيعات بنسبة 20%", "right"),
    ("el", "Αύξηση πωλήσεων κατά 12%", "Μείωση πωλήσεων κατά 12%", "made up"),
    ("vi", "Tăng doanh thu 15%", "Giảm doanh thu 15%", "made up"),
    ("fi", "Lisäsin myyntiä 10 %", "Vähensin myyntiä 10 %", "made up"),
    ("cs", "Snížení nákladů o 8 %", "Zvýšení nákladů o 8 %", "made up"),
    ("da", "Ansvarlig for 4 butikker", "Medansvarlig for 4 butikker", "made up"),
    ("hi", "बिक्री में 20% वृद्धि", "बिक्री में 20% कमी", "made up"),
    ("en", "Grew revenue from 3m to 5m GBP", "Grew revenue from 3m to 5m USD", "made up"),
    ("en", "Two thirds of staff retrained", "Three quarters of staff retrained", "made up"),
    ("en", "On time and on budget in 11 of 12 projects", "On time and on budget in 12 of 12 projects", "made up"),
    ("en", "Worked nights and weekends", "Worked nights", "changed"),
    ("en", "Opened 4 branches; closed 2", "Opened 2 branches; closed 4", "made up"),
    ("en", "Monitored 6 MW of solar plant", "Monitored 6 kW of solar plant", "made up"),
    ("en", "Monitored 6 MW of solar plant", "Monitored 6 megawatts of solar plant", "right"),
    ("en", "Fell short of target by 2 %", "Exceeded target by 2 %", "made up"),
    ("en", "Volunteer bookkeeper for a food bank", "Bookkeeper for a food bank", "changed"),
    ("en", "Assisted in closing monthly accounts", "Closed monthly accounts", "made up"),
    ("en", "Team of 5-7 engineers", "Team of 5–7 engineers", "right"),
    ("en", "Saved £40k/yr on freight", "Saved £40,000 per year on freight", "right"),
    ("en", "Saved £40k a year on freight", "Saved £40,000 a year on freight", "right"),
    ("en", "Not only led but also trained the crew", "Led but not trained the crew", "made up"),
    ("en", "Ran 10 km of cable", "Ran 10 miles of cable", "made up"),
    ("en", "Responsible for quality", "Jointly responsible for quality", "made up"),
    ("de", "Einsparung von 250 T€ im Jahr", "Einsparung von 250 € im Jahr", "made up"),
    ("de", "Mitarbeit im Vertrieb", "Leitung im Vertrieb", "made up"),
    ("de", "Durchlaufzeit um 2 Tage verkürzt", "Durchlaufzeit um 2 Tage verlängert", "made up"),
    ("de", "Vor der Umstellung geschult", "Nach der Umstellung geschult", "made up"),
    ("de", "Ohne Budgetüberschreitung geliefert", "Mit Budgetüberschreitung geliefert", "made up"),
    ("de", "Umsatz: 5 Prozent Wachstum", "Umsatz: 5 % Wachstum", "right"),
    ("fr", "Doublement du portefeuille clients", "Triplement du portefeuille clients", "made up"),
    ("fr", "Adjoint au chef de chantier", "Chef de chantier", "changed"),
    ("fr", "Jamais en retard sur 30 livraisons", "Toujours en retard sur 30 livraisons", "made up"),
    ("fr", "Hausse de 12 pour cent des ventes", "Hausse de 12 % des ventes", "right"),
    ("es", "Sin accidentes durante 5 años", "Con accidentes durante 5 años", "made up"),
    ("es", "Supervisé a doce técnicos", "Supervisé a 12 técnicos", "right"),
    ("es", "Reduje el gasto en 4.000 euros", "Reduje el gasto en 4.000 dólares", "made up"),
    ("it", "Dimezzati i tempi di consegna", "Raddoppiati i tempi di consegna", "made up"),
    ("it", "Almeno 30 clienti al giorno", "Al massimo 30 clienti al giorno", "made up"),
    ("pt", "Aumentei a margem em 2 pontos", "Diminuí a margem em 2 pontos", "made up"),
    ("pl", "Zespół 12 osób", "Zespół 21 osób", "made up"),
    ("pl", "Skrócenie czasu o połowę", "Wydłużenie czasu o połowę", "made up"),
    ("nl", "Minder dan 3 klachten per jaar", "Meer dan 3 klachten per jaar", "made up"),
    ("nl", "Kosten met tien procent verlaagd", "Kosten met 10% verlaagd", "right"),
    ("sv", "Ledde ett team på sex personer", "Ledde ett team på 6 personer", "right"),
    ("da", "Øgede omsætningen med 8 %", "Sænkede omsætningen med 8 %", "made up"),
    ("nb", "Reduserte kostnader med 8 %", "Økte kostnader med 8 %", "made up"),
    ("fi", "Puolitin toimitusajan", "Tuplasin toimitusajan", "made up"),
    ("cs", "Vedení týmu 7 lidí", "Vedení týmu 70 lidí", "made up"),
    ("hu", "A költségek 10%-os csökkentése", "A költségek 10%-os növelése", "made up"),
    ("ro", "Reducerea costurilor cu 10%", "Creșterea costurilor cu 10%", "made up"),
    ("ru", "Рост продаж на 12 процентов", "Рост продаж на 12 %", "right"),
    ("ru", "Не допустил ни одной аварии", "Допустил одну аварию", "made up"),
    ("uk", "Зменшив витрати на 5 %", "Збільшив витрати на 5 %", "made up"),
    ("tr", "12 kişilik ekibi yönettim", "120 kişilik ekibi yönettim", "made up"),
    ("ja", "不良率を3%から1%に改善", "不良率を1%から3%に改善", "made up"),
    ("ja", "売上高１２億円", "売上高12億円", "right"),
    ("ja", "売上高12億円", "売上高12万円", "made up"),
    ("zh", "年销售额五千万元", "年销售额五百万元", "made up"),
    ("zh", "未发生任何事故", "发生任何事故", "made up"),
    ("ko", "비용을 30% 절감", "비용을 30% 증가", "made up"),
    ("he", "ללא תקלות במשך 3 שנים", "עם תקלות במשך 3 שנים", "made up"),
    ("ar", "قيادة فريق من ١٢ موظفا", "قيادة فريق من 12 موظفا", "right"),
    ("el", "Χωρίς καθυστερήσεις σε 4 έργα", "Με καθυστερήσεις σε 4 έργα", "made up"),
]

# Values: place, the CV's text, the golden's, the answer's.
VALUES: list[tuple[str, str, str, str, Judgement]] = [
    ("personal_info.phone", "12 Kirkgate, Leeds\n07700 900123", "07700 900123", "+44 7700 900123", "right"),
    ("personal_info.phone", "10115 Berlin\n0151 23456789", "0151 23456789", "+44 151 23456789", "made up"),
    ("personal_info.phone", "10115 Berlin\n0151 23456789", "0151 23456789", "+49 151 23456789", "right"),
    ("personal_info.phone", "Ada Brandt\n07700 900123", "07700 900123", "+44 7700 900123", "made up"),
    ("personal_info.phone", "020 7946 0321 ext. 12", "020 7946 0321 ext. 12", "020 7946 0321 ext. 21", "made up"),
    ("personal_info.phone", "(555) 010-0199, Austin, TX", "(555) 010-0199", "+1 555-010-0199", "right"),
    ("personal_info.phone", "Paris\n06 12 34 56 78", "06 12 34 56 78", "+33 6 12 34 56 78", "right"),
    ("personal_info.email", "Ada.Brandt@Example.com", "Ada.Brandt@Example.com", "ada.brandt@example.com", "right"),
    ("personal_info.email", "ada.brandt@example.com", "ada.brandt@example.com", "adabrandt@example.com", "made up"),
    ("personal_info.email", "ada.brandt@example.com", "ada.brandt@example.com", "ada.brandt@example.co", "made up"),
    (
        "personal_info.linkedin",
        "linkedin.com/in/ada-brandt-7b1",
        "linkedin.com/in/ada-brandt-7b1",
        "linkedin.com/in/ada-brandt",
        "made up",
    ),
    (
        "personal_info.portfolio",
        "adabrandt.example.com",
        "adabrandt.example.com",
        "https://www.adabrandt.example.com/",
        "right",
    ),
    ("personal_info.portfolio", "github.com/adabrandt", "github.com/adabrandt", "gitlab.com/adabrandt", "made up"),
    ("personal_info.name", "Dr. Ada Brandt", "Dr. Ada Brandt", "Ada Brandt", "right"),
    ("personal_info.name", "Ada M. Brandt", "Ada M. Brandt", "Ada N. Brandt", "made up"),
    ("personal_info.name", "García Márquez, José", "García Márquez, José", "José García Márquez", "right"),
    ("work_experience[0].company", "Müller & Söhne GmbH", "Müller & Söhne GmbH", "Mueller & Soehne", "right"),
    ("work_experience[0].company", "Nordbank AG", "Nordbank AG", "Nordbank Holding AG", "made up"),
    ("work_experience[0].company", "Test Supply Chain DHSC/UKHSA", "Test Supply Chain DHSC/UKHSA", "UKHSA", "changed"),
    ("work_experience[0].title", "Sr. Software Eng.", "Sr. Software Eng.", "Senior Software Engineer", "right"),
    ("work_experience[0].title", "Assistant Manager", "Assistant Manager", "Manager", "changed"),
    ("work_experience[0].title", "Kierownik projektu", "Kierownik projektu", "Project Manager", "made up"),
    ("work_experience[0].title", "Interim Head of Finance", "Interim Head of Finance", "Head of Finance", "changed"),
    ("work_experience[0].start_date", "Sept. 2019", "Sep 2019", "Sep 2019", "right"),
    ("work_experience[0].start_date", "październik 2016", "Oct 2016", "Oct 2016", "right"),
    ("work_experience[0].start_date", "październik 2016", "Oct 2016", "Nov 2016", "made up"),
    ("work_experience[0].start_date", "令和2年4月", "Apr 2020", "Apr 2020", "right"),
    ("work_experience[0].start_date", "2020年4月", "Apr 2020", "Apr 2021", "made up"),
    ("work_experience[0].start_date", "Kasım 2018", "Nov 2018", "Nov 2018", "right"),
    ("work_experience[0].start_date", "tháng 5 năm 2017", "May 2017", "May 2017", "right"),
    ("work_experience[0].start_date", "2017년 5월", "May 2017", "May 2017", "right"),
    ("work_experience[0].end_date", "2016 - to date", "Present", "Present", "right"),
    ("education[0].degree", "B.Sc. (Hons)", "B.Sc. (Hons)", "BSc (Hons)", "right"),
    ("education[0].degree", "Diplom-Ingenieur (FH)", "Diplom-Ingenieur (FH)", "Dipl.-Ing. (FH)", "right"),
    ("education[0].degree", "MSc", "MSc", "MBA", "made up"),
    ("education[0].degree", "BA", "BA", "MA", "made up"),
    ("skills", "Node.js, C", "Node.js", "NodeJS", "right"),
    ("skills", "C, SQL", "C", "C++", "made up"),
    ("skills", "React Native", "React Native", "React", "changed"),
    ("skills", "Vue", "Vue", "Vue.js", "right"),
    ("skills", "PostgreSQL", "PostgreSQL", "MySQL", "made up"),
    ("skills", "Photoshop", "Photoshop", "Photopea", "made up"),
    ("skills", "k8s", "k8s", "Kubernetes", "right"),
    ("skills", "Excel", "Excel", "Excel (VBA)", "made up"),
    ("languages[0].language", "Deutsch (Muttersprache)", "Deutsch", "German", "right"),
    ("languages[0].proficiency", "Französisch (B2)", "B2", "C1", "made up"),
    ("languages[0].proficiency", "Spanish: conversational", "conversational", "Native", "made up"),
    ("personal_info.location", "München, Deutschland", "München, Deutschland", "Munich, Germany", "right"),
    ("personal_info.location", "Cambridge", "Cambridge", "Cambridge, MA", "made up"),
    ("personal_info.location", "Frankfurt (Oder)", "Frankfurt (Oder)", "Frankfurt am Main", "made up"),
    (
        "personal_info.summary",
        "Analyst with over ten years in retail banking",
        "Analyst with over ten years in retail banking",
        "Analyst with over two years in retail banking",
        "made up",
    ),
    (
        "personal_info.summary",
        "Analyst with over ten years in retail banking",
        "Analyst with over ten years in retail banking",
        "Analyst with over 10 years in retail banking",
        "right",
    ),
    (
        "certifications[0].name",
        "AWS Certified Solutions Architect – Associate",
        "AWS Certified Solutions Architect – Associate",
        "AWS Certified Solutions Architect - Professional",
        "made up",
    ),
    ("certifications[0].year", "PRINCE2, 2018", "2018", "2019", "made up"),
    ("certifications[0].issuer", "PRINCE2 (AXELOS)", "AXELOS", "PeopleCert", "made up"),
    ("personal_info.phone", "Berlin, Germany\n030 1234567\n+44 20 7946 0321", "030 1234567", "+49 30 1234567", "right"),
    ("personal_info.phone", "Ada Brandt, Norwich, Tel 01603 960123", "01603 960123", "+44 (0)1603 960123", "right"),
    ("personal_info.phone", "Ada Brandt, Norwich, Tel 01603 960123", "01603 960123", "+1 603 960 123", "made up"),
    ("personal_info.phone", "Tel 0044 1603 960123", "0044 1603 960123", "+44 1603 960123", "right"),
    ("personal_info.phone", "Kraków, tel. 12 345 67 89", "12 345 67 89", "+48 12 345 67 89", "right"),
    ("personal_info.name", "ADA BRANDT", "ADA BRANDT", "Ada Brandt", "right"),
    ("personal_info.name", "Ada Brandt", "Ada Brandt", "Ada Brandt-Quill", "made up"),
    ("personal_info.name", "Nguyễn Thị Mai", "Nguyễn Thị Mai", "Mai Nguyen Thi", "right"),
    (
        "personal_info.linkedin",
        "linkedin.com/in/adab",
        "linkedin.com/in/adab",
        "https://uk.linkedin.com/in/adab?trk=x",
        "right",
    ),
    ("personal_info.email", "ada@example.com, ada@example.org", "ada@example.org", "ada@example.net", "made up"),
    ("personal_info.location", "Leeds", "Leeds", "Leeds, United Kingdom", "made up"),
    ("personal_info.location", "Leeds, UK", "Leeds, UK", "Leeds, United Kingdom", "right"),
    ("personal_info.location", "Leeds, UK", "Leeds, UK", "Leeds", "changed"),
    ("work_experience[0].company", "Bosch", "Bosch", "Bosch Rexroth", "made up"),
    ("work_experience[0].company", "The Acme Company, Inc.", "The Acme Company, Inc.", "Acme Company", "right"),
    ("work_experience[0].company", "Marks & Spencer plc", "Marks & Spencer plc", "Marks and Spencer", "right"),
    ("work_experience[0].title", "Nurse (Band 6)", "Nurse (Band 6)", "Nurse (Band 7)", "made up"),
    ("work_experience[0].title", "VP of Engineering", "VP of Engineering", "Vice President, Engineering", "right"),
    ("work_experience[0].title", "Projektleiter", "Projektleiter", "Projektleiterin", "made up"),
    ("work_experience[0].start_date", "Q3 2018", "2018", "Jul 2018", "made up"),
    ("work_experience[0].start_date", "févr. 2018", "Feb 2018", "Feb 2018", "right"),
    ("work_experience[0].start_date", "Jänner 2018", "Jan 2018", "Jan 2018", "right"),
    ("work_experience[0].start_date", "Μάρτιος 2018", "Mar 2018", "Mar 2018", "right"),
    ("work_experience[0].start_date", "مارس 2018", "Mar 2018", "Mar 2018", "right"),
    ("work_experience[0].start_date", "מרץ 2018", "Mar 2018", "May 2018", "made up"),
    ("work_experience[0].start_date", "二〇一八年三月", "Mar 2018", "Mar 2018", "right"),
    ("skills", "Go, SQL", "Go", "Golang", "right"),
    ("skills", "R, SQL", "R", "RStudio", "made up"),
    ("skills", "AWS", "AWS", "Amazon Web Services", "right"),
    ("skills", "Spring", "Spring", "Spring Boot", "made up"),
    ("skills", "MS Office", "MS Office", "Microsoft Office", "right"),
    ("skills", "Power BI", "Power BI", "PowerBI", "right"),
    ("skills", "JavaScript", "JavaScript", "TypeScript", "made up"),
    ("education[0].degree", "MBBS", "MBBS", "MBBCh", "made up"),
    ("education[0].degree", "Ph.D. in Physics", "Ph.D.", "PhD", "right"),
    ("education[0].degree", "Licenciatura en Derecho", "Licenciatura", "Bachelor", "made up"),
    ("languages[0].proficiency", "German (fluent)", "fluent", "Fluent", "right"),
    (
        "personal_info.summary",
        "Nurse without a criminal record and with two degrees",
        "Nurse without a criminal record and with two degrees",
        "Nurse with a criminal record and with two degrees",
        "made up",
    ),
]


def cv_of(path: str, value: str) -> Json:
    section, at, field = re.fullmatch(r"(\w+)(?:\[(\d)\])?(?:\.(\w+))?", path).groups()  # type: ignore[union-attr]
    if field is None:
        return {section: [value]}
    if at is None:
        return {section: {field: value}}
    return {section: [ANCHORS[section] | {field: [value] if field == "description" else value}]}


def judged(path: str, text: str, golden: str, answer: str) -> Judgement:
    printed = "\n".join([*(word for anchor in ANCHORS.values() for word in anchor.values()), text])
    found = score(cv_of(path, answer), cv_of(path, golden), printed)
    if all(outcome.kind == "correct" for outcome in found.outcomes):
        return "right"
    return "made up" if found.hallucinations else "changed"


@pytest.mark.parametrize(("language", "golden", "answer", "wanted"), STATEMENTS)
def test_a_statement_is_judged_as_a_person_judges_it(
    language: str, golden: str, answer: str, wanted: Judgement
) -> None:
    assert judged(BULLET, golden, golden, answer) == wanted


@pytest.mark.parametrize(("path", "text", "golden", "answer", "wanted"), VALUES)
def test_a_value_is_judged_as_a_person_judges_it(
    path: str, text: str, golden: str, answer: str, wanted: Judgement
) -> None:
    assert judged(path, text, golden, answer) == wanted
