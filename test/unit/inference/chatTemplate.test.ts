import { describe, expect, it } from 'vitest';
import { promptRenderer } from '../../../src/node/inference/chatTemplate.ts';

const tokens = { bos: '<s>', eos: '</s>' };
const messages = [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: 'What is {{ 1 + 1 }}?' },
] as const;

describe('promptRenderer', () => {
  it('gives the template messages, special tokens and the wish for an answer', () => {
    const render = promptRenderer(
      "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m['content'] }}{{ eos_token }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}",
      tokens,
    );
    expect(render(messages)).toEqual({
      text: '<s>[system]Be brief.</s>[user]What is {{ 1 + 1 }}?</s>[assistant]',
      opened: '',
    });
  });

  it.each([
    ['<think>\n', '<think>\n'],
    ['<think>', '<think>'],
    ['<thinking>\n', '<thinking>\n'],
    ['[THINK]', '[THINK]'],
    ['<think>\n\n</think>\n\n', ''],
    ['', ''],
  ])('knows what the template opened: %j', (end, opened) => {
    const render = promptRenderer(
      `{{ messages[0]['content'] }}<|assistant|>{{ ${JSON.stringify(end)} }}`,
      tokens,
    );
    expect(render(messages).opened).toBe(opened);
  });

  it('passes on the objection of a template', () => {
    const render = promptRenderer("{{ raise_exception('roles must alternate') }}", tokens);
    expect(() => render(messages)).toThrow(/chat template.*roles must alternate/s);
  });

  it('blames a template that is not Jinja', () => {
    expect(() => promptRenderer('{% for %}', tokens)).toThrow(/chat template/);
  });
});
