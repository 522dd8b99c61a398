/** Starting, following and stopping the Python trainer. TypeScript and Python meet only in the run directory. */
export { CONFIG_FILE, createTrainingRun, type NewTrainingRun } from './createTrainingRun.ts';
export { estimateTraining } from './estimate.ts';
export { type StartedTrainer, startTrainer, TRAINER_LOG, trainerLaunch } from './launch.ts';
export { metaFileOf } from './metaFile.ts';
export {
  type DatasetFacts,
  datasetFacts,
  type TrainingRequest,
  trainingConfig,
} from './prepare.ts';
export { findTrainerPython, type TrainerPython } from './python.ts';
export { type StopOptions, type StopOutcome, stopProcess } from './stop.ts';
