/** Problem documents, `*.problem.md`: front matter, `## Problem`, and optionally `## Solution`. */
import type { RawRow } from './types.ts';

/** A section of a problem document. Offsets are UTF-16 code units in the whole text. */
export interface DocumentSection {
  readonly title: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface ProblemDocument {
  readonly frontMatter: Readonly<Record<string, string>>;
  readonly sections: readonly DocumentSection[];
  /** Line of the `## Problem` heading from 1, or 1. */
  readonly line: number;
}

/** Reads the parts of a problem document; missing parts are simply absent. */
export function readProblemDocument(text: string): ProblemDocument {
  const { values, end } = readFrontMatter(text);
  const headings = [...text.slice(end).matchAll(/^##[ \t]+(\S[^\r\n]*?)[ \t]*\r?$/gm)];
  const sections = headings.map((heading, index) => {
    const start = end + heading.index + heading[0].length;
    const next = headings[index + 1];
    const stop = next === undefined ? text.length : end + next.index;
    return {
      title: (heading[1] ?? '').toLowerCase(),
      start,
      end: stop,
      text: text.slice(start, stop).trim(),
    };
  });
  const problem = sections.find((section) => section.title === 'problem');
  const line = problem === undefined ? 1 : text.slice(0, problem.start).split('\n').length;
  return { frontMatter: values, sections, line };
}

/** The document as one row of a set. */
export function documentRow(text: string): RawRow {
  const document = readProblemDocument(text);
  const values: Record<string, unknown> = { ...document.frontMatter };
  for (const title of ['problem', 'solution']) {
    const section = document.sections.find((candidate) => candidate.title === title);
    if (section !== undefined && section.text !== '') values[title] = section.text;
  }
  return { line: document.line, values };
}

/** `key: value` lines between two `---`; quotes around a value are dropped. */
function readFrontMatter(text: string): { values: Record<string, string>; end: number } {
  const values: Record<string, string> = {};
  const block = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)^---[ \t]*\r?(?:\n|$)/m.exec(text);
  if (block === null || block.index !== 0) return { values, end: 0 };
  for (const line of (block[1] ?? '').split(/\r?\n/)) {
    const entry = /^([A-Za-z][\w-]*)[ \t]*:[ \t]*(.*?)[ \t]*$/.exec(line);
    if (entry?.[1] === undefined || entry[2] === undefined || entry[2] === '') continue;
    values[entry[1]] = entry[2].replace(/^"(.*)"$|^'(.*)'$/, '$1$2');
  }
  return { values, end: block[0].length };
}
