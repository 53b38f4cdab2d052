// Made by types.mjs from goldens/cv.schema.json. Do not edit.

/** One CV as the Career Ark page reads it. Every section is always present; a missing one is an empty array, or empty strings in personal_info. */
export interface CV {
  personal_info: {
    /** Full name as printed. */
    name: string;
    /** E-mail address. */
    email: string;
    /** Telephone number as printed. */
    phone: string;
    /** Where the person lives, as printed. */
    location: string;
    /** LinkedIn address. */
    linkedin: string;
    /** Personal site or code host. */
    portfolio: string;
    /** Profile or summary paragraph as printed. */
    summary: string;
  };
  /** Roles, newest first, running ones before all others. */
  work_experience: {
    /** Generated; unique within the CV; carries no meaning. */
    id: string;
    /** Full employer name with its division. */
    company: string;
    /** Job title; several titles in one period at one employer are joined with ` / `. */
    title: string;
    /** As `MMM YYYY` (Jan 2021), `YYYY` where the CV gives no month, empty where it gives none. */
    start_date: string;
    /** As `MMM YYYY` (Jan 2021), `YYYY` where the CV gives no month, `Present` while it runs, empty where the CV gives none. */
    end_date: string;
    /** Place of work, as printed. */
    location: string;
    /** One achievement or duty each, as printed. */
    description: string[];
    /** Skills named in this role. */
    skills: string[];
  }[];
  /** Studies, newest first. */
  education: {
    /** Generated; unique within the CV; carries no meaning. */
    id: string;
    /** School or university. */
    institution: string;
    /** Degree as printed. */
    degree: string;
    /** Subject as printed. */
    field: string;
    /** As `MMM YYYY` (Jan 2021), `YYYY` where the CV gives no month, empty where it gives none. */
    start_date: string;
    /** As `MMM YYYY` (Jan 2021), `YYYY` where the CV gives no month, `Present` while it runs, empty where the CV gives none. */
    end_date: string;
    /** Place, as printed. */
    location: string;
    /** Notes such as grade or thesis, one each. */
    description: string[];
  }[];
  /** Skills from the CV's skills section, one each. */
  skills: string[];
  /** Projects outside roles. */
  projects: {
    /** Generated; unique within the CV; carries no meaning. */
    id: string;
    /** Project name. */
    name: string;
    /** As `MMM YYYY` (Jan 2021), `YYYY` where the CV gives no month, `Present` while it runs, empty where the CV gives none. */
    date: string;
    /** One statement each. */
    description: string[];
    /** Technologies named, one each. */
    technologies: string[];
  }[];
  /** Certificates. */
  certifications: {
    /** Generated; unique within the CV; carries no meaning. */
    id: string;
    /** Certificate name. */
    name: string;
    /** Who issued it; empty where the CV does not say. */
    issuer: string;
    /** Year or date of issue; empty where the CV does not say. */
    year: string;
    /** Expiry date; empty where the CV does not say. */
    expiry: string;
  }[];
  /** Human languages. */
  languages: {
    /** Language. */
    language: string;
    /** Level as printed; empty where none. */
    proficiency: string;
  }[];
  /** Courses and training that are no certificate. */
  training: {
    /** Generated; unique within the CV; carries no meaning. */
    id: string;
    /** Course name. */
    name: string;
    /** Who gave it. */
    provider: string;
    /** As `MMM YYYY` (Jan 2021), `YYYY` where the CV gives no month, `Present` while it runs, empty where the CV gives none. */
    date: string;
    /** One statement each. */
    details: string[];
  }[];
}

/** The sections in the contract's order; without fields where a section is a list of texts. */
export const SECTIONS: readonly { readonly name: keyof CV; readonly fields: readonly string[] }[] = [
  { name: "personal_info", fields: ["name", "email", "phone", "location", "linkedin", "portfolio", "summary"] },
  { name: "work_experience", fields: ["company", "title", "start_date", "end_date", "location", "description", "skills"] },
  { name: "education", fields: ["institution", "degree", "field", "start_date", "end_date", "location", "description"] },
  { name: "skills", fields: [] },
  { name: "projects", fields: ["name", "date", "description", "technologies"] },
  { name: "certifications", fields: ["name", "issuer", "year", "expiry"] },
  { name: "languages", fields: ["language", "proficiency"] },
  { name: "training", fields: ["name", "provider", "date", "details"] },
];
