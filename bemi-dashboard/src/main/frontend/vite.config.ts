import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** In development, stands in for the server, which fills in the base path. */
function developmentBase(): Plugin {
	return {
		name: 'bemi-development-base',
		apply: 'serve',
		transformIndexHtml: (html) => html.replace('%BEMI_BASE%', '/bemi'),
	};
}

export default defineConfig(({ command }) => ({
	base: command === 'serve' ? '/bemi/' : './',
	plugins: [developmentBase()],
	server: { proxy: { '/bemi/api': 'http://localhost:8090' } },
	build: {
		outDir: '../resources/io/bemi/dashboard/page',
		emptyOutDir: true,
		target: ['chrome123', 'firefox128', 'safari17.5'],
		modulePreload: { polyfill: false },
		assetsInlineLimit: 0,
		license: { fileName: 'licenses.md' },
		rolldownOptions: {
			output: {
				entryFileNames: 'assets/app-[hash].js',
				chunkFileNames: 'assets/[name]-[hash].js',
				assetFileNames: 'assets/[name]-[hash][extname]',
			},
		},
	},
	test: {
		environment: 'happy-dom',
		include: ['tests/**/*.test.{ts,tsx}'],
		env: { TZ: 'Europe/Berlin' },
	},
}));
