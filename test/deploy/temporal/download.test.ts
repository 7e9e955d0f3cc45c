import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { downloadTemporal } from '../../../deploy/temporal/download.ts';
import { inspectExecutable } from '../../../deploy/temporal/inspect-executable.ts';
import { temporalChecksums, temporalVersion } from '../../../deploy/temporal/version.ts';
import { fakeTemporalScript, temporaryFolder, writeExecutable } from './fake-temporal.ts';

describe('downloading the Temporal CLI', () => {
  let folder: string;
  let archive: Buffer;
  let server: Server;
  let url: string;
  let asked: string[];
  let cutOff: boolean;
  /** What is said to have been published, for any machine. */
  let checksums: { readonly [target: string]: string };

  beforeEach(async () => {
    folder = await temporaryFolder();
    await writeExecutable(join(folder, 'temporal'), fakeTemporalScript(temporalVersion));
    execFileSync('tar', ['-czf', 'temporal.tar.gz', 'temporal'], { cwd: folder });
    archive = await readFile(join(folder, 'temporal.tar.gz'));
    checksums = Object.fromEntries(
      Object.keys(temporalChecksums).map((target) => [
        target,
        createHash('sha256').update(archive).digest('hex'),
      ]),
    );
    asked = [];
    cutOff = false;
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url?.startsWith('/cli/')) {
        response.setHeader('content-length', archive.length);
        if (cutOff) response.write(archive.subarray(0, 20), () => response.destroy());
        else response.end(archive);
      } else {
        response.statusCode = 404;
        response.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    url = `http://127.0.0.1:${address.port}`;
  });
  afterEach(() => server.close());

  it('unpacks the pinned version to the path asked for', async () => {
    const path = join(folder, 'cache', 'temporal');
    assert.equal(await downloadTemporal(path, `${url}/cli`, checksums), temporalVersion);
    assert.equal(await inspectExecutable(path), temporalVersion);
    assert.ok(asked[0]?.startsWith(`/cli/v${temporalVersion}/temporal_cli_${temporalVersion}_`), asked[0]);
  });

  it('leaves nothing of an archive whose checksum is not the published one', async () => {
    const path = join(folder, 'cache', 'temporal');
    await assert.rejects(downloadTemporal(path, `${url}/cli`), /has the checksum/u);
    await assert.rejects(inspectExecutable(path), /there is no file/u);
  });

  it('leaves nothing when the connection is cut', async () => {
    cutOff = true;
    const path = join(folder, 'cache', 'temporal');
    await assert.rejects(downloadTemporal(path, `${url}/cli`, checksums));
    await assert.rejects(inspectExecutable(path), /there is no file/u);
  });

  it('says which server could not be reached', async () => {
    server.close();
    await assert.rejects(
      downloadTemporal(join(folder, 'x'), 'http://127.0.0.1:1'),
      /http:\/\/127\.0\.0\.1:1 cannot be reached/u,
    );
  });

  it('says what a server answered that does not have it', async () => {
    await assert.rejects(downloadTemporal(join(folder, 'x'), `${url}/elsewhere`), /answered 404/u);
  });
});

describe('the pinned version', () => {
  it('is the one that go.mod builds', async () => {
    const module = await readFile(new URL('../../../deploy/temporal/go.mod', import.meta.url), 'utf8');
    assert.match(
      module,
      new RegExp(`github\\.com/temporalio/cli v${temporalVersion.replaceAll('.', '\\.')}\\b`, 'u'),
    );
  });
});
