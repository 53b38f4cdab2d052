/** The sections of a CV in the contract's order. The old pipeline's answers may lack parts or have other types:
 *  what is no text and no list of texts is left out, and never breaks the page. */

import { SECTIONS } from "./contract";
import { type Correct, Field, type Value } from "./Field";
import type { ProblemError } from "./problems";

interface SectionsProps {
  data: unknown;
  onCorrect: Correct;
  onProblem(problem: ProblemError): void;
}

type Acts = Pick<SectionsProps, "onCorrect" | "onProblem">;

export function Sections({ data, ...acts }: SectionsProps) {
  const sections = isRecord(data) ? data : {};
  return SECTIONS.map(({ name, fields }) => (
    <section key={name} className="card" aria-labelledby={`section-${name}`}>
      <h3 id={`section-${name}`}>{words(name)}</h3>
      <Section name={name} fields={fields} value={sections[name]} acts={acts} />
    </section>
  ));
}

interface SectionProps {
  name: string;
  fields: readonly string[];
  value: unknown;
  acts: Acts;
}

function Section({ name, fields, value, acts }: SectionProps) {
  if (fields.length === 0) {
    if (!isValue(value)) return <p className="soft">nothing found</p>;
    return <Field label={words(name)} entry="whole list" pointer={`/${name}`} value={value} {...acts} />;
  }
  if (isRecord(value)) return <Entry entry={words(name)} pointer={`/${name}`} fields={fields} value={value} acts={acts} />;
  const entries = Array.isArray(value) ? value : [];
  if (entries.length === 0) return <p className="soft">nothing found</p>;
  return entries.map((each, index) =>
    isRecord(each) ? (
      <Entry
        key={index}
        entry={`${words(name)} ${index + 1}`}
        pointer={`/${name}/${index}`}
        fields={fields}
        value={each}
        acts={acts}
      />
    ) : null,
  );
}

interface EntryProps {
  entry: string;
  pointer: string;
  fields: readonly string[];
  value: Record<string, unknown>;
  acts: Acts;
}

function Entry({ entry, pointer, fields, value, acts }: EntryProps) {
  return (
    <dl className="entry">
      {fields.map((field) => {
        const there = value[field];
        if (!isValue(there)) return null;
        return (
          <div key={field}>
            <dt>{words(field)}</dt>
            <dd>
              <Field label={words(field)} entry={entry} pointer={`${pointer}/${field}`} value={there} {...acts} />
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

const words = (name: string) =>
  name === "linkedin" ? "LinkedIn" : (name[0] ?? "").toUpperCase() + name.slice(1).replaceAll("_", " ");

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isValue = (value: unknown): value is Value =>
  typeof value === "string" || (Array.isArray(value) && value.every((each) => typeof each === "string"));
