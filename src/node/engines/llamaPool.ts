/**
 * Hands requests to a pool of inference processes and survives the death of any of them: what a dead process had not
 * finished is tried once more on a fresh one, then it is an error row.
 */
import { existsSync } from 'node:fs';
import { messageOf, UserError } from '../../core/errors.ts';
import type { QueuedRequest, SampleRequest, SampleResult } from '../../core/protocol/inference.ts';
import { describeEnd, InferenceProcessError } from '../inference/inferenceProcess.ts';
import type { Engine, SampleControl } from './engine.ts';
import type { LoadedProcess } from './llamaProcess.ts';
import type { PromptGroup } from './promptGroups.ts';
import { createSampleBatch, type SampleBatch, type SampleJob } from './sampleBatch.ts';

/** Processes that die in a row without finishing one sample, after which no further one is started. */
const FUTILE_DEATHS = 4;
const CANCEL_MS = 5000;

export interface LlamaPool {
  readonly sample: Engine['sample'];
  close(): Promise<void>;
}

/** Starts a replacement for the process that died at a place: each place may have a GPU of its own. */
export type StartProcess = (signal: AbortSignal, place: number) => Promise<LoadedProcess>;

interface State {
  readonly workers: readonly Worker[];
  /** Calls of `sample` that are not over, oldest first. */
  readonly batches: Set<SampleBatch>;
  readonly start: StartProcess;
  /** The model, for messages. */
  readonly file: string;
  readonly closing: AbortController;
  lastKey: number;
  futileDeaths: number;
}

/** A place for a process; the process in it may die and be replaced. */
interface Worker {
  loaded: LoadedProcess | undefined;
  readonly running: Map<string, RunningJob>;
  isStarting: boolean;
  /** Why no further process is started here. */
  broken: string | undefined;
}

interface RunningJob {
  readonly job: SampleJob;
  readonly group: PromptGroup<SampleJob>;
  readonly batch: SampleBatch;
}

/** Takes the processes over. `file` is the model, for messages. */
export function createLlamaPool(
  processes: readonly LoadedProcess[],
  start: StartProcess,
  file: string,
): LlamaPool {
  const workers = processes.map(
    (): Worker => ({ loaded: undefined, running: new Map(), isStarting: false, broken: undefined }),
  );
  const closing = new AbortController();
  const state: State = { workers, batches: new Set(), start, file, closing, lastKey: 0, futileDeaths: 0 };
  workers.forEach((worker, index) => {
    const loaded = processes[index];
    if (loaded !== undefined) adopt(state, worker, loaded);
  });
  return {
    sample: (requests, signal, control) => sample(state, requests, signal, control),
    async close() {
      await Promise.all([...state.batches].map((batch) => cancel(state, batch)));
      closing.abort();
      await Promise.all(workers.map(({ loaded }) => loaded?.process.close()));
    },
  };
}

