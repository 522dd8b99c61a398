/** One row of the form of each public set, with made-up content. */
export const PUBLIC_SET_ROWS: readonly { set: string; row: unknown; problem: object }[] = [
  {
    set: 'aime24',
    row: {
      id: 60,
      problem: 'Count them.',
      solution: 'So $\\boxed{025}$',
      answer: '025',
      url: 'x',
      year: '2024',
    },
    problem: { id: '60', answer: '025', mode: 'aime', solution: 'So $\\boxed{025}$' },
  },
  {
    set: 'Maxwell-Jia/aime',
    row: { ID: '2024-I-4', Problem: 'Count them.', Solution: 's', Answer: 116 },
    problem: { id: '2024-I-4', problem: 'Count them.', answer: '116', mode: 'aime' },
  },
  {
    set: 'aime25',
    row: { id: 'aime25-0', problem: 'Count.', expected_answer: '70', reference_solution: 'It is 70.' },
    problem: { id: 'aime25-0', answer: '70', mode: 'aime', solution: 'It is 70.' },
  },
  {
    set: 'amc23',
    row: { id: 0, question: 'How far?', answer: 27.0, url: 'x' },
    problem: { id: '0', problem: 'How far?', answer: '27', mode: 'math' },
  },
  {
    set: 'math500',
    row: {
      problem: 'P',
      solution: 'S',
      answer: '\\frac12',
      subject: 'Algebra',
      level: 2,
      unique_id: 'test/a/1.json',
    },
    problem: { id: 'test/a/1.json', answer: '\\frac12', level: 2, subject: 'Algebra' },
  },
  {
    set: 'hendrycks_math',
    row: { problem: 'P', level: 'Level 3', type: 'Geometry', solution: 'Thus $\\boxed{\\sqrt{2}}$.' },
    problem: { answer: '\\sqrt{2}', level: 3, subject: 'Geometry', solution: 'Thus $\\boxed{\\sqrt{2}}$.' },
  },
  {
    set: 'gsm8k',
    row: { question: 'How much?', answer: '48/2 = <<48/2=24>>24\n#### 1,024' },
    problem: { id: 'set-1', answer: '1024', solution: '48/2 = <<48/2=24>>24' },
  },
  {
    set: 'gaokao',
    row: { source: 'x', question: 'Find it.', lang: 'en', answer: '$\\{x|x < 1\\}$' },
    problem: { answer: '\\{x|x < 1\\}', mode: 'math' },
  },
  {
    set: 'gaokao with options in the statement',
    row: { question: 'Which? (A) one (B) two (C) three', answer: 'B' },
    problem: { answer: 'B', mode: 'choice' },
  },
  {
    set: 'college_math',
    row: {
      data_source: 's',
      question_number: '1',
      question: 'Solve.',
      answer: '$(45,2),(-10,-9)$',
      data_topic: 't',
    },
    problem: { id: 'set-1', answer: '(45,2),(-10,-9)', subject: 't' },
  },
  {
    set: 'olympiadbench',
    row: {
      id: 1606,
      subfield: 'Algebra',
      context: 'Let n be given.',
      question: 'Find n.',
      solution: ['first', 'second'],
      final_answer: ['1,2'],
      is_multiple_answer: true,
      unit: null,
      answer_type: 'Numerical',
      error: null,
    },
    problem: {
      id: '1606',
      problem: 'Let n be given.\n\nFind n.',
      answer: '1,2',
      solution: 'first',
      subject: 'Algebra',
    },
  },
  {
    set: 'folio',
    row: { premises: ['All A are B. ', 'x is A.'], conclusion: 'x is B.', label: 'True', 'premises-FOL': [] },
    problem: { answer: 'True', mode: 'boolean' },
  },
  {
    set: 'cruxeval',
    row: { code: 'def f(x):\n    return [x]', input: '1', output: "['$1$']", id: 'sample_0' },
    problem: { id: 'sample_0', answer: "['$1$']", mode: 'python' },
  },
  {
    set: 'strategyqa',
    row: { qid: 'e00', term: 't', description: 'd', question: 'Is it?', answer: false, facts: ['f'] },
    problem: { id: 'e00', answer: 'False', mode: 'boolean' },
  },
  {
    set: 'mmlu-pro',
    row: {
      question_id: 7,
      question: 'Which?',
      options: ['one', ' two'],
      answer: 'B',
      answer_index: 1,
      category: 'math',
    },
    problem: { id: '7', answer: 'B', mode: 'choice', options: ['one', 'two'], subject: 'math' },
  },
  {
    set: 'dapo',
    row: {
      prompt: [
        {
          role: 'user',
          content:
            'Solve the following math problem step by step. The last line of your response should be of the form Answer: $Answer (without quotes) where $Answer is the answer to the problem.\n\nFind n.\n\nRemember to put your answer on its own line after "Answer:".',
        },
      ],
      reward_model: { ground_truth: '34', style: 'rule' },
      extra_info: { index: 'abc' },
    },
    problem: { id: 'abc', problem: 'Find n.', answer: '34', mode: 'math' },
  },
  {
    set: 'dapo, processed',
    row: { prompt: 'Find n.', solution: '34', source_prompt: [], reward_model: { ground_truth: '34' } },
    problem: { problem: 'Find n.', answer: '34' },
  },
  {
    set: 'processbench',
    row: { id: 'g-0', problem: 'P', steps: ['a', 'so \\boxed{3}'], final_answer_correct: false, label: 1 },
    problem: { id: 'g-0', answer: null, solution: 'a\n\nso \\boxed{3}' },
  },
];
