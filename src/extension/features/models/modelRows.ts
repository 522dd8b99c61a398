import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { messageOf } from '../../../core/errors.ts';
import { progressOf } from '../../../core/runs/index.ts';
import type { EngineFacts } from '../../../core/schema/run.ts';
import type { WorkspaceConfig } from '../../../core/schema/workspace.ts';
import { NANO, readWorkspace } from '../../../node/workspace/index.ts';
import { nanoModelFile } from '../../../node/workspace/resolveModel.ts';
import { apiKeyNames, hasApiKey } from '../../apiKeys.ts';
import { isOver } from '../../followRun.ts';
import { modelInUse } from '../../modelInUse.ts';
import type { RunEntry } from '../../runStore.ts';
import type { Services } from '../../services.ts';
import type { ServerState, ServerStates } from './serverStates.ts';

/** A model that commands can be given. Carries the fields that commands read (`Target`). */
export interface ModelRow {
  readonly model: string;
  readonly description: string;
  readonly tooltip: string;
  readonly icon: string;
  /** Something that a person has to mend. */
  readonly isFaulty: boolean;
  readonly context: string;
  readonly isInUse: boolean;
}

type Configured = WorkspaceConfig['models'][string];

/** The built-in model and those of `reflection.json`; a fault of that file is a row, too. */
export async function modelRows(services: Services, servers: ServerStates): Promise<ModelRow[]> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined || folder.uri.scheme !== 'file') return [];
  const used = modelInUse(services, folder);
  const row = (model: string, own: OwnFacts) => rowOf(model, own, usageOf(services, folder, model), used);
  const builtIn = row(NANO, {
    icon: 'package',
    about: vscode.l10n.t('built in'),
    lines: [
      vscode.l10n.t('0.9 M parameters, for trying things out: no GPU, account or download.'),
      nanoModelFile(),
    ],
    words: ['model'],
  });
  try {
    const { config, dir } = await readWorkspace(folder.uri.fsPath);
    const rows = await Promise.all(
      Object.entries(config.models).map(async ([name, model]) =>
        row(
          name,
          model.engine === 'llama'
            ? await fileFacts(path.resolve(dir, model.path))
            : await serverFacts(services, dir, model, servers.of(model.baseUrl)),
        ),
      ),
    );
    return [...(Object.hasOwn(config.models, NANO) ? [] : [builtIn]), ...rows];
  } catch (thrown) {
    const message = messageOf(thrown);
    services.log.warn(`reflection.json could not be read: ${message}`);
    const own = { icon: 'warning', about: message, lines: [message], words: ['fault'], isFaulty: true };
    return [builtIn, { ...row('reflection.json', own), isInUse: false }];
  }
}

/** What a model is, apart from what runs it now. */
interface OwnFacts {
  readonly icon: string;
  readonly about: string;
  readonly lines: readonly string[];
  readonly words: readonly string[];
  readonly isFaulty?: boolean;
}

async function fileFacts(file: string): Promise<OwnFacts> {
  const words = ['model', 'configured'];
  // A path of a workspace that is not trusted is not touched: on Windows it may name somebody's server.
  if (!vscode.workspace.isTrusted) {
    return { icon: 'file-binary', about: path.basename(file), lines: [file], words };
  }
  const size = await stat(file).then(
    (entry) => entry.size,
    () => null,
  );
  if (size === null) {
    const about = vscode.l10n.t('file is missing');
    return { icon: 'warning', about, lines: [file], words, isFaulty: true };
  }
  return { icon: 'file-binary', about: `${(size / 1e9).toFixed(2)} GB`, lines: [file], words };
}

async function serverFacts(
  services: Services,
  folder: string,
  model: Extract<Configured, { engine: 'openai' }>,
  state: ServerState,
): Promise<OwnFacts> {
  const { origin, host } = new URL(model.baseUrl);
  const keys = await apiKeyNames(folder);
  const key = keys.find((one) => one.variable === model.apiKeyEnv && one.origin === origin);
  const words = ['model', 'configured', 'server', ...(key === undefined ? [] : ['key'])];
  const lines = [model.model, model.baseUrl];
  if (key !== undefined && !(await hasApiKey(services, key))) {
    return { icon: 'key', about: vscode.l10n.t('key is not set'), lines, words, isFaulty: true };
  }
  if (state === 'silent') {
    const about = vscode.l10n.t('does not answer: {0}', host);
    return { icon: 'debug-disconnect', about, lines, words, isFaulty: true };
  }
  return { icon: 'server', about: origin, lines, words };
}

/** What the runs of a folder say of a model. */
interface Usage {
  /** The run that has it loaded now. */
  readonly running: RunEntry | undefined;
  /** What really ran it the last time, as that run has recorded. */
  readonly engine: EngineFacts | undefined;
}

function usageOf({ runs }: Services, folder: vscode.WorkspaceFolder, model: string): Usage {
  const own = runs.runs.filter(
    ({ manifest, folder: of }) =>
      of === folder && manifest.kind !== 'train' && manifest.model?.name === model,
  );
  return {
    running: own.find(({ state }) => !isOver(state.status)),
    engine: own.find(({ manifest }) => manifest.engine !== undefined)?.manifest.engine,
  };
}

function rowOf(model: string, own: OwnFacts, { running, engine }: Usage, used: string): ModelRow {
  const isInUse = used === model;
  const description = [
    ...(running === undefined ? [] : [vscode.l10n.t('running: {0}', progressOf(running.state))]),
    ...(engine === undefined ? [] : [deviceOf(engine)]),
    own.about,
    ...(isInUse ? [vscode.l10n.t('in use')] : []),
  ].join(' · ');
  return {
    model,
    description,
    tooltip: [...own.lines, ...(engine === undefined ? [] : engineLines(engine))].join('\n'),
    icon: running === undefined ? own.icon : 'loading~spin',
    isFaulty: own.isFaulty ?? false,
    context: own.words.join(' '),
    isInUse,
  };
}

function deviceOf({ backend, device, gpuLayers }: EngineFacts): string {
  if (backend === undefined || backend === 'cpu') return device === 'cpu' ? 'CPU' : device;
  const isPart = gpuLayers !== undefined && gpuLayers.used < gpuLayers.of;
  return isPart ? vscode.l10n.t('{0}, {1} of {2} layers', device, gpuLayers.used, gpuLayers.of) : device;
}

function engineLines(engine: EngineFacts): string[] {
  const { name, version, processes, threads, slots, contextTokens, dtype } = engine;
  return [
    vscode.l10n.t('The last run used {0} {1} on {2}.', name, version, deviceOf(engine)),
    ...(processes === 0
      ? []
      : [
          vscode.l10n.t(
            '{0} processes of {1} threads, {2} samples side by side in each',
            processes,
            threads,
            slots,
          ),
        ]),
    ...(contextTokens === undefined ? [] : [vscode.l10n.t('{0} tokens of context', contextTokens)]),
    ...(dtype === undefined ? [] : [dtype]),
  ];
}