async function* sample(
  state: State,
  requests: readonly SampleRequest[],
  signal: AbortSignal,
  { onPartial, enough }: SampleControl = {},
): AsyncGenerator<SampleResult> {
  if (state.closing.signal.aborted) throw new Error('The engine is closed.');
  if (requests.length === 0 || signal.aborted || enough?.aborted === true) return;
  const batch = createSampleBatch(requests, () => String(++state.lastKey), onPartial);
  const onAbort = () => void cancel(state, batch);
  const onEnough = () => {
    batch.groups.drain();
    endIfDone(state, batch);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  enough?.addEventListener('abort', onEnough, { once: true });
  state.batches.add(batch);
  dispatch(state, state.workers);
  try {
    yield* batch.results;
    if (batch.failure !== undefined) throw batch.failure;
  } finally {
    signal.removeEventListener('abort', onAbort);
    enough?.removeEventListener('abort', onEnough);
    await cancel(state, batch);
  }
}

/** Gives each process with free slots its next requests, in turn, so that all get their part. */
function dispatch(state: State, receivers: readonly Worker[], finished: readonly RunningJob[] = []): void {
  const parcels = receivers.map((worker) => ({ worker, requests: [] as QueuedRequest[] }));
  const ended = [...finished];
  let open = parcels;
  while (open.length > 0) {
    open = open.filter(({ worker, requests }) => {
      const request = takeFor(state, worker, ended.shift());
      if (request !== undefined) requests.push(request);
      return request !== undefined;
    });
  }
  for (const { worker, requests } of parcels) {
    if (requests.length === 0) continue;
    // A failure means that the process is dying, and its death settles the jobs.
    worker.loaded?.process.remote.enqueue(requests).catch(() => worker.loaded?.process.kill());
  }
  reviveWorkers(state);
}

/** The next request for a worker, of the prompt that `ended` had if that is fair. */
function takeFor(
  { batches }: State,
  { loaded, running }: Worker,
  ended: RunningJob | undefined,
): QueuedRequest | undefined {
  if (loaded === undefined || running.size >= loaded.description.slots) return undefined;
  const waiting = [...batches].filter(({ groups }) => groups.remaining > 0);
  // A short call beside a long one gets its part at once.
  const batch = waiting.toSorted((a, b) => a.running - b.running)[0];
  const taken = batch?.groups.take(batch === ended?.batch ? ended?.group : undefined);
  if (batch === undefined || taken === undefined) return undefined;
  const { item: job, group } = taken;
  running.set(job.key, { job, group, batch });
  batch.running++;
  return { ...job.request, id: job.key, ...(batch.onPartial === undefined ? {} : { isWatched: true }) };
}

function adopt(state: State, worker: Worker, loaded: LoadedProcess): void {
  worker.loaded = loaded;
  loaded.onFinished = (results) => onFinished(state, worker, results);
  loaded.onPartial = ({ id, text }) => {
    const entry = worker.running.get(id);
    entry?.batch.onPartial?.(entry.job.request.id, text);
  };
  void loaded.process.ended.then((end) => onDeath(state, worker, describeEnd(end)));
}

function onFinished(state: State, worker: Worker, results: readonly SampleResult[]): void {
  state.futileDeaths = 0;
  const ended: RunningJob[] = [];
  for (const result of results) {
    const entry = worker.running.get(result.id);
    if (entry === undefined) continue;
    worker.running.delete(result.id);
    ended.push(entry);
    settle(state, entry, result);
  }
  dispatch(state, [worker], ended);
}

function settle(state: State, { batch, job }: RunningJob, result: SampleResult): void {
  batch.running--;
  batch.deliver({ ...result, id: job.request.id });
  endIfDone(state, batch);
}

function endIfDone({ batches }: State, batch: SampleBatch): void {
  if (batch.running > 0 || batch.groups.remaining > 0) return;
  batches.delete(batch);
  batch.end();
}

function onDeath(state: State, worker: Worker, how: string): void {
  worker.loaded = undefined;
  const unfinished = [...worker.running.values()];
  worker.running.clear();
  if (state.closing.signal.aborted) return;
  state.futileDeaths++;
  if (state.futileDeaths >= FUTILE_DEATHS) worker.broken = how;
  for (const entry of unfinished) {
    const { job, group, batch } = entry;
    if (batch.isCancelled) continue;
    job.deaths++;
    if (job.deaths < 2) {
      batch.running--;
      batch.groups.putBack(job, group);
    } else {
      settle(state, entry, errorResult(job, `${how} Tried twice.`));
    }
  }
  dispatch(state, state.workers);
}

function reviveWorkers(state: State): void {
  const hasWork = [...state.batches].some(({ groups }) => groups.remaining > 0);
  if (state.closing.signal.aborted || !hasWork) return;
  for (const worker of state.workers) {
    const isWanted = worker.loaded === undefined && worker.broken === undefined && !worker.isStarting;
    if (isWanted) void revive(state, worker);
  }
  failIfNoneLeft(state);
}

async function revive(state: State, worker: Worker): Promise<void> {
  worker.isStarting = true;
  try {
    adopt(state, worker, await state.start(state.closing.signal, state.workers.indexOf(worker)));
  } catch (thrown) {
    // Dying of the model again may be chance (memory, a user's kill); what is said in words is not.
    const isChance = thrown instanceof InferenceProcessError && ++state.futileDeaths < FUTILE_DEATHS;
    if (!isChance) worker.broken = messageOf(thrown);
  }
  worker.isStarting = false;
  dispatch(state, state.workers);
}

/** Without any process left, what remains is not done: the run ends and can be resumed, it never hangs. */
function failIfNoneLeft(state: State): void {
  if (state.workers.some(({ broken, loaded }) => broken === undefined || loaded !== undefined)) return;
  const failure = existsSync(state.file)
    ? new UserError('engine-lost', `Inference keeps failing. ${state.workers[0]?.broken ?? ''}`, {
        place: { file: state.file },
        remedy: 'Use a smaller contextTokens or fewer slots, or another model, then resume the run.',
      })
    : new UserError('engine-lost', 'Inference ended, and the model file is not there any more.', {
        place: { file: state.file },
        remedy: 'Put the file back, then resume the run.',
      });
  for (const batch of state.batches) {
    batch.groups.drain();
    batch.failure = failure;
    endIfDone(state, batch);
  }
}

/** Stops what runs for a batch, then ends its stream. What was finished before has been delivered. */
async function cancel(state: State, batch: SampleBatch): Promise<void> {
  if (!state.batches.delete(batch)) return;
  batch.isCancelled = true;
  batch.groups.drain();
  await Promise.all(state.workers.map((worker) => cancelOn(worker, batch)));
  batch.end();
  dispatch(state, state.workers);
}

async function cancelOn({ loaded, running }: Worker, batch: SampleBatch): Promise<void> {
  const keys = [...running].flatMap(([key, entry]) => (entry.batch === batch ? [key] : []));
  if (loaded === undefined || keys.length === 0) return;
  // A process that does not answer is stuck in native code.
  const timer = setTimeout(() => void loaded.process.kill(), CANCEL_MS);
  await loaded.process.remote.cancel(keys).catch(() => undefined);
  clearTimeout(timer);
  for (const key of keys) running.delete(key);
}

function errorResult({ request }: SampleJob, error: string): SampleResult {
  return { id: request.id, text: '', promptTokens: 0, tokens: 0, finish: 'error', ms: 0, error };
}
