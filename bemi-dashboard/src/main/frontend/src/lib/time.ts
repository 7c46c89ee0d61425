import type { Bucket, Instant } from '../api/types';
import { visible } from './text';

/** The zone of the viewer. */
export const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const DATE_TIME = new Intl.DateTimeFormat('en-GB', {
	day: 'numeric',
	month: 'short',
	year: 'numeric',
	hour: '2-digit',
	minute: '2-digit',
	second: '2-digit',
	hourCycle: 'h23',
});
const DAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const DAY_KEY = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });

/** Whether a text, as from an address, is a moment. */
export function isInstant(text: string): boolean {
	return !Number.isNaN(Date.parse(text));
}

/** `14:03:09`, in the viewer's zone. */
export function formatTime(instant: Instant): string {
	return TIME.format(new Date(instant));
}

/** `29 Nov 2026, 14:03:09`, in the viewer's zone; what is no moment, as it is. */
export function formatDateTime(instant: Instant): string {
	return isInstant(instant) ? DATE_TIME.format(new Date(instant)) : visible(instant);
}

/** The instant to the microsecond, as it is in the history, and the zone in which it is shown. */
export function exactTime(instant: Instant): string {
	return `${instant} (shown in ${ZONE})`;
}

export function dayKey(instant: Instant): string {
	return DAY_KEY.format(new Date(instant));
}

/** `Today`, `Yesterday`, or the day's name. */
export function formatDay(instant: Instant, now = Date.now()): string {
	const key = dayKey(instant);
	const name = DAY.format(new Date(instant));
	if (key === DAY_KEY.format(now)) {
		return `Today, ${name}`;
	}
	return key === DAY_KEY.format(now - 86_400_000) ? `Yesterday, ${name}` : name;
}

export function formatAgo(instant: Instant, now = Date.now()): string {
	const seconds = Math.max(0, Math.round((now - Date.parse(instant)) / 1000));
	if (seconds < 5) {
		return 'just now';
	}
	for (const [unit, size] of [['day', 86_400], ['hour', 3600], ['minute', 60], ['second', 1]] as const) {
		if (seconds >= size) {
			const count = Math.floor(seconds / size);
			return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
		}
	}
	return 'just now';
}

export function formatSeconds(seconds: number): string {
	if (seconds < 1) {
		return `${Math.round(seconds * 1000)} ms`;
	}
	if (seconds < 60) {
		return `${seconds.toFixed(1)} s`;
	}
	if (seconds < 3600) {
		return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
	}
	return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

/** For `<input type="datetime-local">`, in the viewer's zone. */
export function toLocalInput(instant: Instant): string {
	const date = new Date(instant);
	if (Number.isNaN(date.getTime())) {
		return '';
	}
	const two = (value: number) => String(value).padStart(2, '0');
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** From `<input type="datetime-local">`; null where it is empty or no time. */
export function fromLocalInput(text: string): Instant | null {
	const date = new Date(text);
	return text === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Ranges that end now, by the name that the URL has. */
export const RANGES: Record<string, { label: string; seconds: number }> = {
	'1h': { label: 'Hour', seconds: 3600 },
	'24h': { label: 'Day', seconds: 86_400 },
	'7d': { label: 'Week', seconds: 7 * 86_400 },
	'30d': { label: '30 days', seconds: 30 * 86_400 },
	'90d': { label: '90 days', seconds: 90 * 86_400 },
};

/** The bucket that gives a chart some dozens of bars. */
export function bucketFor(since: Instant, until: Instant): Bucket {
	const hours = (Date.parse(until) - Date.parse(since)) / 3_600_000;
	if (hours <= 2) {
		return 'MINUTE';
	}
	if (hours <= 72) {
		return 'HOUR';
	}
	if (hours <= 24 * 120) {
		return 'DAY';
	}
	return hours <= 24 * 800 ? 'WEEK' : 'MONTH';
}

/** The start of the next bucket, in the viewer's zone: a day may have 23 or 25 hours. */
export function bucketEnd(from: Instant, bucket: Bucket): Instant {
	const date = new Date(from);
	switch (bucket) {
		case 'MINUTE':
			date.setTime(date.getTime() + 60_000);
			break;
		case 'HOUR':
			date.setTime(date.getTime() + 3_600_000);
			break;
		case 'DAY':
			date.setDate(date.getDate() + 1);
			break;
		case 'WEEK':
			date.setDate(date.getDate() + 7);
			break;
		case 'MONTH':
			date.setMonth(date.getMonth() + 1);
	}
	return date.toISOString();
}

/** The start of the bucket that an instant is in, in the viewer's zone; weeks start on Monday, as PostgreSQL's. */
export function bucketStart(instant: Instant, bucket: Bucket): Instant {
	const date = new Date(instant);
	date.setSeconds(0, 0);
	if (bucket !== 'MINUTE') {
		date.setMinutes(0);
	}
	if (bucket === 'DAY' || bucket === 'WEEK' || bucket === 'MONTH') {
		date.setHours(0);
	}
	if (bucket === 'WEEK') {
		date.setDate(date.getDate() - ((date.getDay() + 6) % 7));
	}
	if (bucket === 'MONTH') {
		date.setDate(1);
	}
	return date.toISOString();
}

export function bucketLabel(from: Instant, bucket: Bucket): string {
	const date = new Date(from);
	if (bucket === 'MINUTE' || bucket === 'HOUR') {
		return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })}, ${TIME.format(date).slice(0, 5)}`;
	}
	const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
	return bucket === 'DAY' ? day : bucket === 'WEEK' ? `Week of ${day}` : date.toLocaleDateString('en-GB', { month: 'long', year: 'numeric' });
}
