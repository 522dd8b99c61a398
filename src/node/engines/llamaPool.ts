/**
 * Hands requests to a pool of inference processes and survives the death of any of them: what a dead process had not
 * finished is tried once more on a fresh one, then it is an error row.
 */
import { messageOf, UserError } from '../../core/errors.ts';
import type { SampleRequest, SampleResult } from '../../core/protocol/inference.ts';
import { describeEnd, InferenceProcessError } from '../inference/inferenceProcess.ts';
import type { LoadedProcess } from './llamaProcess.ts';
import type { PromptGroup } from './promptGroups.ts';
import { createSampleBatch, type SampleBatch, type SampleJob } from './sampleBatch.ts';

/** Processes that die in a row without finishing one sample, after which no further one is started. */
const FUTILE_DEATHS = 4;
const CANCEL_MS = 5000;

export interface LlamaPool {
  sample(requests: readonly SampleRequest[], signal: AbortSignal): AsyncGenerator<SampleResult>;
  close(): Promise<void>;
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

/** Starts a replacement for a process that died. */
export type StartProcess = (signal: AbortSignal) => Promise<LoadedProcess>;

/** Takes the processes over. `file` is the model, for messages. */
export function createLlamaPool(
  processes: readonly LoadedProcess[],
  start: StartProcess,
  file: string,
): LlamaPool {
  const workers = processes.map(
    (): Worker => ({ loaded: undefined, running: new Map(), isStarting: false, broken: undefined }),
  );
  const batches = new Set<SampleBatch>();
  const closing = new AbortController();
  let lastKey = 0;
  let futileDeaths = 0;

  workers.forEach((worker, index) => {
    const loaded = processes[index];
    if (loaded !== undefined) adopt(worker, loaded);
  });

  async function* sample(
    requests: readonly SampleRequest[],
    signal: AbortSignal,
  ): AsyncGenerator<SampleResult> {
    if (closing.signal.aborted) throw new Error('The engine is closed.');
    if (requests.length === 0 || signal.aborted) return;
    const batch = createSampleBatch(requests, () => String(++lastKey));
    const onAbort = () => void cancel(batch);
    signal.addEventListener('abort', onAbort, { once: true });
    batches.add(batch);
    dispatch(workers);
    try {
      yield* batch.results;
      if (batch.failure !== undefined) throw batch.failure;
    } finally {
      signal.removeEventListener('abort', onAbort);
      await cancel(batch);
    }
  }

  /** Gives each process with free slots its next requests, in turn, so that all get their part. */
  function dispatch(receivers: readonly Worker[], preferred: readonly PromptGroup<SampleJob>[] = []): void {
    const parcels = receivers.map((worker) => ({ worker, requests: [] as SampleRequest[] }));
    const groups = [...preferred];
    let open = parcels;
    while (open.length > 0) {
      open = open.filter(({ worker, requests }) => {
        const request = takeFor(worker, groups.shift());
        if (request !== undefined) requests.push(request);
        return request !== undefined;
      });
    }
    for (const { worker, requests } of parcels) {
      if (requests.length === 0) continue;
      // A failure means that the process is dying, and its death settles the jobs.
      worker.loaded?.process.remote.enqueue(requests).catch(() => worker.loaded?.process.kill());
    }
    reviveWorkers();
  }

  function takeFor(worker: Worker, preferred: PromptGroup<SampleJob> | undefined): SampleRequest | undefined {
    if (worker.loaded === undefined || worker.running.size >= worker.loaded.description.slots)
      return undefined;
    for (const batch of batches) {
      const taken = batch.groups.take(preferred);
      if (taken === undefined) continue;
      const { item: job, group } = taken;
      worker.running.set(job.key, { job, group, batch });
      batch.running++;
      return { ...job.request, id: job.key };
    }
    return undefined;
  }

  function adopt(worker: Worker, loaded: LoadedProcess): void {
    worker.loaded = loaded;
    loaded.onFinished = (results) => onFinished(worker, results);
    void loaded.process.ended.then((end) => onDeath(worker, describeEnd(end)));
  }

  function onFinished(worker: Worker, results: readonly SampleResult[]): void {
    futileDeaths = 0;
    const groups: PromptGroup<SampleJob>[] = [];
    for (const result of results) {
      const entry = worker.running.get(result.id);
      if (entry === undefined) continue;
      worker.running.delete(result.id);
      groups.push(entry.group);
      settle(entry, result);
    }
    dispatch([worker], groups);
  }

  function settle({ batch, job }: RunningJob, result: SampleResult): void {
    batch.running--;
    batch.deliver({ ...result, id: job.request.id });
    endIfDone(batch);
  }

  function endIfDone(batch: SampleBatch): void {
    if (batch.running > 0 || batch.groups.remaining > 0) return;
    batches.delete(batch);
    batch.end();
  }

  function onDeath(worker: Worker, how: string): void {
    worker.loaded = undefined;
    const unfinished = [...worker.running.values()];
    worker.running.clear();
    if (closing.signal.aborted) return;
    futileDeaths++;
    if (futileDeaths >= FUTILE_DEATHS) worker.broken = how;
    for (const entry of unfinished) {
      const { job, group, batch } = entry;
      if (batch.isCancelled) continue;
      job.deaths++;
      if (job.deaths < 2) {
        batch.running--;
        batch.groups.putBack(job, group);
      } else {
        settle(entry, errorResult(job, `${how} Tried twice.`));
      }
    }
    dispatch(workers);
  }

  function reviveWorkers(): void {
    if (closing.signal.aborted || ![...batches].some((batch) => batch.groups.remaining > 0)) return;
    for (const worker of workers) {
      if (worker.loaded === undefined && worker.broken === undefined && !worker.isStarting)
        void revive(worker);
    }
    failIfNoneLeft();
  }

  async function revive(worker: Worker): Promise<void> {
    worker.isStarting = true;
    try {
      adopt(worker, await start(closing.signal));
    } catch (thrown) {
      // Dying of the model again may be chance (memory, a user's kill); what is said in words is not.
      const isChance = thrown instanceof InferenceProcessError && ++futileDeaths < FUTILE_DEATHS;
      if (!isChance) worker.broken = messageOf(thrown);
    }
    worker.isStarting = false;
    dispatch(workers);
  }

  /** Without any process left, what remains is not done: the run ends and can be resumed, it never hangs. */
  function failIfNoneLeft(): void {
    if (workers.some((worker) => worker.broken === undefined || worker.loaded !== undefined)) return;
    for (const batch of batches) {
      batch.groups.drain();
      batch.failure = new UserError('engine-lost', `Inference keeps failing. ${workers[0]?.broken ?? ''}`, {
        place: { file },
        remedy: 'Use a smaller contextTokens or fewer slots, or another model, then resume the run.',
      });
      endIfDone(batch);
    }
  }

  /** Stops what runs for a batch, then ends its stream. What was finished before has been delivered. */
  async function cancel(batch: SampleBatch): Promise<void> {
    if (!batches.delete(batch)) return;
    batch.isCancelled = true;
    batch.groups.drain();
    await Promise.all(workers.map((worker) => cancelOn(worker, batch)));
    batch.end();
    dispatch(workers);
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

  async function close(): Promise<void> {
    await Promise.all([...batches].map(cancel));
    closing.abort();
    await Promise.all(workers.map(({ loaded }) => loaded?.process.close()));
  }

  return { sample, close };
}

function errorResult({ request }: SampleJob, error: string): SampleResult {
  return { id: request.id, text: '', promptTokens: 0, tokens: 0, finish: 'error', ms: 0, error };
}
