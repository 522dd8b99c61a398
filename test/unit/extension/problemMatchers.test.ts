import { expect, it } from 'vitest';
import { contributions } from '../../../src/extension/contributions.ts';

type Pattern = Readonly<Record<string, unknown>> & { readonly regexp: string };

/** What VS Code would make of the lines: the groups that the patterns name, or null. */
function matched(name: string, lines: readonly string[]): Record<string, string | undefined> | null {
  const matcher = contributions.contributes.problemMatchers.find((one) => one.name === name);
  const patterns: readonly Pattern[] = matcher?.pattern ?? [];
  const found: Record<string, string | undefined> = {};
  for (const [at, pattern] of patterns.entries()) {
    const groups = new RegExp(pattern.regexp).exec(lines[at] ?? '');
    if (groups === null) return null;
    for (const [key, group] of Object.entries(pattern))
      if (typeof group === 'number') found[key] = groups[group];
  }
  return found;
}

it('finds the line at which a trainer ran out of memory', () => {
  expect(
    matched('reflection-traceback', [
      '  File "/opt/venv/lib/python3.11/site-packages/torch/nn/functional.py", line 2553, in linear',
      '    return torch._C._nn.linear(input, weight, bias)',
      'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.',
    ]),
  ).toEqual({
    file: '/opt/venv/lib/python3.11/site-packages/torch/nn/functional.py',
    line: '2553',
    code: 'OutOfMemoryError',
    message: 'CUDA out of memory. Tried to allocate 2.00 GiB.',
  });
});

it('takes no frame in the middle of a traceback for its end', () => {
  expect(
    matched('reflection-traceback', [
      '  File "/a.py", line 1, in <module>',
      '    main()',
      '  File "/b.py", line 2, in main',
    ]),
  ).toBeNull();
});

it('finds the place in an error of the command line', () => {
  expect(matched('reflection-error', ['error: data.jsonl:3: not JSON'])).toMatchObject({
    severity: 'error',
    file: 'data.jsonl',
    line: '3',
    message: 'not JSON',
  });
});
