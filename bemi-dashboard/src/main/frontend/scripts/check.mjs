// Proves that the bundle in git is what the sources give: builds it elsewhere, and compares byte by byte.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const kept = join(root, '../resources/io/bemi/dashboard/page');
const fresh = mkdtempSync(join(tmpdir(), 'bemi-page-'));

function files(folder) {
	return readdirSync(folder, { recursive: true }).map(String).filter((name) => statSync(join(folder, name)).isFile()).map((name) => relative('.', name)).sort();
}

try {
	const vite = join(root, 'node_modules/vite/bin/vite.js');
	const build = (...options) => execFileSync(process.execPath, [vite, 'build', '--logLevel', 'warn', ...options], { cwd: root, stdio: 'inherit' });
	build('--outDir', fresh, '--emptyOutDir');
	build('--config', 'vite.embed.config.ts', '--outDir', join(fresh, 'assets'));
	const names = new Set([...files(kept), ...files(fresh)]);
	const wrong = [...names].filter((name) => {
		try {
			return !readFileSync(join(kept, name)).equals(readFileSync(join(fresh, name)));
		} catch {
			return true;
		}
	});
	if (wrong.length > 0) {
		console.error(`The bundle in git is not what the sources give. Run 'npm ci && npm run build' and commit the result. These differ:\n  ${wrong.join('\n  ')}`);
		process.exitCode = 1;
	} else {
		console.log(`The bundle in git is what the sources give: ${names.size} files.`);
	}
} finally {
	rmSync(fresh, { recursive: true, force: true });
}
