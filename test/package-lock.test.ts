import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface LockedPackage {
  readonly integrity?: string;
  readonly resolved?: string;
}

describe('package-lock.json', () => {
  const { packages } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'package-lock.json'), 'utf8'),
  ) as { packages: { readonly [path: string]: LockedPackage } };
  const { '': project, ...dependencies } = packages;

  it('has the checksum of every package, those of other platforms too', () => {
    assert.ok(project !== undefined && Object.keys(dependencies).length > 100);
    const without = Object.entries(dependencies).filter(
      ([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity),
    );
    assert.deepEqual(
      without.map(([path]) => path),
      [],
    );
  });

  it('names no host, so that each machine takes them from the registry that it has', () => {
    assert.deepEqual(
      Object.entries(dependencies).filter(([, { resolved }]) => resolved !== undefined),
      [],
    );
  });
});
