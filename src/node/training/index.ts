/** Starting, following and stopping the Python trainer. TypeScript and Python meet only in the run directory. */
export { CONFIG_FILE, createTrainingRun, type NewTrainingRun } from './createTrainingRun.ts';
export { type StartedTrainer, startTrainer, TRAINER_LOG } from './launch.ts';
export {
  type DatasetFacts,
  datasetFacts,
  metaFileOf,
  type TrainingRequest,
  trainingConfig,
} from './prepare.ts';
export { findTrainerPython, type TrainerPython } from './python.ts';
export { type StopOptions, type StopOutcome, stopProcess } from './stop.ts';
