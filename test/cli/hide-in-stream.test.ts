import assert from 'node:assert/strict';
import { captureCli } from './captured-cli.ts';

describe('the output of prose', () => {
  it('shows no secret of its environment, whatever it has to say', async () => {
    const env = { ODD_API_KEY: 'k3y-Zq8Xw7Vt6Us5', DATABASE_URL: 'postgres://me:p4ss-W0rd-99@db/x' };
    for (const secret of [
      'k3y-Zq8Xw7Vt6Us5',
      'p4ss-W0rd-99',
      Buffer.from('k3y-Zq8Xw7Vt6Us5').toString('hex'),
    ]) {
      const { stdout, stderr, exitCode } = await captureCli([`no-${secret}-verb`], { env });
      assert.notEqual(exitCode, 0);
      assert.match(stdout + stderr, /no-•+-verb/u);
    }
  });
});
