/** A workspace folder: `reflection.json`, and the models and prompts that a person can name. */
export { type CheckpointModel, completeCheckpoints } from './checkpoints.ts';
export { readWorkspace, WORKSPACE_FILE, type Workspace } from './readWorkspace.ts';
export {
  NANO,
  nanoModelFile,
  type ResolvedModel,
  resolveModel,
  resolvePrompts,
  weightsDirectory,
} from './resolveModel.ts';
