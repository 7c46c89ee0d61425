export type Theme = 'system' | 'light' | 'dark';

const KEY = 'bemi.theme';

export function storedTheme(): Theme {
	try {
		const value = localStorage.getItem(KEY);
		return value === 'light' || value === 'dark' ? value : 'system';
	} catch {
		return 'system';
	}
}

/** Applies a theme and keeps it. Charts are drawn anew, as a canvas knows nothing of style sheets. */
export function applyTheme(theme: Theme): void {
	if (theme === 'system') {
		delete document.documentElement.dataset['theme'];
	} else {
		document.documentElement.dataset['theme'] = theme;
	}
	try {
		localStorage.setItem(KEY, theme);
	} catch {
		// Without storage the choice lasts as long as the page.
	}
	dispatchEvent(new Event('bemi-theme'));
}
