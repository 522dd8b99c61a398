import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  applyTrainingUpdate,
  type TrainingRow,
  type TrainingState,
  trainingUpdate,
} from '../../../src/core/protocol/training.ts';

const row: fc.Arbitrary<TrainingRow> = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    state: fc.constantFrom('running', 'done'),
    step: fc.option(fc.nat(50)),
    name: fc.constantFrom('loss', 'reward'),
    points: fc.array(fc.tuple(fc.nat(5), fc.option(fc.nat(3))), { maxLength: 6 }),
  })
  .map(({ id, state, step, name, points }) => ({
    head: {
      id,
      state,
      step,
      title: id,
      model: 'nano',
      tone: 'busy',
      total: 50,
      etaSeconds: null,
      numbers: [],
      detail: null,
      checkpoints: 0,
      canStop: true,
      canResume: false,
    },
    curve: { name, steps: points.map(([at]) => at), values: points.map(([, value]) => value) },
  }));
const state: fc.Arbitrary<TrainingState> = fc.record({
  rows: fc.uniqueArray(row, { selector: ({ head }) => head.id, maxLength: 4 }),
  trusted: fc.boolean(),
});

it('an update leads from any state to any other', () => {
  fc.assert(
    fc.property(state, state, (before, after) => {
      const update = trainingUpdate(before, after);
      expect(update === null ? before : applyTrainingUpdate(before, update)).toEqual(after);
    }),
  );
});

it('nothing is sent when nothing changed', () => {
  fc.assert(
    fc.property(state, (same) => {
      expect(trainingUpdate(same, structuredClone(same))).toBeNull();
    }),
  );
});

it('a growing curve sends only its new points', () => {
  fc.assert(
    fc.property(row, fc.nat(3), (one, value) => {
      const before = { rows: [one], trusted: true };
      const { name } = one.curve;
      const curve = { name, steps: [...one.curve.steps, 99], values: [...one.curve.values, value] };
      const update = trainingUpdate(before, { rows: [{ ...one, curve }], trusted: true });
      expect(update?.curves).toEqual([
        { id: one.head.id, from: one.curve.steps.length, curve: { name, steps: [99], values: [value] } },
      ]);
      expect(update?.heads).toEqual([]);
    }),
  );
});

it('an update that does not fit what the view holds is refused', () => {
  const empty: TrainingState = { rows: [], trusted: true };
  fc.assert(
    fc.property(row, (one) => {
      const before = { rows: [one], trusted: true };
      const grown = {
        head: one.head,
        curve: { ...one.curve, steps: [...one.curve.steps, 7], values: [...one.curve.values, 1] },
      };
      const update = trainingUpdate(before, { rows: [grown], trusted: true });
      expect(update && applyTrainingUpdate(empty, update)).toBeNull();
    }),
  );
});
