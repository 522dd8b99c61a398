import type * as vscode from 'vscode';
import { registerCommands } from './commands.ts';
import { registerCheckpoints } from './features/checkpoints/index.ts';
import { registerCompare } from './features/compare/index.ts';
import { registerDoctor } from './features/doctor/index.ts';
import { registerLive } from './features/live/index.ts';
import { registerModels } from './features/models/index.ts';
import { registerProblemSetsTree } from './features/models/problemSetsTree.ts';
import { registerProblemFiles } from './features/problemFiles/index.ts';
import { registerProblems } from './features/problems/index.ts';
import { registerRuns } from './features/runs/index.ts';
import { registerSampling } from './features/sampling/index.ts';
import { registerStart } from './features/start/index.ts';
import { registerStatusBar } from './features/status/index.ts';
import { registerTests } from './features/tests/index.ts';
import { registerTraining } from './features/training/index.ts';
import { registerTranscripts } from './features/transcripts/index.ts';
import { createServices } from './services.ts';

export function activate(context: vscode.ExtensionContext): void {
  const services = createServices(context);
  registerCheckpoints(services);
  registerTests(services);
  registerProblemSetsTree(services);
  registerStatusBar(services);
  context.subscriptions.push(
    registerCommands(services, {
      ...registerStart(services),
      ...registerProblems(services),
      ...registerProblemFiles(services),
      ...registerModels(services),
      ...registerRuns(services),
      ...registerTranscripts(services),
      ...registerLive(services),
      ...registerTraining(services),
      ...registerCompare(services),
      ...registerSampling(services),
      ...registerDoctor(services),
    }),
  );
}
