import type { RecordedRun } from '../schema/run.ts';

/** One setting of all compared runs, in the order of the runs. */
export interface ConfigurationRow {
  readonly setting: string;
  readonly values: readonly string[];
  readonly isEqual: boolean;
}

const NOT_RECORDED = '–';

/** Everything that a run's manifest says about how it was made, side by side. Settings that no run records are left out. */
export function configurationTable(runs: readonly RecordedRun[]): ConfigurationRow[] {
  return SETTINGS.flatMap(([setting, read]) => {
    const values = runs.map((run) => shown(read(run)));
    if (values.every((value) => value === NOT_RECORDED)) return [];
    return [{ setting, values, isEqual: values.every((value) => value === values[0]) }];
  });
}

const SETTINGS: readonly (readonly [string, (run: RecordedRun) => unknown])[] = [
  ['run', (run) => run.id],
  ['results file SHA-256', (run) => run.resultsFile?.sha256],
  ['kind', (run) => (run.resultsFile === undefined ? run.kind : 'results file')],
  ['started', (run) => run.createdAt],
  ['model', (run) => run.model?.name],
  ['model file', (run) => run.model?.path],
  ['model SHA-256', (run) => run.model?.sha256],
  ['server', (run) => run.model?.baseUrl],
  ['chat template SHA-256', (run) => run.model?.templateSha256],
  ['problem set', (run) => run.problemSet?.name],
  ['problems', (run) => run.problemSet?.count],
  ['problem set SHA-256', (run) => run.problemSet?.sha256],
  [
    'trained on these problems',
    (run) => run.leakage && `${run.leakage.leaked.length} of ${run.leakage.total}`,
  ],
  ['samples (n)', (run) => run.n],
  ['seed', (run) => run.seed],
  ['temperature', (run) => run.sampling?.temperature],
  ['top-p', (run) => run.sampling?.topP],
  ['top-k', (run) => run.sampling?.topK],
  ['min-p', (run) => run.sampling?.minP],
  ['longest answer (tokens)', (run) => run.sampling?.maxTokens],
  ['critiques', (run) => run.critiques],
  ['temperature of critiques', (run) => run.critiqueSampling?.temperature],
  ['system prompt', (run) => run.prompts?.system],
  ['prompt for solutions', (run) => run.prompts?.solve],
  ['prompt for critiques', (run) => run.prompts?.critique],
  ['grader', (run) => run.grader && `${run.grader.version}, policy ${run.grader.policy}`],
  ['engine', (run) => run.engine && `${run.engine.name} ${run.engine.version}`],
  ['device', (run) => run.engine?.device],
  ['number format (dtype)', (run) => run.engine?.dtype],
  ['context (tokens)', (run) => run.engine?.contextTokens],
  ['made from', (run) => (run.parents.length === 0 ? undefined : run.parents.map(({ id }) => id).join(', '))],
  ['host', (run) => run.host && `${run.host.name}, ${run.host.platform}`],
  [
    'workbench',
    (run) => run.workbench && [run.workbench.version, run.workbench.commit].filter(Boolean).join(' '),
  ],
  ['command', (run) => run.commandLine?.join(' ')],
];

function shown(value: unknown): string {
  if (value === undefined || value === null || value === '') return NOT_RECORDED;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
