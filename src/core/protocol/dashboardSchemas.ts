/** Apart from the protocol, so that the page does not carry the checks of the host. */
import { z } from 'zod';
import type { DashboardHost } from './dashboard.ts';
import type { ParameterSchemas } from './guard.ts';

export const dashboardHostSchemas: ParameterSchemas<DashboardHost> = {
  ready: [],
  stop: [],
  resume: [],
  openLog: [],
  openRollout: [z.int().min(0)],
  evaluateCheckpoint: [z.string()],
  compareCheckpoint: [z.string()],
  revealCheckpoint: [z.string()],
};
