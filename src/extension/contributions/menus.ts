/** Where the commands appear, and their keys. The palette shows what can ask for what it needs. */

const inTranscript = 'editorLangId == reflection-transcript';
const problemFile =
  'resourceExtname == .jsonl || resourceExtname == .csv || resourceExtname == .parquet || resourceFilename =~ /\\.problem\\.md$|problems?\\.json$/';

/** contextValue of a tree row: words such as `run evaluate active`. */
const row = (view: string, pattern: string) => `view == reflection.${view} && viewItem =~ /${pattern}/`;

export const menus = {
  commandPalette: [
    { command: 'reflection.evaluateCheckpoint', when: 'false' },
    { command: 'reflection.openRunFolder', when: 'false' },
    ...(
      [
        'nextFinding',
        'previousFinding',
        'acceptFinding',
        'rejectFinding',
        'markSuperficial',
        'reviewFinding',
        'showCritique',
      ] as const
    ).map((name) => ({ command: `reflection.${name}`, when: inTranscript })),
  ],
  'view/title': [
    { command: 'reflection.evaluate', when: 'view == reflection.runs', group: 'navigation@1' },
    { command: 'reflection.compare', when: 'view == reflection.runs', group: 'navigation@2' },
    { command: 'reflection.refresh', when: 'view == reflection.runs', group: 'navigation@3' },
    { command: 'reflection.train', when: 'view == reflection.training', group: 'navigation@1' },
    { command: 'reflection.compare', when: 'view == reflection.checkpoints', group: 'navigation@1' },
  ],
  'view/item/context': [
    { command: 'reflection.stopRun', when: row('runs', '\\bactive\\b'), group: 'inline@1' },
    { command: 'reflection.resumeRun', when: row('runs', '\\bresumable\\b'), group: 'inline@1' },
    { command: 'reflection.critique', when: row('runs', '\\bsolutions\\b'), group: '1_start@1' },
    { command: 'reflection.sample', when: row('runs', '\\bsolutions\\b'), group: '1_start@2' },
    { command: 'reflection.train', when: row('runs', '\\bdataset\\b'), group: '1_start@3' },
    { command: 'reflection.compare', when: row('runs', '\\bsolutions\\b'), group: '2_look@1' },
    { command: 'reflection.openTranscript', when: row('runs', '\\bsample\\b'), group: '2_look@2' },
    { command: 'reflection.openRunFolder', when: row('runs', '\\brun\\b'), group: '3_files@1' },
    {
      command: 'reflection.evaluateCheckpoint',
      when: row('checkpoints', '\\bcheckpoint\\b'),
      group: 'inline@1',
    },
    { command: 'reflection.compare', when: row('checkpoints', '\\bcheckpoint\\b'), group: '2_look@1' },
    { command: 'reflection.train', when: row('checkpoints', '\\bcheckpoint\\b'), group: '1_start@2' },
  ],
  'explorer/context': [
    { command: 'reflection.evaluate', when: problemFile, group: '7_reflection@1' },
    { command: 'reflection.critique', when: problemFile, group: '7_reflection@2' },
    { command: 'reflection.sample', when: problemFile, group: '7_reflection@3' },
  ],
  'editor/title': [
    { command: 'reflection.acceptFinding', when: inTranscript, group: 'navigation@1' },
    { command: 'reflection.rejectFinding', when: inTranscript, group: 'navigation@2' },
    { command: 'reflection.markSuperficial', when: inTranscript, group: 'navigation@3' },
    { command: 'reflection.previousFinding', when: inTranscript, group: 'navigation@4' },
    { command: 'reflection.nextFinding', when: inTranscript, group: 'navigation@5' },
    { command: 'reflection.showCritique', when: inTranscript, group: 'navigation@6' },
  ],
} as const;

export const keybindings = (
  [
    ['nextFinding', 'f8'],
    ['previousFinding', 'shift+f8'],
    ['acceptFinding', 'alt+a'],
    ['rejectFinding', 'alt+r'],
    ['markSuperficial', 'alt+s'],
    ['showCritique', 'alt+enter'],
    // VS Code's own Quick Fix is disabled in read-only editors.
    ['reviewFinding', 'ctrl+.'],
  ] as const
).map(([name, key]) => ({
  command: `reflection.${name}`,
  key,
  ...(key.startsWith('ctrl') && { mac: key.replace('ctrl', 'cmd') }),
  when: `editorTextFocus && ${inTranscript}`,
}));
