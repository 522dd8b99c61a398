/** Where the commands appear, and their keys. The palette shows what can ask for what it needs. */

const inTranscript = 'resourceScheme == reflection';
/** Problems, or what other programs may write their results to; several can be selected. */
const rowsFile = 'resourceExtname =~ /^\\.(jsonl|ndjson|csv|parquet)$/';
const problemFile = `${rowsFile} || resourceFilename =~ /\\.problem\\.md$|problems?\\.json$/`;

/**
 * Any other JSON file may hold the same, and most hold something else: one entry has to do. Menus know only a file's name.
 */
const anyJson =
  'resourceExtname == .json && !(resourceFilename =~ /problems?\\.json$|^(package|package-lock|composer|reflection|launch|tasks|settings|extensions)\\.json$|^[jt]sconfig.*\\.json$|\\.(schema|meta)\\.json$/)';
const FILE_MENU = 'reflection.file';

export const submenus = [{ id: FILE_MENU, label: 'Reflection' }] as const;

/** contextValue of a tree row: words such as `run evaluate active`. */
const row = (view: string, pattern: string) => `view == reflection.${view} && viewItem =~ /${pattern}/`;

export const menus = {
  commandPalette: [
    { command: 'reflection.evaluateCheckpoint', when: 'false' },
    { command: 'reflection.openRunFolder', when: 'false' },
    { command: 'reflection.openProblem', when: 'false' },
    { command: 'reflection.showFinding', when: 'false' },
    { command: 'reflection.useModel', when: 'false' },
    { command: 'reflection.dismissFinding', when: 'false' },
    ...(
      [
        'nextFinding',
        'previousFinding',
        'acceptFinding',
        'rejectFinding',
        'markSuperficial',
        'reviewFinding',
        'showCritique',
        'editCritique',
        'acceptVerified',
        'resampleCritiques',
        'continueFromHere',
        'askAnotherModel',
      ] as const
    ).map((name) => ({ command: `reflection.${name}`, when: inTranscript })),
  ],
  'view/title': [
    { command: 'reflection.evaluate', when: 'view == reflection.runs', group: 'navigation@1' },
    { command: 'reflection.compare', when: 'view == reflection.runs', group: 'navigation@2' },
    { command: 'reflection.refresh', when: 'view == reflection.runs', group: 'navigation@3' },
    { command: 'reflection.train', when: 'view == reflection.training', group: 'navigation@1' },
    { command: 'reflection.compare', when: 'view == reflection.checkpoints', group: 'navigation@1' },
    { command: 'reflection.importProblems', when: 'view == reflection.problemSets', group: 'navigation@1' },
    { command: 'reflection.selectModel', when: 'view == reflection.models', group: 'navigation@1' },
    { command: 'reflection.openConfiguration', when: 'view == reflection.models', group: 'navigation@2' },
    { command: 'reflection.exportReviewed', when: 'view == reflection.review', group: 'navigation@1' },
    { command: 'reflection.undoReview', when: 'view == reflection.review', group: 'navigation@2' },
  ],
  'view/item/context': [
    { command: 'reflection.stopRun', when: row('runs', '\\bactive\\b'), group: 'inline@1' },
    { command: 'reflection.resumeRun', when: row('runs', '\\bresumable\\b'), group: 'inline@1' },
    { command: 'reflection.watchRun', when: row('runs', '\\bwatchable\\b'), group: 'inline@2' },
    { command: 'reflection.critique', when: row('runs', '\\bsolutions\\b'), group: '1_start@1' },
    { command: 'reflection.sample', when: row('runs', '\\bsolutions\\b'), group: '1_start@2' },
    { command: 'reflection.train', when: row('runs', '\\bdataset\\b'), group: '1_start@3' },
    { command: 'reflection.compare', when: row('runs', '\\b(?:solutions|critiques)\\b'), group: '2_look@1' },
    { command: 'reflection.showSampling', when: row('runs', '\\bdataset\\b'), group: 'inline@3' },
    { command: 'reflection.showTraining', when: row('runs', '\\brun train\\b'), group: 'inline@3' },
    { command: 'reflection.openTranscript', when: row('runs', '\\bsample\\b'), group: '2_look@2' },
    { command: 'reflection.openRunFolder', when: row('runs', '\\brun\\b'), group: '3_files@1' },
    { command: 'reflection.useModel', when: row('models', '\\bmodel\\b'), group: 'inline@2' },
    { command: 'reflection.setApiKey', when: row('models', '\\bkey\\b'), group: 'inline@1' },
    { command: 'reflection.evaluate', when: row('models', '\\bmodel\\b'), group: '1_start@1' },
    { command: 'reflection.critique', when: row('models', '\\bmodel\\b'), group: '1_start@2' },
    { command: 'reflection.sample', when: row('models', '\\bmodel\\b'), group: '1_start@3' },
    { command: 'reflection.train', when: row('models', '\\bmodel\\b'), group: '1_start@4' },
    { command: 'reflection.checkServer', when: row('models', '\\bserver\\b'), group: '2_look@1' },
    {
      command: 'reflection.openConfiguration',
      when: row('models', '\\bconfigured\\b'),
      group: '2_look@2',
    },
    { command: 'reflection.evaluate', when: row('problemSets', '\\bproblems\\b'), group: 'inline@1' },
    { command: 'reflection.critique', when: row('problemSets', '\\bproblems\\b'), group: '1_start@1' },
    { command: 'reflection.sample', when: row('problemSets', '\\bproblems\\b'), group: '1_start@2' },
    { command: 'reflection.exportReviewed', when: row('runs', '\\bcritiques\\b'), group: '1_start@4' },
    { command: 'reflection.acceptFinding', when: row('review', '\\bfinding\\b'), group: 'inline@1' },
    { command: 'reflection.rejectFinding', when: row('review', '\\bfinding\\b'), group: 'inline@2' },
    { command: 'reflection.markSuperficial', when: row('review', '\\bfinding\\b'), group: '1_review@1' },
    { command: 'reflection.showCritique', when: row('review', '\\bfinding\\b'), group: '1_review@2' },
    { command: 'reflection.editCritique', when: row('review', '\\bfinding\\b'), group: '1_review@3' },
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
    { command: 'reflection.compare', when: rowsFile, group: '7_reflection@4' },
    { submenu: FILE_MENU, when: anyJson, group: '7_reflection@1' },
  ],
  [FILE_MENU]: [
    { command: 'reflection.evaluate', group: '1_model@1' },
    { command: 'reflection.critique', group: '1_model@2' },
    { command: 'reflection.sample', group: '1_model@3' },
    { command: 'reflection.compare', group: '2_results@1' },
  ],
  'editor/title': [
    { command: 'reflection.acceptFinding', when: inTranscript, group: 'navigation@1' },
    { command: 'reflection.rejectFinding', when: inTranscript, group: 'navigation@2' },
    { command: 'reflection.markSuperficial', when: inTranscript, group: 'navigation@3' },
    { command: 'reflection.previousFinding', when: inTranscript, group: 'navigation@4' },
    { command: 'reflection.nextFinding', when: inTranscript, group: 'navigation@5' },
    { command: 'reflection.showCritique', when: inTranscript, group: 'navigation@6' },
    { command: 'reflection.editCritique', when: inTranscript, group: '1_review@1' },
    { command: 'reflection.undoReview', when: inTranscript, group: '1_review@2' },
    { command: 'reflection.acceptVerified', when: inTranscript, group: '1_review@3' },
    { command: 'reflection.exportReviewed', when: inTranscript, group: '1_review@4' },
    { command: 'reflection.resampleCritiques', when: inTranscript, group: '2_again@1' },
    { command: 'reflection.continueFromHere', when: inTranscript, group: '2_again@2' },
    { command: 'reflection.askAnotherModel', when: inTranscript, group: '2_again@3' },
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
    ['editCritique', 'alt+e'],
    // There is nothing else to undo in a read-only editor.
    ['undoReview', 'ctrl+z'],
    // VS Code's own Quick Fix is disabled in read-only editors.
    ['reviewFinding', 'ctrl+.'],
  ] as const
).map(([name, key]) => ({
  command: `reflection.${name}`,
  key,
  ...(key.startsWith('ctrl') && { mac: key.replace('ctrl', 'cmd') }),
  when: `editorTextFocus && ${inTranscript}`,
}));
