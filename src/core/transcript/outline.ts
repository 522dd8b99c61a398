import type { Trace } from '../reflection/index.ts';
import { splitSteps } from '../reflection/index.ts';
import type { Span } from '../schema/common.ts';

/** A part of a solution in an outline. Offsets are those of the solution's text. */
export interface OutlineNode {
  readonly kind: 'thinking' | 'step' | 'reflection';
  /** Of a step its number, of a reflection its place among the reflections (from 0). */
  readonly number: number;
  readonly span: Span;
  readonly children: readonly OutlineNode[];
}

/** Beyond this an outline helps nobody, and an editor draws each entry. */
const NODES_AT_MOST = 2000;

/**
 * Steps and reflections as they contain one another: a reflection that begins within a step stands under it. Steps are
 * split in the reasoning and in the answer part separately.
 */
export function outlineOf(text: string, trace: Trace): OutlineNode[] {
  const { think, summary } = trace.parts;
  const parts: Open[] = [think, summary]
    .filter((part) => part !== null)
    .flatMap((part) => splitSteps(text, part))
    .map(({ number, span }) => ({ kind: 'step', number, span, children: [] }));
  const reflections: Open[] = trace.reflections.map(({ span }, number) => ({
    kind: 'reflection',
    number,
    span,
    children: [],
  }));
  const thinking: Open[] = think === null ? [] : [{ kind: 'thinking', number: 0, span: think, children: [] }];
  const all = [...thinking, ...parts, ...reflections].sort(
    (a, b) => a.span[0] - b.span[0] || ORDER[a.kind] - ORDER[b.kind],
  );
  return nested(all.slice(0, NODES_AT_MOST));
}

const ORDER: Record<OutlineNode['kind'], number> = { thinking: 0, step: 1, reflection: 2 };

interface Open extends OutlineNode {
  readonly children: Open[];
}

function nested(nodes: readonly Open[]): OutlineNode[] {
  const roots: Open[] = [];
  const open: Open[] = [];
  for (const node of nodes) {
    while (open.length > 0 && (open.at(-1)?.span[1] ?? 0) < node.span[1]) open.pop();
    (open.at(-1)?.children ?? roots).push(node);
    open.push(node);
  }
  return roots;
}
