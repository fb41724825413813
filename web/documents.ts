import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Kind, parse, print, visit, type ASTNode, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from "graphql";
import type { Plugin } from "vite";

const TEMPLATE = /\bgraphql\(\s*`([^`]*)`/g;
const OURS = "virtual:documents";

/** A page's question, as the house knows it: its name, its text, and the digest by which it is asked. */
export interface Trusted {
  readonly name: string;
  readonly text: string;
  readonly digest: string;
}

/**
 * Every question the app can ask, from the texts of its sources. Each is whole (with its fragments) and says the type of
 * all it selects, as the app's cache needs it. A question without a name, or two of one name, end the build.
 */
export function trustedDocuments(sources: readonly string[]): Trusted[] {
  const parts = sources.flatMap((source) => [...source.matchAll(TEMPLATE)].flatMap((found) => definitionsOf(found[1] ?? "")));
  const fragments = new Map(parts.filter((part) => part.kind === Kind.FRAGMENT_DEFINITION).map((part) => [part.name.value, part]));
  const names = new Set<string>();
  return parts
    .filter((part) => part.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const name = operation.name?.value;
      if (name === undefined) throw new Error(`Give this question a name, by which it is trusted:\n${print(operation)}`);
      if (names.has(name)) throw new Error(`Two questions are called ${name}: rename one, for it is trusted by its name.`);
      names.add(name);
      const whole: DocumentNode = { kind: Kind.DOCUMENT, definitions: [operation, ...needed(operation, fragments)] };
      const text = print(visit(whole, { SelectionSet: withTypename }));
      return { name, text, digest: createHash("sha256").update(text).digest("hex") };
    });
}

function definitionsOf(text: string) {
  const bare = visit(parse(text), { Directive: (directive) => (directive.name.value === "_unmask" ? null : undefined) });
  return bare.definitions;
}

/** Asks for the type of what is selected, but for the question itself. */
function withTypename(set: SelectionSetNode, _key: unknown, parent: ASTNode | readonly ASTNode[] | undefined) {
  if (parent === undefined || !("kind" in parent) || parent.kind === Kind.OPERATION_DEFINITION) return undefined;
  if (set.selections.some((each) => each.kind === Kind.FIELD && each.name.value === "__typename")) return undefined;
  const typename = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: "__typename" } } as const;
  return { ...set, selections: [...set.selections, typename] };
}

type Part = ReturnType<typeof definitionsOf>[number];

/** The fragments a definition spreads, and those that these spread, each once. */
function needed(start: Part, fragments: ReadonlyMap<string, FragmentDefinitionNode>): FragmentDefinitionNode[] {
  const found = new Map<string, FragmentDefinitionNode>();
  const look = (part: Part) =>
    visit(part, {
      FragmentSpread: ({ name: { value } }) => {
        const fragment = fragments.get(value);
        if (fragment === undefined) throw new Error(`No source has a fragment called ${value}.`);
        if (found.has(value)) return;
        found.set(value, fragment);
        look(fragment);
      },
    });
  look(start);
  return [...found.values()];
}

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|\.d\.ts$|generated/.test(path))
    .map((path) => readFileSync(join(folder, path), "utf8"));
}

/** Writes `documents.json` (digest to text, for the door) and tells the app each question's digest. */
export function trustedDocumentsPlugin(folder: string): Plugin {
  return {
    name: "matinee-trusted-documents",
    resolveId: (id) => (id === OURS ? OURS : null),
    load(id) {
      if (id !== OURS) return null;
      const digests = trustedDocuments(sourcesUnder(folder)).map(({ name, digest }) => [name, digest]);
      return `export default ${JSON.stringify(Object.fromEntries(digests))};`;
    },
    generateBundle() {
      const texts = trustedDocuments(sourcesUnder(folder)).map(({ digest, text }) => [digest, text]);
      this.emitFile({ type: "asset", fileName: "documents.json", source: JSON.stringify(Object.fromEntries(texts), null, 1) });
    },
  };
}
