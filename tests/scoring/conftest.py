"""A small CV that the scorer's tests disturb, and its text."""

import copy

import pytest

CV = {
    "personal_info": {
        "name": "Anna Smith",
        "email": "anna@example.com",
        "phone": "+44 20 7946 0123",
        "location": "London, UK",
        "linkedin": "linkedin.com/in/anna",
        "portfolio": "",
        "summary": "Engineer with 10 years of building things that last.",
    },
    "work_experience": [
        {
            "id": "w1",
            "company": "Acme Ltd",
            "title": "Senior Engineer",
            "start_date": "Jan 2019",
            "end_date": "Present",
            "location": "London",
            "description": [
                "Led a team of 12 engineers across 3 countries",
                "Cut cost by 40% in 2 years with better tooling and fewer meetings overall",
                "Built Java services",
            ],
            "skills": ["Python", "Java"],
        },
        {
            "id": "w2",
            "company": "Globex GmbH",
            "title": "Engineer",
            "start_date": "2015",
            "end_date": "Dec 2018",
            "location": "",
            "description": ["Wrote C++ code for robots", "Tested all of it at night"],
            "skills": [],
        },
    ],
    "education": [
        {
            "id": "e1",
            "institution": "Halden Institute",
            "degree": "BSc",
            "field": "Physics",
            "start_date": "2011",
            "end_date": "2015",
            "location": "",
            "description": [],
        }
    ],
    "skills": ["Python", "C++", "Project Management"],
    "projects": [],
    "certifications": [{"id": "c1", "name": "Cloud Architect", "issuer": "Skills Board", "year": "2020", "expiry": ""}],
    "languages": [{"language": "German", "proficiency": "Native"}],
    "training": [],
}

TEXT = """Anna Smith
anna@example.com | +44 20 7946 0123 | London, UK | linkedin.com/in/anna
Engineer with 10 years of building things that last.
Acme Ltd, Senior Engineer, Jan 2019 - Present, London
- Led a team of 12 engineers across 3 countries
- Cut cost by 40% in 2 years with better tooling and fewer
  meetings overall
- Built Java services
Skills: Python, Java
Globex GmbH, Engineer, 2015 - 12/2018
- Wrote C++ code for robots
- Tested all of it at night
Halden Institute, BSc Physics, 2011 - 2015
Skills: Python, C++, Project Management
Cloud Architect, Skills Board, 2020
German (Native)
"""


@pytest.fixture
def cv():
    return copy.deepcopy(CV)


@pytest.fixture
def answer():
    return copy.deepcopy(CV)


@pytest.fixture
def text():
    return TEXT
