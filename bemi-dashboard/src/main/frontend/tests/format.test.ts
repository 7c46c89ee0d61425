import { describe, expect, it } from 'vitest';
import { clip, formatBytes, formatCount, plural, visible } from '../src/lib/text';
import { bucketEnd, bucketFor, bucketStart, exactTime, formatAgo, formatDateTime, formatDay, formatSeconds, formatTime, fromLocalInput, toLocalInput, ZONE } from '../src/lib/time';

describe('times', () => {
	it('are in the zone of the viewer', () => {
		expect(ZONE).toBe('Europe/Berlin');
		expect(formatTime('2026-11-29T00:30:09.123456Z')).toBe('01:30:09');
		expect(formatDateTime('2026-07-01T22:30:00.000001Z')).toBe('2 Jul 2026, 00:30:00');
	});

	it('have the exact instant on hover', () => {
		expect(exactTime('2026-11-29T00:30:09.123456Z')).toBe('2026-11-29T00:30:09.123456Z (shown in Europe/Berlin)');
	});

	it('have days', () => {
		const now = Date.parse('2026-11-29T10:00:00Z');
		expect(formatDay('2026-11-28T23:30:00Z', now)).toMatch(/^Today, Sunday/);
		expect(formatDay('2026-11-28T22:30:00Z', now)).toMatch(/^Yesterday, Saturday/);
		expect(formatDay('2026-11-01T10:00:00Z', now)).toMatch(/^Sunday,? 1 November 2026$/);
	});

	it('go into an input and come back', () => {
		expect(toLocalInput('2026-11-29T00:30:09Z')).toBe('2026-11-29T01:30:09');
		expect(fromLocalInput('2026-11-29T01:30:09')).toBe('2026-11-29T00:30:09.000Z');
		expect(fromLocalInput('')).toBeNull();
		expect(toLocalInput('nonsense')).toBe('');
	});

	it('have buckets that follow the clock of the viewer', () => {
		expect(bucketStart('2026-10-25T12:00:00Z', 'DAY')).toBe('2026-10-24T22:00:00.000Z');
		expect(bucketEnd('2026-10-24T22:00:00.000Z', 'DAY')).toBe('2026-10-25T23:00:00.000Z');
		expect(bucketStart('2026-11-29T12:00:00Z', 'WEEK')).toBe('2026-11-22T23:00:00.000Z');
		expect(bucketStart('2026-11-29T12:34:56Z', 'HOUR')).toBe('2026-11-29T12:00:00.000Z');
		expect(bucketEnd('2026-01-31T23:00:00.000Z', 'MONTH')).toBe('2026-02-28T23:00:00.000Z');
		expect(bucketFor('2026-11-01T00:00:00Z', '2026-11-01T01:00:00Z')).toBe('MINUTE');
		expect(bucketFor('2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z')).toBe('HOUR');
		expect(bucketFor('2026-01-01T00:00:00Z', '2026-04-01T00:00:00Z')).toBe('DAY');
	});

	it('are told as a distance', () => {
		const now = Date.parse('2026-11-29T10:00:00Z');
		expect(formatAgo('2026-11-29T09:59:58Z', now)).toBe('just now');
		expect(formatAgo('2026-11-29T09:59:00Z', now)).toBe('1 minute ago');
		expect(formatAgo('2026-11-26T09:00:00Z', now)).toBe('3 days ago');
		expect([0.084, 2.25, 812.4, 7300].map(formatSeconds)).toEqual(['84 ms', '2.3 s', '13 min 32 s', '2 h 2 min']);
	});
});

describe('numbers and texts', () => {
	it('are readable', () => {
		expect([0, 999, 1500, 48_300_211].map(formatBytes)).toEqual(['0 B', '999 B', '1.5 kB', '48.3 MB']);
		expect(formatCount(1234567)).toBe('1,234,567');
		expect([plural(1, 'change'), plural(2, 'change'), plural(2, 'table is', 'tables are')]).toEqual(['1 change', '2 changes', '2 tables are']);
		expect(clip('abcdef', 4)).toBe('abc…');
	});

	it('show what could not be seen', () => {
		expect(visible('user\u202Etxt.exe')).toBe('user⟨U+202E⟩txt.exe');
		expect(visible('a\u0000b\u200Bc')).toBe('a⟨U+0000⟩b⟨U+200B⟩c');
		expect(visible('line\n\ttab, ä, 日本, 👩‍👩‍👧')).toBe('line\n\ttab, ä, 日本, 👩‍👩‍👧');
	});
});
