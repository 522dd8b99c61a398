/**
 * The entry of a worker thread that measures and compares runs: ten thousand bootstrap draws take a second or two, and
 * the thread that asked must stay responsive meanwhile.
 */
import { parentPort } from 'node:worker_threads';
import { serve } from '../../core/rpc.ts';
import { threadPort } from './client.ts';
import { createComparer } from './comparer.ts';

if (parentPort !== null) serve(threadPort(parentPort), createComparer());
