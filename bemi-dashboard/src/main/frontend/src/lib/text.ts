/* Characters that would not be seen, or would turn text around: controls but for tab and line feed, and Unicode's format characters. */
const UNSEEN = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u00AD\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF]/g;

/** Stored text as it may be shown: what cannot be seen is named, so that no value looks like another. */
export function visible(text: string): string {
	return text.replace(UNSEEN, (character) => `⟨U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟩`);
}

export function clip(text: string, longest: number): string {
	return text.length <= longest ? text : text.slice(0, longest - 1) + '…';
}

export function plural(count: number, one: string, many = one + 's'): string {
	return `${formatCount(count)} ${count === 1 ? one : many}`;
}

const COUNT = new Intl.NumberFormat('en');

export function formatCount(count: number): string {
	return COUNT.format(count);
}

export function formatBytes(bytes: number): string {
	const units = ['B', 'kB', 'MB', 'GB', 'TB'];
	let value = bytes;
	let unit = 0;
	while (value >= 1000 && unit < units.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}
