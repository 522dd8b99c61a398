import type { RecordedRun } from '../schema/run.ts';

/** A setting in which two runs differ, and what that does to their comparison. */
export interface SettingDifference {
  readonly setting: string;
  readonly baseline: string;
  readonly other: string;
  /** One sentence: the likely effect. */
  readonly effect: string;
}

type Compared = Pick<RecordedRun, 'kind' | 'n'> & Partial<RecordedRun>;

/** What is not equal between two runs besides the model, most harmful first. Empty: only the model differs. */
export function settingDifferences(baseline: Compared, other: Compared): SettingDifference[] {
  const found: SettingDifference[] = [];
  const look = (setting: string, read: (run: Compared) => unknown, effect: string) => {
    const [one, two] = [read(baseline), read(other)];
    if (textOf(one) !== textOf(two)) found.push({ setting, baseline: shown(one), other: shown(two), effect });
  };
  if (baseline.resultsFile !== undefined || other.resultsFile !== undefined) {
    lookAtFiles(baseline, other, look);
    return found;
  }
  look('kind of run', (run) => run.kind, 'They measure different things: compare runs of one kind.');
  if (baseline.problemSet?.sha256 !== other.problemSet?.sha256) {
    found.push({
      setting: 'problem set',
      baseline: setName(baseline),
      other: setName(other),
      effect: 'Only the problems that both runs have are compared.',
    });
  }
  const critiqued = (run: Compared) =>
    run.kind === 'critique'
      ? run.parents?.filter(({ role }) => role === 'solutions').map(({ id }) => id)
      : null;
  look(
    'critiqued solutions',
    critiqued,
    'The critics read different solutions: Acc@t1 differs, and a harder lot leaves more to correct.',
  );
  look('grader', (run) => run.grader, 'The same answer may be graded differently: regrade one of them.');
  look(
    'temperature',
    (run) => run.sampling?.temperature,
    'Accuracy and variety both move with it: part of the difference may be the temperature.',
  );
  look(
    'longest answer (tokens)',
    (run) => run.sampling?.maxTokens,
    'Answers cut off by the lower limit count as wrong.',
  );
  const nucleus = (run: Compared) =>
    run.sampling && { topP: run.sampling.topP, topK: run.sampling.topK, minP: run.sampling.minP };
  look('top-p, top-k, min-p', nucleus, 'Part of the difference may be the sampling.');
  lookAtCritiques(look);
  look('prompts', (run) => run.prompts, 'Part of the difference may be the prompt.');
  look('chat template', (run) => run.model?.templateSha256, 'Part of the difference may be the template.');
  look(
    'when sampling stops',
    (run) => (run.stopping === undefined || run.stopping.rule === 'fixed' ? 'after n samples' : run.stopping),
    'Stopping on settled problems leans each rate to its extreme: compare the unbiased pass@1, or sample both alike.',
  );
  look('samples per problem', (run) => run.n, NOISIER);
  look(
    'engine',
    (run) => run.engine && `${run.engine.name} ${run.engine.version} on ${run.engine.device}`,
    'Numerical differences between engines can change single samples.',
  );
  look(
    'number format (dtype)',
    (run) => run.engine?.dtype,
    'Quantised weights answer differently: part of the difference may be the rounding, not the training.',
  );
  return found;
}

/** Of results that another program wrote little is known: that is one warning, not one for each setting. */
function lookAtFiles(
  baseline: Compared,
  other: Compared,
  look: (setting: string, read: (run: Compared) => unknown, effect: string) => void,
): void {
  const isFile = ({ resultsFile }: Compared) => resultsFile !== undefined;
  if (isFile(baseline) && isFile(other)) {
    look(
      'settings',
      (run) => `not recorded in ${run.resultsFile?.path}`,
      'Prompt, temperature, length limit and grader may differ: part of the difference may be theirs.',
    );
  } else {
    look(
      'settings',
      (run) => (isFile(run) ? undefined : 'recorded'),
      'Prompt, temperature, length limit and grader of the file may differ: part of the difference may be theirs.',
    );
  }
  look('samples per problem', (run) => run.n, NOISIER);
}

const NOISIER = 'Means are comparable; the run with fewer samples is noisier.';

/** Of a sampling run alone: its critiques have options of their own, which are not those of a critique run. */
function lookAtCritiques(
  look: (setting: string, read: (run: Compared) => unknown, effect: string) => void,
): void {
  const ofSample = (read: (run: Compared) => unknown) => (run: Compared) =>
    run.kind === 'sample' ? read(run) : null;
  look(
    'sampling of the critiques',
    // Recorded only where it is not that of the solutions.
    ofSample((run) => run.critiqueSampling ?? run.sampling),
    'Acc@t2, the transitions and the yield move with it: part of the difference may be the sampling.',
  );
  look(
    'critiques per solution',
    ofSample((run) => run.critiques),
    'More tries keep more records: compare the yield per critique, not the number of records.',
  );
  look(
    'mix, size and filters',
    ofSample((run) => run.options),
    'The yield counts what passed the filters: other filters are another yield.',
  );
}

function setName({ problemSet }: Compared): string {
  if (problemSet === undefined) return 'none';
  return `${problemSet.name} (${problemSet.count} problems, ${problemSet.sha256.slice(0, 8)})`;
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? 'undefined';
}

const SHOWN_CHARACTERS = 80;

function shown(value: unknown): string {
  if (value === undefined) return 'not recorded';
  const text = typeof value === 'string' ? value : textOf(value);
  return text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text;
}
