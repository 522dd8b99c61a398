/** What several critiques say about one solution, put together for a reader. */
import { type ReviewDecision, standingReviews } from '../runs/index.ts';
import type { Span } from '../schema/common.ts';
import type { Critique, FindingKind, Review } from '../schema/lines.ts';
import { visibleLine } from '../visibleText.ts';

/** The critiques of one run, with the decisions that are kept beside them. */
export interface CritiqueSource {
  /** Names the run: reviews go back there. */
  readonly run: string;
  readonly critiques: readonly Critique[];
  readonly reviews: readonly Review[];
}

/** One critique's finding. */
export interface Claim {
  readonly run: string;
  readonly critique: Critique;
  /** Index into the critique's findings. */
  readonly finding: number;
  readonly decision: ReviewDecision | null;
}

/** A claim about one place of the solution, and every critique that makes it. */
export interface FindingGroup {
  /** The same for the same place and kind, whatever else is added later. */
  readonly key: string;
  readonly span: Span;
  readonly kind: FindingKind;
  /** The surest claim first. */
  readonly claims: readonly [Claim, ...Claim[]];
  /** Critiques of the solution in all. */
  readonly outOf: number;
  /** At least one of the critiques reached the gold answer. */
  readonly isVerified: boolean;
  /** The decision on every claim of the group; null while one is open or they differ. */
  readonly decision: ReviewDecision | null;
}

/** Groups the findings on one solution by place and kind, in the order of the text. */
export function groupFindings(solutionId: string, sources: readonly CritiqueSource[]): FindingGroup[] {
  return findingsBySolution(sources, solutionId).get(solutionId) ?? [];
}

/** The findings on every solution that has a critique, or on one; reviews and critiques are gone through once. */
export function findingsBySolution(
  sources: readonly CritiqueSource[],
  only?: string,
): Map<string, FindingGroup[]> {
  const solutions = new Map<string, { claims: Claim[]; outOf: number }>();
  for (const { run, critiques, reviews } of sources) {
    const standing = standingReviews(reviews);
    for (const critique of critiques) {
      if (critique.error !== undefined || (only !== undefined && critique.solutionId !== only)) continue;
      const about = solutions.get(critique.solutionId) ?? { claims: [], outOf: 0 };
      solutions.set(critique.solutionId, about);
      about.outOf += 1;
      const review = standing.get(critique.id);
      for (const finding of critique.findings.keys()) {
        const decision = decided(review?.whole ?? null) ?? decided(review?.findings.get(finding) ?? null);
        about.claims.push({ run, critique, finding, decision });
      }
    }
  }
  return new Map([...solutions].map(([id, { claims, outOf }]) => [id, toGroups(claims, outOf)]));
}

/** How far the review of some findings is. Steps that a critique confirmed need no review. */
export function reviewProgress(groups: Iterable<FindingGroup>): {
  readonly reviewed: number;
  readonly total: number;
} {
  let [reviewed, total] = [0, 0];
  for (const { kind, decision } of groups) {
    if (kind === 'confirmed') continue;
    total += 1;
    if (decision !== null) reviewed += 1;
  }
  return { reviewed, total };
}

function toGroups(claims: readonly Claim[], outOf: number): FindingGroup[] {
  const groups = Map.groupBy(claims, keyOf);
  return [...groups.entries()]
    .flatMap(([key, members]) => toGroup(key, members, outOf))
    .sort((a, b) => a.span[0] - b.span[0] || a.span[1] - b.span[1] || a.kind.localeCompare(b.kind));
}

/** `3 of 4 critiques: 111 + 37 = 148, the solution has 158. (accepted)` */
export function findingMessage(group: FindingGroup): string {
  const [first] = group.claims;
  const said = visibleLine(first.critique.findings[first.finding]?.message ?? '', MESSAGE_CHARACTERS);
  const critiques = new Set(group.claims.map(({ run, critique }) => `${run} ${critique.id}`)).size;
  const count = group.outOf > 1 ? `${critiques} of ${group.outOf} critiques: ` : '';
  const decision = group.decision === null ? '' : ` (${DECISIONS[group.decision]})`;
  return `${count}${said || WORDS[group.kind]}${decision}`;
}

/** A critique that is one endless sentence is read in its own document. */
const MESSAGE_CHARACTERS = 1000;

const DECISIONS: Record<ReviewDecision, string> = {
  accept: 'accepted',
  reject: 'rejected',
  superficial: 'marked superficial',
  edited: 'edited',
};

/** What a kind of finding claims, in words. */
const WORDS: Record<FindingKind, string> = {
  'wrong-step': 'This step is wrong.',
  unsupported: 'Nothing supports this.',
  superficial: 'This re-evaluation computes nothing new.',
  confirmed: 'This step is right.',
  missed: 'Something is missing here.',
};

function keyOf({ critique, finding }: Claim): string {
  const found = critique.findings[finding];
  return `${found?.span.join('-')} ${found?.kind}`;
}

function toGroup(key: string, members: readonly Claim[], outOf: number): FindingGroup[] {
  const sure = ({ critique, finding }: Claim) =>
    (critique.grade === 'correct' ? 1 : 0) + (critique.findings[finding]?.confidence ?? 0);
  const [first, ...rest] = [...members].sort((a, b) => sure(b) - sure(a));
  const found = first?.critique.findings[first.finding];
  if (first === undefined || found === undefined) return [];
  const isDecided = rest.every(({ decision }) => decision === first.decision);
  return [
    {
      key,
      span: found.span,
      kind: found.kind,
      claims: [first, ...rest],
      outOf,
      isVerified: members.some(({ critique }) => critique.grade === 'correct'),
      decision: isDecided ? first.decision : null,
    },
  ];
}

function decided(review: Review | null): ReviewDecision | null {
  return review === null || review.decision === 'undone' ? null : review.decision;
}
