"""The contract as Python types, for code that builds or reads contract objects. Proved equal to the schema."""

from __future__ import annotations

from typing import TypedDict


class PersonalInfo(TypedDict):
    name: str
    email: str
    phone: str
    location: str
    linkedin: str
    portfolio: str
    summary: str


class Work(TypedDict):
    id: str
    company: str
    title: str
    start_date: str
    end_date: str
    location: str
    description: list[str]
    skills: list[str]


class Education(TypedDict):
    id: str
    institution: str
    degree: str
    field: str
    start_date: str
    end_date: str
    location: str
    description: list[str]


class Project(TypedDict):
    id: str
    name: str
    date: str
    description: list[str]
    technologies: list[str]


class Certification(TypedDict):
    id: str
    name: str
    issuer: str
    year: str
    expiry: str


class Language(TypedDict):
    language: str
    proficiency: str


class Training(TypedDict):
    id: str
    name: str
    provider: str
    date: str
    details: list[str]


class Cv(TypedDict):
    personal_info: PersonalInfo
    work_experience: list[Work]
    education: list[Education]
    skills: list[str]
    projects: list[Project]
    certifications: list[Certification]
    languages: list[Language]
    training: list[Training]
