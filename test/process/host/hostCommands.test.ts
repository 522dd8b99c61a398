import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');

async function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env }, stdio });
  const closed = once(child, 'close');
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await closed;
  return { code: child.exitCode, output: stdout + stderr };
}

describe('the workbench command', () => {
  it('names the remedy when its port is taken', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    try {
      const { code, output } = await run(['scripts/host/workbench.ts', '--port', String(port)]);
      expect(code).toBe(1);
      expect(output.trim()).toBe(
        `Port ${port} is taken. Choose another one, or leave --port out: any free port is used.`,
      );
    } finally {
      other.close();
    }
  });

  it.each(['abc', '-1', '65536', '1.5'])('refuses %s as a port', async (port) => {
    const { code, output } = await run(['scripts/host/workbench.ts', `--port=${port}`]);
    expect(code).toBe(1);
    expect(output).toContain(`--port ${port}: a port is a number from 0 (any free one) to 65535.`);
  });
});

// macOS keeps its Chrome outside PATH.
describe.runIf(process.platform === 'linux')('the host without a browser', () => {
  it('gives the command that installs Chromium', async () => {
    const { code, output } = await run(['scripts/host/install.ts'], {
      PATH: '/nowhere',
      REFLECTION_CHROMIUM: '',
    });
    expect(code).toBe(1);
    expect(output).toContain('apt-get install -y --no-install-recommends chromium');
    expect(output).not.toMatch(/^\s+at /m);
  });

  it('says when REFLECTION_CHROMIUM names no program', async () => {
    const { code, output } = await run(['scripts/host/install.ts'], {
      REFLECTION_CHROMIUM: '/no/such/browser',
    });
    expect(code).toBe(1);
    expect(output).toContain('REFLECTION_CHROMIUM names /no/such/browser');
  });
});
