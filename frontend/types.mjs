// Writes src/contract.ts from the contract's schema: its types, and the fields in the order a page shows them.
import { readFileSync, writeFileSync } from "node:fs";

const schema = JSON.parse(readFileSync(new URL("../goldens/cv.schema.json", import.meta.url), "utf8"));

/** The TypeScript type of a schema node; objects have their fields on lines of their own. */
function typeOf(node, indent) {
  if (node.type === "string") return "string";
  if (node.type === "array") {
    const of = typeOf(node.items, indent);
    return `${of}[]`;
  }
  if (node.type !== "object") throw new Error(`no type for ${JSON.stringify(node.type)}`);
  const lines = Object.entries(node.properties).map(([name, field]) => {
    const optional = node.required.includes(name) ? "" : "?";
    const about = field.description ? `${indent}  /** ${field.description} */\n` : "";
    return `${about}${indent}  ${name}${optional}: ${typeOf(field, indent + "  ")};`;
  });
  return `{\n${lines.join("\n")}\n${indent}}`;
}

/** The names of the fields a person sees: an id carries no meaning. */
const fieldsOf = (node) => Object.keys((node.items ?? node).properties ?? {}).filter((name) => name !== "id");

const sections = Object.entries(schema.properties).map(
  ([name, node]) => `  { name: ${JSON.stringify(name)}, fields: ${JSON.stringify(fieldsOf(node)).replaceAll(",", ", ")} },`,
);
writeFileSync(
  new URL("src/contract.ts", import.meta.url),
  `// Made by types.mjs from goldens/cv.schema.json. Do not edit.

/** ${schema.description} */
export interface CV ${typeOf(schema, "")}

/** The sections in the contract's order; without fields where a section is a list of texts. */
export const SECTIONS: readonly { readonly name: keyof CV; readonly fields: readonly string[] }[] = [
${sections.join("\n")}
];
`,
);
