import { defineConfig } from 'vite';

/** The web component is one file that needs nothing else. */
export default defineConfig({
	publicDir: false,
	build: {
		outDir: '../resources/io/bemi/dashboard/page/assets',
		emptyOutDir: false,
		target: ['chrome123', 'firefox128', 'safari17.5'],
		lib: { entry: 'src/embed/bemi-history.tsx', formats: ['es'], fileName: () => 'bemi-history.js' },
	},
});
