/**
 * The process that owns llama.cpp. A bad model file can abort it, and a context too large gets it killed: that is why
 * it is a process of its own. Bundled to `dist/inference.mjs`; started by `inferenceProcess.ts`.
 */
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { InferenceChild, InferenceHost } from '../../core/protocol/inference.ts';
import { createRemote, serve } from '../../core/rpc.ts';
import { type Loaded, loadModel, type OpenDevice, openDevice } from './loadModel.ts';
import { createLockstep, type Lockstep } from './lockstep.ts';
import { measureSpeed } from './measureSpeed.ts';
import { NARROW_KERNELS, useNarrowKernels } from './narrowKernels.ts';
import { processPort } from './processPort.ts';
import { promptMaker } from './tokens.ts';

const port = processPort(process);
const host = createRemote<InferenceHost>(port);
// A folder of our own, made by the host and removed by whoever survives.
const folder = process.argv[2] ?? '.';
if (process.env[NARROW_KERNELS] !== undefined) useNarrowKernels(folder);
let device: OpenDevice | undefined;
let loaded: Loaded | undefined;
let lockstep: Lockstep | undefined;

serve<InferenceChild>(port, {
  async survey(gpu) {
    device ??= await openDevice(gpu);
    return device.devices;
  },
  async load(options) {
    if (loaded !== undefined) throw new Error('A model is already loaded in this process.');
    device ??= await openDevice(options.gpu);
    loaded = await loadModel(options, device);
    const { model, sequences, description } = loaded;
    const { contextTokens } = description;
    lockstep = createLockstep({
      model,
      sequences,
      contextTokens,
      stateFile: path.join(folder, 'prompt.state'),
      prepare: promptMaker(model, contextTokens),
      // The only way for this to fail is a closed channel, and that ends the process.
      onFinished: (results) => void host.remote.finished(results).catch(() => undefined),
      onPartial: (part) => void host.remote.partial(part).catch(() => undefined),
    });
    return description;
  },
  async measure({ threads, slots, ms }) {
    if (loaded === undefined) throw new Error('No model is loaded in this process.');
    loaded.llama.maxThreads = threads;
    return await measureSpeed(loaded, slots, ms);
  },
  useThreads(threads) {
    if (loaded !== undefined) loaded.llama.maxThreads = threads;
  },
  enqueue(requests) {
    if (lockstep === undefined) throw new Error('No model is loaded in this process.');
    lockstep.enqueue(requests);
  },
  async cancel(ids) {
    await lockstep?.cancel(ids);
  },
  async close() {
    // Freeing a context while it generates is an unhandled rejection in the bindings: stop first.
    await lockstep?.stop();
    await device?.llama.dispose();
    device = undefined;
    loaded = undefined;
    lockstep = undefined;
  },
});

// The host is gone, however it went. Nothing here is worth saving, and native threads may be busy: no tidy exit.
process.on('disconnect', () => {
  rmSync(folder, { recursive: true, force: true });
  process.kill(process.pid, 'SIGKILL');
});
// Ctrl-C reaches the whole process group: the host decides what happens then.
process.on('SIGINT', () => undefined);
