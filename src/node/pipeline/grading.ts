/** How a pipeline grades: by the policy of its run, outside its own thread. */
import { GRADING_POLICIES, type GradeResult, type GradingPolicy } from '../../core/answers/index.ts';
import { UserError } from '../../core/errors.ts';
import type { SampleResult } from '../../core/protocol/inference.ts';
import { nearNames } from '../../core/runs/index.ts';
import type { Solution } from '../../core/schema/lines.ts';
import type { Problem } from '../../core/schema/problem.ts';
import { createGradingWorker, type GradingWorker } from '../grading/gradingWorker.ts';
import { isRun, readManifest } from '../runs/index.ts';

export type SampleGrade = Pick<Solution, 'answer' | 'grade' | 'reason' | 'layer' | 'doubt'>;

/** The policy of the run in the directory; undefined when there is none. */
export async function recordedPolicy(dir: string): Promise<string | undefined> {
  return (await isRun(dir)) ? (await readManifest(dir)).grader?.policy : undefined;
}

/** Grades what was generated for a problem. */
export type GradeSample = (
  result: Pick<SampleResult, 'text' | 'finish'>,
  problem: Problem,
) => Promise<SampleGrade>;

export function policyNamed(name: string): GradingPolicy {
  const policy = Object.hasOwn(GRADING_POLICIES, name) ? GRADING_POLICIES[name] : undefined;
  if (policy !== undefined) return policy;
  const names = Object.keys(GRADING_POLICIES);
  const near = nearNames(name, names);
  throw new UserError('policy-unknown', `there is no grading policy "${name}"`, {
    place: { field: 'policy' },
    remedy: near.length > 0 ? `Did you mean ${near.join(', ')}?` : `Use one of ${names.join(', ')}.`,
  });
}

/** Lends a grader to the work; its thread is gone afterwards, however the work ended. */
export async function withGrading<T>(
  policyName: string,
  grader: Pick<GradingWorker, 'grade'> | undefined,
  work: (grade: GradeSample) => Promise<T>,
): Promise<T> {
  const policy = policyNamed(policyName);
  if (grader !== undefined) return work(gradeWith(grader, policy));
  const worker = createGradingWorker();
  try {
    return await work(gradeWith(worker, policy));
  } finally {
    worker.dispose();
  }
}

function gradeWith(grader: Pick<GradingWorker, 'grade'>, policy: GradingPolicy): GradeSample {
  return async (result, { answer: gold, mode }) => {
    if (result.finish === 'error')
      return { answer: null, grade: 'undetermined', reason: 'error', layer: 'none' };
    const truncated = result.finish === 'length';
    return forRow(await grader.grade({ text: result.text, gold, mode, policy, truncated }));
  };
}

function forRow({ answer, grade, reason, layer, doubt }: GradeResult): SampleGrade {
  return { answer, grade, reason, layer, ...(doubt.length === 0 ? {} : { doubt: [...doubt] }) };
}
