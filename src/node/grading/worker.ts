/** The thread that grades. Bundled to `dist/grading.mjs`; started by `gradingWorker.ts`, and killed by it when it is late. */
import { parentPort } from 'node:worker_threads';
import { compareAnswers, gradeAnswer } from '../../core/answers/index.ts';
import type { GradingJob, GradingReply } from './gradingWorker.ts';

if (parentPort === null) throw new Error('the grading worker is started as a thread');
const port = parentPort;

port.on('message', ({ id, job }: { id: number; job: GradingJob }) => {
  port.postMessage(reply(id, job));
});
port.postMessage({ id: -1 } satisfies GradingReply);

function reply(id: number, job: GradingJob): GradingReply {
  try {
    return { id, result: 'text' in job ? gradeAnswer(job) : compareAnswers(job) };
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
