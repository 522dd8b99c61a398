/**
 * From the first solve to the first comparison on the built-in model: each step is one real command. VS Code shows
 * descriptions as plain text, but for links.
 */

const step = (
  id: string,
  title: string,
  command: string,
  button: string,
  text: string,
  completedBy: readonly string[] = [command],
) => ({
  id,
  title,
  description: `${text}\n[${button}](command:${command})`,
  media: { markdown: `media/walkthrough/${id}.md` },
  completionEvents: completedBy.map((done) => `onCommand:${done}`),
});

export const walkthrough = {
  id: 'start',
  title: 'Get Started with Reflection Workbench',
  description:
    'Solve, critique, review, train and compare on the built-in model: no GPU, account or download.',
  steps: [
    step(
      'solve',
      'Solve five problems',
      'reflection.evaluate',
      'Evaluate Problem File',
      'Choose a problem file and the built-in model nano. Each solution is graded against the gold answer.',
    ),
    step(
      'critique',
      'Read a critique',
      'reflection.critique',
      'Critique Solutions',
      'The same model judges its own solutions. What it found is marked on the step it talks about.',
    ),
    step(
      'review',
      'Accept or reject it',
      'reflection.openTranscript',
      'Open Transcript',
      'Put the cursor on a finding and press Alt+A to accept or Alt+R to reject. Decisions are lines in reviews.jsonl.',
      ['reflection.acceptFinding', 'reflection.rejectFinding', 'reflection.markSuperficial'],
    ),
    step(
      'sample',
      'Make a training set',
      'reflection.sample',
      'Rejection-Sample Critiques',
      'Critiques that reach the gold answer are kept: two that repair a solution for each one that confirms it.',
    ),
    step(
      'train',
      'Train for a minute',
      'reflection.train',
      'Start Training…',
      'Self-critique fine-tuning of the built-in model on the set you made. The Training view follows it.',
    ),
    step(
      'compare',
      'Compare',
      'reflection.compare',
      'Compare Checkpoints',
      'Evaluate the checkpoint, then see whether it is better or whether it is noise.',
    ),
  ],
} as const;
