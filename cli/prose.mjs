#!/usr/bin/env node
/** The `prose` command: lets Node run TypeScript, then hands over to main.ts. */
try {
  const { register } = await import('tsx/esm/api');
  register();
} catch (error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  process.stderr.write(
    'The packages of this checkout are not installed: run `npm ci` in it, or just `npm start`\n',
  );
  process.exit(2);
}
await import('./main.ts');
