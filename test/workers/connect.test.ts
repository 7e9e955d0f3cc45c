import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namespaceOf } from '../../deploy/temporal/connection.ts';
import { connectionOptions, connectPatiently } from '../../workers/connect.ts';

describe('connectionOptions', () => {
  it('is a local server without TLS by default', async () => {
    assert.deepEqual(await connectionOptions('cloud:7233', {}), { address: 'cloud:7233' });
    assert.equal(namespaceOf({}), 'default');
  });

  it('uses TLS with an API key', async () => {
    const options = await connectionOptions('cloud:7233', { TEMPORAL_API_KEY: 'secret' });
    assert.deepEqual(options, { address: 'cloud:7233', tls: true, apiKey: 'secret' });
  });

  it('reads the certificate and key of mTLS', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'prose-tls-'));
    await writeFile(join(folder, 'crt'), 'certificate');
    await writeFile(join(folder, 'key'), 'key');
    const files = {
      TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'crt'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: join(folder, 'key'),
    };
    const { tls } = await connectionOptions('cloud:7233', files);
    assert.deepEqual(tls, { clientCertPair: { crt: Buffer.from('certificate'), key: Buffer.from('key') } });
    await assert.rejects(
      connectionOptions('cloud:7233', { TEMPORAL_TLS_CLIENT_CERT_PATH: join(folder, 'crt') }),
      /or neither/,
    );
  });

  it('gives up on a server that never answers, naming its address', async () => {
    const lines: string[] = [];
    await assert.rejects(
      connectPatiently({ address: '127.0.0.1:1' }, (line) => lines.push(line), 0),
      /127\.0\.0\.1:1/,
    );
  });
});
