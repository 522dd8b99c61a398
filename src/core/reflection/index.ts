/** Reading reasoning: thinking and summary, reflections, S2R trajectories, steps, critiques. */
export { claimedVerdict, type ReadCritique, readCritique } from './critique.ts';
export { lastAttempt } from './lastAttempt.ts';
export { phrasesOf, REFLECTION_LISTS, type ReflectionList, type ReflectionListName } from './lists.ts';
export { type Reflections, reflectionCount, reflectionsOf } from './reflections.ts';
export { type Step, splitSteps } from './steps.ts';
export { splitThinking, type ThinkingParts, wholeSolution } from './thinking.ts';
export {
  type Action,
  type MarkerMode,
  parseTrajectory,
  RECHECK,
  RETRY,
  statedVerdict,
  type Trajectory,
} from './trajectory.ts';
